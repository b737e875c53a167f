#include "report/boundedseries.h"

#include <algorithm>

namespace lowtide {

BoundedSeries::BoundedSeries(std::size_t bound)
    : m_bound(std::max<std::size_t>(2, bound / 2 * 2))
{
}

void BoundedSeries::add(SeriesPoint point)
{
    m_sum.seconds += point.seconds;
    m_sum.value += point.value;
    if (++m_collected < m_stride)
        return;
    const auto count = double(m_collected);
    m_points.push_back({m_sum.seconds / count, m_sum.value / count});
    m_sum = {};
    m_collected = 0;
    if (m_points.size() < m_bound)
        return;
    for (std::size_t i = 0; i < m_points.size() / 2; ++i) {
        const SeriesPoint &a = m_points[2 * i];
        const SeriesPoint &b = m_points[2 * i + 1];
        m_points[i] = {(a.seconds + b.seconds) / 2.0, (a.value + b.value) / 2.0};
    }
    m_points.resize(m_points.size() / 2);
    m_stride *= 2;
}

std::vector<SeriesPoint> BoundedSeries::points() const
{
    std::vector<SeriesPoint> points = m_points;
    if (m_collected > 0) {
        const auto count = double(m_collected);
        points.push_back({m_sum.seconds / count, m_sum.value / count});
    }
    return points;
}

} // namespace lowtide
