#include "load/websockettally.h"

#include <utility>

namespace lowtide {

void WebSocketTally::planned()
{
    ++m_counts.planned;
    ++m_counts.inFlight;
}

void WebSocketTally::sent(std::optional<Nanoseconds> lateness)
{
    ++m_counts.sent;
    if (lateness)
        m_lateness.record(*lateness);
}

void WebSocketTally::ended(const Operation &operation, Outcome outcome, FailureKind failure,
                           std::optional<SteadyTime> sent, SteadyTime now)
{
    --m_counts.inFlight;
    switch (outcome) {
    case Outcome::Ok:
        ++m_counts.ok;
        break;
    case Outcome::Failed:
        ++m_counts.failed;
        ++m_failedByKind.at(static_cast<std::size_t>(failure));
        break;
    case Outcome::TimedOut:
        ++m_counts.timedOut;
        break;
    case Outcome::Dropped:
        ++m_counts.dropped;
        return;
    case Outcome::Cancelled:
        ++m_counts.cancelled;
        return;
    }
    m_responseTime.record(now - operation.due);
    if (sent)
        m_serviceTime.record(now - *sent);
}

LoadInterval WebSocketTally::take(Nanoseconds length)
{
    LoadInterval interval;
    interval.length = length;
    interval.counts = m_counts;
    for (std::size_t kind = 0; kind < failureKindCount; ++kind) {
        if (m_failedByKind.at(kind) > 0)
            interval.failedByKind[failureKindId(static_cast<FailureKind>(kind))] =
                m_failedByKind.at(kind);
    }
    interval.responseTime = std::exchange(m_responseTime, {});
    interval.serviceTime = std::exchange(m_serviceTime, {});
    interval.lateness = std::exchange(m_lateness, {});
    interval.responseTimeByRequest = {interval.responseTime};
    return interval;
}

} // namespace lowtide
