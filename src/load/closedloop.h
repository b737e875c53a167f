#pragma once

#include "load/loadloop.h"
#include "load/ring.h"

namespace lowtide {

/// Users who send, wait for the answer, think, and send again: a slow target is asked less. All
/// users begin at once. An operation is due when its user has done thinking.
class ClosedLoop final : public LoadLoop {
public:
    explicit ClosedLoop(const Setup &setup);

    void start(LoadClient &client) override;

private:
    [[nodiscard]] std::optional<Nanoseconds> nextArrival() const noexcept override;
    void arrive() noexcept override;
    void userFreed(const Completion &completion) noexcept override;
    [[nodiscard]] std::optional<Operation> takeWaiting() noexcept override;

    Nanoseconds m_thinkTime;
    Ring<Nanoseconds>
        m_ready; ///< When each thinking user is ready: in order, as all think equally long.
};

} // namespace lowtide
