#include "report/momentsum.h"

#include <algorithm>
#include <cmath>

namespace lowtide {

namespace {
/// Samples come once a second with some jitter: one that slipped over the second's edge still
/// counts.
constexpr double lateBySeconds = 1.0;
} // namespace

std::optional<SeriesPoint> MomentSum::add(double seconds, const QString &service, double value)
{
    const auto second = qint64(std::floor(seconds));
    std::optional<SeriesPoint> closed;
    if (m_second && second > *m_second) {
        closed = open();
        m_highest = highest();
    }
    m_second = second;
    const auto last = m_last.constFind(service);
    // A service's second sample of a moment overwrites its first, whose sum may be the highest.
    if (last != m_last.cend() && last->seconds >= double(second))
        m_highest = highest();
    m_last[service] = {seconds, value};
    return closed;
}

void MomentSum::remove(const QString &service)
{
    m_highest = highest();
    m_last.remove(service);
}

std::optional<double> MomentSum::highest() const
{
    const std::optional<SeriesPoint> now = open();
    if (!now)
        return m_highest;
    return std::max(now->value, m_highest.value_or(now->value));
}

std::optional<SeriesPoint> MomentSum::open() const
{
    if (!m_second)
        return std::nullopt;
    SeriesPoint sum{double(*m_second), 0.0};
    bool hasAny = false;
    for (const SeriesPoint &last : m_last) {
        if (last.seconds < double(*m_second) - lateBySeconds)
            continue;
        sum.value += last.value;
        sum.seconds = std::max(sum.seconds, last.seconds);
        hasAny = true;
    }
    return hasAny ? std::optional(sum) : std::nullopt;
}

void MomentSum::interrupt()
{
    m_highest = highest();
    m_last.clear();
    m_second.reset();
}

} // namespace lowtide
