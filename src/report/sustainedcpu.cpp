#include "report/sustainedcpu.h"

namespace lowtide {

namespace {
constexpr double windowSeconds = 30.0;
/// Samples come once a second with some jitter: 30 of them may span a little less than 30 s.
constexpr double jitterSeconds = 0.5;
constexpr double longestGapSeconds = 3.0;
} // namespace

void SustainedCpuWatch::add(double endSeconds, double spanSeconds, double percentOfLimit)
{
    if (spanSeconds <= 0.0)
        return;
    if (!m_window.empty()
        && endSeconds - spanSeconds - m_window.back().endSeconds > longestGapSeconds)
        clearWindow();
    m_window.push_back({endSeconds, spanSeconds, percentOfLimit});
    m_windowSeconds += spanSeconds;
    m_windowSum += spanSeconds * percentOfLimit;
    m_allSeconds += spanSeconds;
    m_allSum += spanSeconds * percentOfLimit;
    m_lastEnd = endSeconds;
    while (m_windowSeconds - m_window.front().spanSeconds >= windowSeconds - jitterSeconds) {
        m_windowSeconds -= m_window.front().spanSeconds;
        m_windowSum -= m_window.front().spanSeconds * m_window.front().percent;
        m_window.pop_front();
    }
    if (m_windowSeconds < windowSeconds - jitterSeconds)
        return;
    const double mean = m_windowSum / m_windowSeconds;
    if (!m_highest || mean > m_highest->percentOfLimit)
        m_highest = {
            .percentOfLimit = mean, .windowSeconds = windowSeconds, .endSeconds = endSeconds};
}

std::optional<SustainedCpu> SustainedCpuWatch::highest() const
{
    if (m_highest || m_allSeconds <= 0.0)
        return m_highest;
    return SustainedCpu{.percentOfLimit = m_allSum / m_allSeconds,
                        .windowSeconds = m_allSeconds,
                        .endSeconds = m_lastEnd};
}

void SustainedCpuWatch::clearWindow()
{
    m_window.clear();
    m_windowSeconds = 0.0;
    m_windowSum = 0.0;
}

} // namespace lowtide
