#include "stats/latencyhistogram.h"

#include "stats/hdrlayout.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowtide {

static_assert(CountPages::size == hdr::counterCount);

namespace {

constexpr qint64 nsPerUs = 1000;

/// To the nearest microsecond, at least 1. Not clipped at the top.
qint64 wholeUs(Nanoseconds duration)
{
    const qint64 ns = duration.count();
    const qint64 us = ns / nsPerUs + (ns % nsPerUs >= nsPerUs / 2 ? 1 : 0);
    return std::max(us, hdr::lowestValue);
}

} // namespace

LatencyHistogram::LatencyHistogram(LatencyHistogram &&other) noexcept
    : m_counts(std::move(other.m_counts))
    , m_total(std::exchange(other.m_total, 0))
    , m_clipped(std::exchange(other.m_clipped, 0))
{
}

LatencyHistogram &LatencyHistogram::operator=(LatencyHistogram &&other) noexcept
{
    LatencyHistogram taken(std::move(other)); // first, as `other` may be this one
    m_counts = std::move(taken.m_counts);
    m_total = taken.m_total;
    m_clipped = taken.m_clipped;
    return *this;
}

void LatencyHistogram::record(Nanoseconds duration) noexcept { record(duration, 1); }

void LatencyHistogram::record(Nanoseconds duration, qint64 count) noexcept
{
    if (count <= 0)
        return;
    qint64 us = wholeUs(duration);
    if (us > hdr::highestValue) {
        us = hdr::highestValue;
        m_clipped += count;
    }
    m_counts.add(hdr::indexOf(us), count);
    m_total += count;
}

void LatencyHistogram::add(const LatencyHistogram &other) noexcept
{
    m_counts.add(other.m_counts);
    m_total += other.m_total;
    m_clipped += other.m_clipped;
}

void LatencyHistogram::clear() noexcept
{
    m_counts.clear();
    m_total = 0;
    m_clipped = 0;
}

// The definition of HdrHistogram_c (and of the Python port): the counter at which the running total
// first reaches total x percentile / 100, rounded to the nearest whole and at least 1. HdrHistogram
// for Java rounds up, which differs in small series only.
Nanoseconds LatencyHistogram::valueAtPercentile(double percentile) const
{
    const double share = std::clamp(percentile, 0.0, 100.0) / 100.0;
    const auto target = std::max<qint64>(1, std::llround(share * static_cast<double>(m_total)));
    qint64 reached = 0;
    qint64 us = 0;
    m_counts.forEach([&](int index, qint64 count) {
        reached += count;
        us = percentile > 0.0 ? hdr::highestAt(index) : hdr::lowestAt(index);
        return reached < target;
    });
    return Nanoseconds(us * nsPerUs);
}

Nanoseconds LatencyHistogram::max() const
{
    qint64 us = 0;
    m_counts.forEach([&us](int index, qint64) {
        us = hdr::highestAt(index);
        return true;
    });
    return Nanoseconds(us * nsPerUs);
}

Nanoseconds LatencyHistogram::min() const
{
    qint64 us = 0;
    m_counts.forEach([&us](int index, qint64) {
        us = hdr::lowestAt(index);
        return false;
    });
    return Nanoseconds(us * nsPerUs);
}

Nanoseconds LatencyHistogram::mean() const
{
    if (m_total == 0)
        return {};
    double sum = 0.0; // a double, as in the reference: counts times values can exceed 64 bits
    m_counts.forEach([&sum](int index, qint64 count) {
        sum += static_cast<double>(count) * static_cast<double>(hdr::medianAt(index));
        return true;
    });
    return Nanoseconds(std::llround(sum / static_cast<double>(m_total) * nsPerUs));
}

qint64 LatencyHistogram::countAbove(Nanoseconds limit) const
{
    const qint64 us = wholeUs(limit);
    if (us > hdr::highestValue)
        return 0;
    const int last = hdr::indexOf(us);
    qint64 above = 0;
    m_counts.forEach([&above, last](int index, qint64 count) {
        above += index > last ? count : 0;
        return true;
    });
    return above;
}

} // namespace lowtide
