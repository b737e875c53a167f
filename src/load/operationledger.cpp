#include "load/operationledger.h"

namespace lowtide {

OperationLedger::OperationLedger(SteadyTime start, std::size_t requestCount)
    : m_start(start)
    , m_intervalStart(start)
    , m_failedByStatus(statusCount)
    , m_responseTimeByRequest(requestCount)
{
}

void OperationLedger::plan() noexcept
{
    ++m_counts.planned;
    ++m_counts.inFlight;
    ++m_waiting;
}

void OperationLedger::send(std::optional<Nanoseconds> lateness) noexcept
{
    --m_waiting;
    ++m_counts.sent;
    if (lateness)
        m_lateness.record(*lateness);
}

void OperationLedger::drop() noexcept
{
    --m_waiting;
    --m_counts.inFlight;
    ++m_counts.dropped;
}

void OperationLedger::cancelWaiting() noexcept
{
    --m_waiting;
    --m_counts.inFlight;
    ++m_counts.cancelled;
}

void OperationLedger::timeOutWaiting(const Operation &operation, SteadyTime now) noexcept
{
    --m_waiting;
    --m_counts.inFlight;
    ++m_counts.timedOut;
    m_responseTime.record(now - operation.due);
    if (operation.request < m_responseTimeByRequest.size())
        m_responseTimeByRequest[operation.request].record(now - operation.due);
}

void OperationLedger::complete(const Completion &completion) noexcept
{
    --m_counts.inFlight;
    switch (completion.outcome) {
    case Outcome::Ok:
        ++m_counts.ok;
        if (!m_firstOk)
            m_firstOk = completion.ended - m_start;
        break;
    case Outcome::Failed:
        ++m_counts.failed;
        countFailure(completion);
        break;
    case Outcome::TimedOut:
        ++m_counts.timedOut;
        break;
    case Outcome::Dropped:
        ++m_counts.dropped;
        return;
    case Outcome::Cancelled:
        ++m_counts.cancelled;
        return; // we ended it: its time says nothing about the target
    }
    const Nanoseconds response = completion.ended - completion.due;
    m_responseTime.record(response);
    m_serviceTime.record(completion.ended - completion.sent);
    if (completion.request < m_responseTimeByRequest.size())
        m_responseTimeByRequest[completion.request].record(response);
}

void OperationLedger::countFailure(const Completion &completion) noexcept
{
    ++m_failedByKind.at(static_cast<std::size_t>(completion.failure));
    if (completion.failure == FailureKind::Status && completion.status < statusCount)
        ++m_failedByStatus[completion.status];
}

LoadInterval OperationLedger::takeInterval(SteadyTime now)
{
    LoadInterval interval;
    interval.length = now - m_intervalStart;
    interval.counts = m_counts;
    interval.waiting = m_waiting;
    for (std::size_t kind = 0; kind < m_failedByKind.size(); ++kind) {
        if (m_failedByKind.at(kind) > 0)
            interval.failedByKind[failureKindId(static_cast<FailureKind>(kind))] =
                m_failedByKind.at(kind);
    }
    for (std::size_t status = 0; status < m_failedByStatus.size(); ++status) {
        if (m_failedByStatus[status] > 0)
            interval.failedByStatus[QString::number(status)] = m_failedByStatus[status];
    }
    interval.responseTime = m_responseTime;
    interval.serviceTime = m_serviceTime;
    interval.lateness = m_lateness;
    interval.responseTimeByRequest = m_responseTimeByRequest;
    interval.firstOk = m_firstOk;

    m_intervalStart = now;
    m_responseTime.clear();
    m_serviceTime.clear();
    m_lateness.clear();
    for (LatencyHistogram &histogram : m_responseTimeByRequest)
        histogram.clear();
    return interval;
}

} // namespace lowtide
