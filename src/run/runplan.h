#pragma once

#include "model/profile.h"

#include <QList>
#include <QString>

namespace lowtide {

/// What the plan must know of a scenario beyond its profile.
struct PlannableScenario {
    ScenarioPlan plan;
    bool isRecovery = false; ///< Runs once, after the stress.
    bool takesBaseline = false;
    Nanoseconds expectedLength{}; ///< As Scenario::expectedLength().
};

/// One turn of one scenario.
struct PlannedTurn {
    QString scenario;
    QString phase; ///< "baseline", "stress", "recovery".
    int cycle = 1, cycles = 1;
    Nanoseconds length{};
    friend bool operator==(const PlannedTurn &, const PlannedTurn &) = default;
};

/// The order of a run and its length.
struct RunPlan {
    QList<PlannedTurn> turns;
    Nanoseconds stressLength{}; ///< Of the load scenarios together.
    Nanoseconds longest{}; ///< Everything, with recovery and each turn's end as long as may be.
};

/// Baseline, then the load scenarios cycle by cycle, then recovery. A scenario without a length of
/// its own gets its share of the test's length among those without one; the baseline is a tenth of
/// the test's length, 10 s at most. `scenarios` are the enabled ones in the profile's order.
[[nodiscard]] RunPlan planOf(const Profile &profile, const QList<PlannableScenario> &scenarios);

} // namespace lowtide
