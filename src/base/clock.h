#pragma once

#include <chrono>

namespace lowtide {

using Nanoseconds = std::chrono::nanoseconds;

/// The clock of every measurement: CLOCK_MONOTONIC, never set back. The wall clock stands only in
/// `run_started`.
using SteadyClock = std::chrono::steady_clock;
using SteadyTime = std::chrono::time_point<SteadyClock, Nanoseconds>;

[[nodiscard]] inline SteadyTime steadyNow() { return SteadyClock::now(); }

/// Seconds as a number, for events and reports.
[[nodiscard]] constexpr double toSeconds(Nanoseconds duration)
{
    return std::chrono::duration<double>(duration).count();
}

/// Milliseconds as a number, for events and reports.
[[nodiscard]] constexpr double toMs(Nanoseconds duration)
{
    return std::chrono::duration<double, std::milli>(duration).count();
}

/// A duration from a number of seconds, rounded to a nanosecond. `seconds` below 290 years.
[[nodiscard]] constexpr Nanoseconds fromSeconds(double seconds)
{
    return Nanoseconds(static_cast<Nanoseconds::rep>(seconds * 1e9 + (seconds < 0 ? -0.5 : 0.5)));
}

} // namespace lowtide
