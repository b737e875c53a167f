#pragma once

#include "base/clock.h"

#include <optional>

namespace lowtide {

/// The time of one load: counts from its start and stands still while it is paused, so that the
/// schedule goes on after a pause as if there had been none. A value.
class LoadTimeline {
public:
    explicit LoadTimeline(SteadyTime start)
        : m_origin(start)
    {
    }

    [[nodiscard]] Nanoseconds at(SteadyTime now) const
    {
        return m_pausedSince.value_or(now) - m_origin;
    }
    /// Valid for offsets that have not been paused over since: ask anew after each pause.
    [[nodiscard]] SteadyTime steady(Nanoseconds offset) const { return m_origin + offset; }
    [[nodiscard]] bool isPaused() const { return m_pausedSince.has_value(); }

    void pause(SteadyTime now)
    {
        if (!m_pausedSince)
            m_pausedSince = now;
    }
    void resume(SteadyTime now)
    {
        if (!m_pausedSince)
            return;
        m_origin += now - *m_pausedSince;
        m_pausedSince.reset();
    }

private:
    SteadyTime m_origin; ///< Moves by the length of each pause.
    std::optional<SteadyTime> m_pausedSince;
};

} // namespace lowtide
