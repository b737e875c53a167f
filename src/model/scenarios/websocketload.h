#pragma once

#include "base/clock.h"
#include "base/units.h"
#include "model/scenariosettings.h"

namespace lowtide {

/// Scenario "websocket_load": connections that are opened once and kept, messages with an echo by a
/// schedule, pings, then a burst and a slow reader that provoke the overflow of the server's queue.
struct WebSocketLoadSettings : ScenarioSettingsOf<WebSocketLoadSettings> {
    int connections = 2; ///< 1 to 20,000.
    int messageSizeBytes = 512; ///< 32 to 1,048,576; the echo has the same size.
    Rate messageRate = Rate::perSecond(5); ///< Over all connections together.
    Nanoseconds messageTimeout = std::chrono::seconds(10);
    Nanoseconds pingInterval = std::chrono::seconds(5);
    bool overflow = true; ///< Run the burst and slow-reader part at the end.
    int burstMessages = 200; ///< Messages asked for at once in the burst.
    Nanoseconds slowReadPause =
        std::chrono::seconds(3); ///< How long the slow reader reads nothing.
};

} // namespace lowtide
