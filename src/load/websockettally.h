#pragma once

#include "load/loadinterval.h"
#include "load/operation.h"

#include <array>
#include <optional>

namespace lowtide {

/// The account of a WebSocket load: every message that fell due, and how it ended. No I/O.
class WebSocketTally {
public:
    void planned();
    /// `lateness` for a message that a connection took as soon as it was due.
    void sent(std::optional<Nanoseconds> lateness);
    /// A planned message ended. `failure` counts for Outcome::Failed; `sent` is absent where it
    /// never was.
    void ended(const Operation &operation, Outcome outcome, FailureKind failure,
               std::optional<SteadyTime> sent, SteadyTime now);

    [[nodiscard]] const OperationCounts &counts() const { return m_counts; }
    /// Totals, and what was measured since the last call. Without waiting messages and counters.
    [[nodiscard]] LoadInterval take(Nanoseconds length);

private:
    OperationCounts m_counts;
    std::array<qint64, failureKindCount> m_failedByKind {};
    LatencyHistogram m_responseTime;
    LatencyHistogram m_serviceTime;
    LatencyHistogram m_lateness;
};

} // namespace lowtide
