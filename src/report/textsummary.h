#pragma once

#include "model/runreport.h"

#include <QString>

namespace lowtide {

/// The report as a person reads it in a terminal: verdict, what failed, scenarios, services, what
/// to do. At most 100 columns. `hasColour`: with ANSI colours; the caller looks at the terminal and
/// NO_COLOR.
[[nodiscard]] QString textSummary(const RunReport &report, bool hasColour);

} // namespace lowtide
