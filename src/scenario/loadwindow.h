#pragma once

#include "load/loadinterval.h"

#include <deque>
#include <optional>

namespace lowtide {

/// The last seconds of a load: percentiles and share of failures over whole intervals. A value.
class LoadWindow {
public:
    /// Keeps as many intervals as are needed to cover `length`.
    explicit LoadWindow(Nanoseconds length);

    void add(const LoadInterval &interval);
    /// Forgets what it holds, but not the totals that the next interval is counted from.
    void restart();
    [[nodiscard]] bool isFull() const { return m_covered >= m_length; }
    /// Ended operations in the window, dropped ones included.
    [[nodiscard]] qint64 ended() const;
    [[nodiscard]] qint64 succeeded() const;
    /// (failed + timed out + dropped) of those that ended; absent when none ended.
    [[nodiscard]] std::optional<double> errorRatePercent() const;
    /// Corrected response time; absent without a sample.
    [[nodiscard]] std::optional<double> responseTimeMs(double percentile) const;

private:
    struct Part {
        Nanoseconds length{};
        qint64 ok = 0, notOk = 0;
        LatencyHistogram responseTime;
    };

    Nanoseconds m_length, m_covered{};
    OperationCounts m_last;
    std::deque<Part> m_parts;
};

} // namespace lowtide
