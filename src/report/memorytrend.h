#pragma once

#include "model/servicereport.h"
#include "report/boundedseries.h"

#include <optional>
#include <vector>

namespace lowtide {

/// Median, absent for no values.
[[nodiscard]] std::optional<double> median(std::vector<double> values);

/// Median of the slopes between all pairs of points (Theil 1950, Sen 1968), per second: up to 29 %
/// of the points may be outliers. Absent below 10 points. Quadratic: give it a few hundred points.
[[nodiscard]] std::optional<double> theilSenSlope(const std::vector<SeriesPoint> &points);

/// Growth from the baseline, or from the first tenth where the baseline has fewer than 3 points.
/// Absent below 3 points.
[[nodiscard]] std::optional<MemoryGrowth> memoryGrowth(const std::vector<SeriesPoint> &pointsMb,
                                                       const std::vector<SeriesPoint> &baselineMb);

} // namespace lowtide
