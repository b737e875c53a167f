#pragma once

#include "model/loadshape.h"
#include "model/scenariosettings.h"

namespace lowtide {

/// Scenario "http_load": requests to one service by an open or closed load shape.
struct HttpLoadSettings : ScenarioSettingsOf<HttpLoadSettings> {
    QList<RequestSpec> requests; ///< Never empty once read.
    LoadShape shape; ///< Without duration: the plan gives it.
};

} // namespace lowtide
