#pragma once

#include "load/loadinterval.h"
#include "load/operation.h"

#include <array>
#include <optional>
#include <vector>

namespace lowtide {

/// The books of one load: every planned operation has one end, and
/// planned = ok + failed + timedOut + dropped + cancelled + inFlight after every call. An operation
/// goes
///
///   plan ──> send ──> complete
///     ├────> drop            no room to wait
///     ├────> cancelWaiting   the load stopped before it was sent
///     └────> timeOutWaiting  nothing took it in time
///
/// Its members never allocate, except takeInterval(). A value, not thread-safe.
class OperationLedger {
public:
    OperationLedger(SteadyTime start, std::size_t requestCount);

    void plan() noexcept;
    /// `lateness`: send minus due, for an operation that had a free user when it was due.
    void send(std::optional<Nanoseconds> lateness) noexcept;
    void drop() noexcept;
    void cancelWaiting() noexcept;
    /// Has a response time, but no service time.
    void timeOutWaiting(const Operation &operation, SteadyTime now) noexcept;
    void complete(const Completion &completion) noexcept;

    [[nodiscard]] const OperationCounts &counts() const { return m_counts; }
    /// Planned, and neither sent nor ended.
    [[nodiscard]] qint64 waiting() const { return m_waiting; }
    /// Totals, and the histograms since the last call.
    [[nodiscard]] LoadInterval takeInterval(SteadyTime now);

private:
    void countFailure(const Completion &completion) noexcept;

    /// HTTP statuses and WebSocket close codes; others do not exist.
    static constexpr std::size_t statusCount = 5000;

    SteadyTime m_start, m_intervalStart;
    OperationCounts m_counts;
    qint64 m_waiting = 0;
    std::array<qint64, failureKindCount> m_failedByKind{};
    std::vector<qint64> m_failedByStatus;
    LatencyHistogram m_responseTime, m_serviceTime, m_lateness;
    std::vector<LatencyHistogram> m_responseTimeByRequest;
    std::optional<Nanoseconds> m_firstOk;
};

} // namespace lowtide
