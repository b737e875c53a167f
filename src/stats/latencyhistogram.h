#pragma once

#include "base/clock.h"

#include <QByteArray>
#include <QtGlobal>

#include <cstdint>
#include <vector>

namespace lowtide {

/// Counts of durations in buckets of 3 significant digits, from 1 us to 1 h, in bounded memory.
/// The bucket layout and the percentile definition are those of HdrHistogram (lowest discernible
/// value 1, highest 3,600,000,000, in microseconds; https://hdrhistogram.github.io/HdrHistogram/).
/// Merging is exact. A value, not thread-safe.
class LatencyHistogram {
public:
    LatencyHistogram();

    /// Records one duration, rounded to the nearest microsecond. Below 1 us counts as 1 us; above 1 h
    /// as 1 h, and is counted in `clipped()`. Never allocates.
    void record(Nanoseconds duration) noexcept;
    /// Adds `count` equal durations.
    void record(Nanoseconds duration, qint64 count) noexcept;
    void add(const LatencyHistogram &other) noexcept;
    void clear() noexcept;

    [[nodiscard]] qint64 count() const { return m_total; }
    [[nodiscard]] bool isEmpty() const { return m_total == 0; }
    /// Durations above 1 h, recorded as 1 h.
    [[nodiscard]] qint64 clipped() const { return m_clipped; }

    /// The duration at or below which `percentile` (0 to 100) of the recorded ones lie, as
    /// HdrHistogram's value-at-percentile: the highest value equivalent to that of its bucket.
    /// Zero when empty: ask isEmpty() first.
    [[nodiscard]] Nanoseconds valueAtPercentile(double percentile) const;
    /// Highest recorded value (highest equivalent of its bucket), zero when empty.
    [[nodiscard]] Nanoseconds max() const;
    /// Lowest recorded value (lowest equivalent of its bucket), zero when empty.
    [[nodiscard]] Nanoseconds min() const;
    /// Mean of the buckets' median-equivalent values, zero when empty.
    [[nodiscard]] Nanoseconds mean() const;
    /// How many of the recorded durations are longer than `limit` (by bucket).
    [[nodiscard]] qint64 countAbove(Nanoseconds limit) const;

    /// HdrHistogram V2 compressed encoding (zlib) in base64, as the logs of the reference implementation.
    [[nodiscard]] QByteArray toBase64() const;
    /// Reads what toBase64() wrote; false, with the histogram unchanged, when the data is damaged or
    /// was made with another unit or precision.
    [[nodiscard]] bool addBase64(const QByteArray &text);

    friend bool operator==(const LatencyHistogram &, const LatencyHistogram &) = default;

private:
    std::vector<std::uint32_t> m_counts; // see latencyhistogram.cpp for the layout
    qint64 m_total = 0;
    qint64 m_clipped = 0;
};

} // namespace lowtide
