#pragma once

#include "base/clock.h"
#include "stats/countpages.h"

#include <QByteArray>
#include <QtGlobal>

namespace lowtide {

/// Counts of durations in buckets of 3 significant digits, from 1 us to 1 h, in bounded memory.
/// The bucket layout and the percentile definition are those of HdrHistogram_c (lowest discernible
/// value 1, highest 3,600,000,000, in microseconds; https://hdrhistogram.github.io/HdrHistogram/).
/// Merging is exact. A value, not thread-safe; a copy costs what the recorded range needs
/// (CountPages). A moved-from histogram is empty.
class LatencyHistogram {
public:
    LatencyHistogram() = default;
    ~LatencyHistogram() = default;
    LatencyHistogram(const LatencyHistogram &) = default;
    LatencyHistogram &operator=(const LatencyHistogram &) = default;
    LatencyHistogram(LatencyHistogram &&other) noexcept;
    LatencyHistogram &operator=(LatencyHistogram &&other) noexcept;

    /// Records one duration, rounded to the nearest microsecond. Below 1 us counts as 1 us; above 1
    /// h as 1 h, and is counted in `clipped()`. Never allocates.
    void record(Nanoseconds duration) noexcept;
    /// Adds `count` equal durations.
    void record(Nanoseconds duration, qint64 count) noexcept;
    /// Adds all that `other` recorded; exact. `other` may be this one.
    void add(const LatencyHistogram &other) noexcept;
    void clear() noexcept;

    [[nodiscard]] qint64 count() const { return m_total; }
    [[nodiscard]] bool isEmpty() const { return m_total == 0; }
    /// Durations above 1 h, recorded as 1 h.
    [[nodiscard]] qint64 clipped() const { return m_clipped; }

    /// The duration at or below which `percentile` (0 to 100) of the recorded ones lie, as
    /// hdr_value_at_percentile(): the highest value equivalent to that of its bucket (for
    /// percentile 0 the lowest). Zero when empty: ask isEmpty() first.
    [[nodiscard]] Nanoseconds valueAtPercentile(double percentile) const;
    /// Highest recorded value (highest equivalent of its bucket), zero when empty.
    [[nodiscard]] Nanoseconds max() const;
    /// Lowest recorded value (lowest equivalent of its bucket), zero when empty.
    [[nodiscard]] Nanoseconds min() const;
    /// Mean of the buckets' median-equivalent values, zero when empty.
    [[nodiscard]] Nanoseconds mean() const;
    /// How many of the recorded durations are longer than `limit`; those in its own bucket are not.
    [[nodiscard]] qint64 countAbove(Nanoseconds limit) const;

    /// HdrHistogram V2 compressed encoding (zlib) in base64, as the logs of the reference
    /// implementation. It has no place for clipped().
    [[nodiscard]] QByteArray toBase64() const;
    /// Adds what toBase64() (or another implementation) wrote; false, with the histogram unchanged,
    /// when the data is damaged or was made with another range or precision.
    [[nodiscard]] bool addBase64(const QByteArray &text);

    friend bool operator==(const LatencyHistogram &, const LatencyHistogram &) = default;

private:
    CountPages m_counts; ///< See hdrlayout.h.
    qint64 m_total = 0;
    qint64 m_clipped = 0;
};

} // namespace lowtide
