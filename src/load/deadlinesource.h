#pragma once

#include "base/clock.h"

namespace lowtide {

/// No deadline at all.
inline constexpr SteadyTime noDeadline = SteadyTime::max();

/// Something that has to act at a moment on the steady clock, to the nanosecond: Qt's own timers
/// count milliseconds. Asked and called in the dispatcher's thread; the dispatcher does not own it.
class DeadlineSource {
public:
    /// When onDeadline is due, `noDeadline` when never. Asked before every wait, so it may change
    /// at any time in the dispatcher's thread.
    [[nodiscard]] virtual SteadyTime nextDeadline() const noexcept = 0;
    /// Called at or after nextDeadline(), which it has to move on. It may leave a rest that is due
    /// already: sockets get their turn first. It must not run a nested event loop.
    virtual void onDeadline(SteadyTime now) noexcept = 0;

protected:
    ~DeadlineSource() = default;
};

} // namespace lowtide
