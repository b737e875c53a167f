#pragma once

#include "base/clock.h"
#include "base/units.h"

#include <QString>

#include <optional>

namespace lowtide {

/// When which pressure weighs, for one turn of a given length. Pure.
///
///   |-- settle --|-- step 1 | step 2 | ... | step n --|-- hold --|-- watch: released --|
struct PressureSteps {
    Bytes top; ///< Highest pressure; zero: there is no room at all.
    Bytes increment;
    int steps = 0; ///< Number of steps up to `top`; the last one may be smaller.
    Nanoseconds settle{}; ///< Before the first step.
    Nanoseconds stepLength{};
    Nanoseconds hold{}; ///< At the top, beyond the last step's own length.
    bool isCut = false; ///< `top` is less than what was asked for.

    /// Pressure after step `n` (1 to steps).
    [[nodiscard]] Bytes afterStep(int n) const;
    friend bool operator==(const PressureSteps &, const PressureSteps &) = default;
};

/// What limits pressure where it weighs.
struct PressureRoom {
    std::optional<Bytes> limit, used; ///< Of the control group; absent: pressure goes on the host.
    Bytes hostBound; ///< Upper bound on the host.

    /// How much may be put there without filling it: a twentieth of the limit, 4 MB at least, stays
    /// free for what the service asks for meanwhile.
    [[nodiscard]] Bytes free() const;
};

[[nodiscard]] PressureSteps planPressure(Bytes wanted, Bytes increment, Nanoseconds hold,
                                         Nanoseconds turn, const PressureRoom &room);

} // namespace lowtide
