#pragma once

#include "base/clock.h"
#include "base/units.h"
#include "model/loadshape.h"
#include "model/scenariosettings.h"

namespace lowtide {

/// Scenario "memory_pressure": ballast grows in steps in the target's memory limit (on the host
/// where there is none) while the service answers the scenario's own load.
struct MemoryPressureSettings : ScenarioSettingsOf<MemoryPressureSettings> {
    Bytes maxPressure = Bytes::fromMb(200); ///< Cut to what the limit leaves; the report says so.
    Bytes increment = Bytes::fromMb(10);
    QList<RequestSpec> requests; ///< Sent while the pressure is on.
    LoadShape shape;
    Nanoseconds holdTime =
        std::chrono::seconds(5); ///< At the top, before the release; cut for short runs.
};

} // namespace lowtide
