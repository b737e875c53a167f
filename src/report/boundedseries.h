#pragma once

#include <cstddef>
#include <vector>

namespace lowtide {

/// A value at a moment, in seconds since the run's start.
struct SeriesPoint {
    double seconds = 0.0;
    double value = 0.0;
    friend bool operator==(const SeriesPoint &, const SeriesPoint &) = default;
};

/// A series of any length in bounded memory: when full, neighbours are merged into their means, so
/// that it keeps between half of `bound` and `bound` points, evenly spread.
class BoundedSeries {
public:
    explicit BoundedSeries(std::size_t bound = 360);

    void add(SeriesPoint point);
    /// Including the mean of what is still being collected.
    [[nodiscard]] std::vector<SeriesPoint> points() const;

private:
    std::size_t m_bound;
    std::size_t m_stride = 1; ///< How many added points make one.
    std::vector<SeriesPoint> m_points;
    SeriesPoint m_sum;
    std::size_t m_collected = 0;
};

} // namespace lowtide
