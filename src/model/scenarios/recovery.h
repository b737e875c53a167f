#pragma once

#include "base/clock.h"
#include "model/loadshape.h"
#include "model/scenariosettings.h"

namespace lowtide {

/// Scenario "recovery": after the stress, the profile's own load goes on while five checks ask
/// whether the services are back to where they were before it.
struct RecoverySettings : ScenarioSettingsOf<RecoverySettings> {
    double thresholdPercent = 80.0; ///< Share of checks that must pass, 0 to 100.
    int checks = 5; ///< Rounds of checks, 1 to 100.
    Nanoseconds recoveryTime = std::chrono::seconds(30); ///< How long to wait for recovery at most.
    double maxResponseMs = 2000.0; ///< p95 under the profile's load.
    double baselineTolerancePercent = 20.0; ///< "Back to the baseline" within so much.
    QList<RequestSpec> requests;
    LoadShape shape;
};

} // namespace lowtide
