#pragma once

#include "base/clock.h"
#include "model/loadshape.h"

#include <cstdint>
#include <vector>

namespace lowtide {

/// Which request an operation sends, by weight, and how long it may take. Pure: the same seed gives
/// the same sequence, whatever the target does. A value.
class RequestMix {
public:
    RequestMix(const QList<RequestSpec> &requests, std::uint64_t seed);

    /// Index into the requests.
    [[nodiscard]] std::uint32_t requestOf(std::uint64_t operationId) const noexcept;
    [[nodiscard]] Nanoseconds timeoutOf(std::uint32_t request) const noexcept;
    [[nodiscard]] Nanoseconds longestTimeout() const;
    [[nodiscard]] std::size_t size() const { return m_timeouts.size(); }

private:
    std::uint64_t m_seed;
    std::vector<double> m_upTo; ///< Running sums of the weights.
    std::vector<Nanoseconds> m_timeouts;
};

} // namespace lowtide
