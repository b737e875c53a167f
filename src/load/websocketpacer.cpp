#include "load/websocketpacer.h"

#include <algorithm>
#include <cmath>

namespace lowtide {

WebSocketPacer::WebSocketPacer(Rate rate, Nanoseconds length, SteadyTime start)
    : m_rate(rate)
    , m_end(start + length)
    , m_anchor(start)
{
}

/// anchor + (gap + n) / rate, rounded to a nanosecond.
SteadyTime WebSocketPacer::due() const
{
    constexpr double beyondAnyRun = 1e17; // ns, three years
    const double intervals = m_anchorGap + static_cast<double>(m_sinceAnchor);
    const double sinceAnchorNs =
        m_rate.perSecond() > 0.0 ? intervals * 1e9 / m_rate.perSecond() : beyondAnyRun;
    return m_anchor + Nanoseconds(std::llround(std::min(sinceAnchorNs, beyondAnyRun)));
}

SteadyTime WebSocketPacer::nextDue() const
{
    if (m_pausedAt)
        return SteadyTime::max();
    const SteadyTime next = due();
    return next < m_end ? next : SteadyTime::max();
}

void WebSocketPacer::advance() { ++m_sinceAnchor; }

SteadyTime WebSocketPacer::end() const { return m_pausedAt ? SteadyTime::max() : m_end; }

void WebSocketPacer::setRate(Rate rate, SteadyTime now)
{
    const SteadyTime from = m_pausedAt.value_or(now);
    // How much of an interval is left until the next message; the new rate takes it over.
    const double passed = toSeconds(from - m_anchor) * m_rate.perSecond();
    m_anchorGap = std::max(0.0, m_anchorGap + static_cast<double>(m_sinceAnchor) - passed);
    m_anchor = from;
    m_sinceAnchor = 0;
    m_rate = rate;
}

void WebSocketPacer::pause(SteadyTime now)
{
    if (!m_pausedAt)
        m_pausedAt = now;
}

void WebSocketPacer::resume(SteadyTime now)
{
    if (!m_pausedAt)
        return;
    m_anchor += now - *m_pausedAt;
    m_end += now - *m_pausedAt;
    m_pausedAt.reset();
}

} // namespace lowtide
