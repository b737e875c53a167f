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
    /// Also of what it holds already.
    void setLength(Nanoseconds length) { m_length = length; }
    /// Forgets what it holds, but not the totals that the next interval is counted from.
    void restart();
    [[nodiscard]] bool isFull() const { return isCoveredBy(m_covered); }
    /// Nothing fell due, ended or was in flight: it says nothing about the service.
    [[nodiscard]] bool isIdle() const;
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
        qint64 due = 0, ok = 0, notOk = 0;
        LatencyHistogram responseTime;
    };

    /// An interval is a second by a timer that may fire early: two of them are 2 s with 5 % slack.
    [[nodiscard]] bool isCoveredBy(Nanoseconds time) const { return time * 20 >= m_length * 19; }

    Nanoseconds m_length, m_covered{};
    OperationCounts m_last;
    std::deque<Part> m_parts;
};

} // namespace lowtide
