#include "report/memorytrend.h"

#include <algorithm>
#include <cmath>

namespace lowtide {

namespace {

constexpr std::size_t fewestPointsOfSlope = 10;
constexpr std::size_t fewestPointsOfMedian = 3;

/// A span of a run, in seconds since its start.
struct TimeSpan {
    double beginSeconds, endSeconds;
};

/// The values within a span, or the nearest few where the span holds fewer: the first ones when
/// `fromFront`, else the last ones.
std::vector<double> valuesIn(const std::vector<SeriesPoint> &points, TimeSpan span, bool fromFront)
{
    std::vector<double> values;
    for (const SeriesPoint &point : points) {
        if (point.seconds >= span.beginSeconds && point.seconds <= span.endSeconds)
            values.push_back(point.value);
    }
    if (values.size() >= fewestPointsOfMedian)
        return values;
    values.clear();
    for (std::size_t i = 0; i < fewestPointsOfMedian; ++i)
        values.push_back(points[fromFront ? i : points.size() - 1 - i].value);
    return values;
}

} // namespace

std::optional<double> median(std::vector<double> values)
{
    if (values.empty())
        return std::nullopt;
    const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1)
        return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2.0;
}

std::optional<double> theilSenSlope(const std::vector<SeriesPoint> &points)
{
    if (points.size() < fewestPointsOfSlope)
        return std::nullopt;
    std::vector<double> slopes;
    slopes.reserve(points.size() * (points.size() - 1) / 2);
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t j = i + 1; j < points.size(); ++j) {
            const double seconds = points[j].seconds - points[i].seconds;
            if (seconds > 0.0)
                slopes.push_back((points[j].value - points[i].value) / seconds);
        }
    }
    return median(std::move(slopes));
}

std::optional<MemoryGrowth> memoryGrowth(const std::vector<SeriesPoint> &pointsMb,
                                         const std::vector<SeriesPoint> &baselineMb)
{
    if (pointsMb.size() < fewestPointsOfMedian)
        return std::nullopt;
    const double begin = pointsMb.front().seconds;
    const double end = pointsMb.back().seconds;
    const double tenth = (end - begin) / 10.0;
    MemoryGrowth growth{.seconds = end - begin};
    growth.fromBaseline = baselineMb.size() >= fewestPointsOfMedian;
    const std::vector<double> before = growth.fromBaseline
        ? valuesIn(baselineMb, {baselineMb.front().seconds, baselineMb.back().seconds}, true)
        : valuesIn(pointsMb, {begin, begin + tenth}, true);
    growth.beforeMb = median(before).value_or(0.0);
    growth.afterMb = median(valuesIn(pointsMb, {end - tenth, end}, false)).value_or(0.0);
    if (const auto slope = theilSenSlope(pointsMb))
        growth.ratePerMinuteMb = *slope * 60.0;
    return growth;
}

} // namespace lowtide
