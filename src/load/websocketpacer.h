#pragma once

#include "base/clock.h"
#include "base/units.h"

#include <optional>

namespace lowtide {

/// When messages fall due: at an even rate that may change, without jump or catch-up, and that may
/// be paused; a pause does not count towards the length. Pure: it is told the time.
class WebSocketPacer {
public:
    /// The first message is due at `start`.
    WebSocketPacer(Rate rate, Nanoseconds length, SteadyTime start);

    /// When the next message is due; `SteadyTime::max()` while paused, at rate zero and after the
    /// end.
    [[nodiscard]] SteadyTime nextDue() const;
    /// The message of nextDue() was taken.
    void advance();
    /// No message falls due at or after it; `SteadyTime::max()` while paused.
    [[nodiscard]] SteadyTime end() const;

    void setRate(Rate rate, SteadyTime now);
    void pause(SteadyTime now);
    void resume(SteadyTime now);

private:
    [[nodiscard]] SteadyTime due() const;

    Rate m_rate;
    SteadyTime m_end;
    SteadyTime m_anchor; ///< The rate holds since then.
    double m_anchorGap = 0.0; ///< First message after the anchor, in intervals of the rate.
    qint64 m_sinceAnchor = 0; ///< Messages taken since then.
    std::optional<SteadyTime> m_pausedAt;
};

} // namespace lowtide
