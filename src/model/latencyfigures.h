#pragma once

#include "model/runevent.h"
#include "stats/latencyhistogram.h"

namespace lowtide {

/// The figures of a histogram as events and reports carry them.
[[nodiscard]] LatencyFigures figuresOf(const LatencyHistogram &histogram);

} // namespace lowtide
