#include "load/requestmix.h"

#include <algorithm>

namespace lowtide {

namespace {

/// SplitMix64 (https://prng.di.unimi.it/splitmix64.c): neighbouring inputs give unrelated outputs.
std::uint64_t mixed(std::uint64_t value) noexcept
{
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

} // namespace

RequestMix::RequestMix(const QList<RequestSpec> &requests, std::uint64_t seed)
    : m_seed(seed)
{
    Q_ASSERT(!requests.isEmpty());
    double sum = 0.0;
    for (const RequestSpec &request : requests) {
        sum += std::max(0.0, request.weight);
        m_upTo.push_back(sum);
        m_timeouts.push_back(request.timeout);
    }
}

std::uint32_t RequestMix::requestOf(std::uint64_t operationId) const noexcept
{
    // The upper 53 bits as a share of the whole, 0 <= share < 1.
    const double share = static_cast<double>(mixed(mixed(m_seed) + operationId) >> 11) * 0x1.0p-53;
    const auto chosen = std::upper_bound(m_upTo.begin(), m_upTo.end(), share * m_upTo.back());
    return static_cast<std::uint32_t>(
        std::min<std::ptrdiff_t>(chosen - m_upTo.begin(), std::ssize(m_upTo) - 1));
}

Nanoseconds RequestMix::timeoutOf(std::uint32_t request) const noexcept
{
    return m_timeouts[request];
}

Nanoseconds RequestMix::longestTimeout() const
{
    return *std::max_element(m_timeouts.begin(), m_timeouts.end());
}

} // namespace lowtide
