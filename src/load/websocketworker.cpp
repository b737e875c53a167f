#include "load/websocketworker.h"

#include "load/epolldispatcher.h"
#include "load/websocketmessage.h"

#include <algorithm>
#include <limits>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace lowtide {

namespace {
constexpr Nanoseconds reportInterval = 1s;
/// Planned in one go at most; then the sockets get their turn.
constexpr int maxPlannedAtOnce = 1000;
/// The overflow part takes the slow reader's pause and this, at most: the burst, the slow reader's
/// sending, its reading, and two closing handshakes.
constexpr Nanoseconds overflowTime = 10s;
constexpr Nanoseconds burstTime = 4s;
constexpr Nanoseconds slowSendTime = 1s;
constexpr Nanoseconds closingTime = 1s;
/// Small, so that the server's queue has to carry what we don't read. Linux doubles it.
constexpr int slowReceiveBufferBytes = 4096;

LoadShape shapeOf(const WebSocketLoadPlan &plan)
{
    return {.stages = {{plan.messageRate, plan.messageRate, plan.duration}},
            .duration = plan.duration};
}
} // namespace

WebSocketWorker::WebSocketWorker(WebSocketLoadPlan plan)
    : m_plan(std::move(plan))
    , m_exchange(m_plan.connections, m_plan.messageTimeout)
    , m_schedule(shapeOf(m_plan))
    , m_nextDue(m_schedule.dueAt(0))
{
}

WebSocketWorker::~WebSocketWorker()
{
    if (auto *dispatcher = EpollDispatcher::current(); dispatcher && m_pool)
        dispatcher->removeDeadlineSource(this);
}

void WebSocketWorker::start()
{
    if (m_phase != Phase::Idle)
        return;
    const SteadyTime now = steadyNow();
    m_pool = new WebSocketPool({.url = m_plan.url,
                                .userAgent = m_plan.userAgent,
                                .connections = m_plan.connections,
                                .pingInterval = m_plan.pingInterval},
                               this);
    connect(m_pool, &WebSocketPool::opened, this, &WebSocketWorker::sendWaiting);
    connect(m_pool, &WebSocketPool::lost, this, &WebSocketWorker::onLost);
    connect(m_pool, &WebSocketPool::received, this, &WebSocketWorker::onReceived);
    connect(m_pool, &WebSocketPool::closed, this, &WebSocketWorker::onPoolClosed);
    m_timeline.emplace(now);
    m_ledger.emplace(now, 1);
    if (m_isPaused)
        m_timeline->pause(now);
    m_phase = Phase::Sending;
    m_nextReport = now + reportInterval;
    EpollDispatcher::current()->addDeadlineSource(this);
    m_pool->open(now);
}

void WebSocketWorker::pause()
{
    m_isPaused = true;
    if (!m_timeline)
        return;
    const SteadyTime now = steadyNow();
    planDue(now, std::numeric_limits<int>::max());
    m_timeline->pause(now);
}

void WebSocketWorker::resume()
{
    m_isPaused = false;
    if (m_timeline)
        m_timeline->resume(steadyNow());
}

void WebSocketWorker::setRate(Rate rate)
{
    const SteadyTime now = steadyNow();
    // What was due by the old rate must be planned: the new schedule does not know it.
    planDue(now, std::numeric_limits<int>::max());
    m_schedule = m_schedule.rebased(m_timeline ? m_timeline->at(now) : Nanoseconds(), rate);
    m_nextDue = m_schedule.dueAt(m_nextOperation);
}

void WebSocketWorker::stop(StopMode mode, Nanoseconds drainTime)
{
    if (m_phase == Phase::Idle || m_phase == Phase::Finished)
        return;
    const SteadyTime now = steadyNow();
    m_wasStopped = true;
    if (m_phase == Phase::Sending)
        m_phase = Phase::Draining;
    m_drainLimit = std::min(m_drainLimit, now + drainTime);
    if (mode == StopMode::Now)
        cancelAll(now);
    m_isPhaseOver = true;
    if (m_overflow)
        m_overflow->stop();
}

SteadyTime WebSocketWorker::nextDeadline() const noexcept
{
    if (m_phase == Phase::Finished)
        return noDeadline;
    if (m_isPhaseOver)
        return SteadyTime(); // long past: at once
    SteadyTime next = std::min({m_nextReport, m_pool->nextDeadline(), m_exchange.nextTimeout()});
    if (!m_waiting.empty())
        next = std::min(next, m_waiting.front().due + m_plan.messageTimeout);
    if (m_phase == Phase::Sending && !m_timeline->isPaused())
        next = std::min(next, m_timeline->steady(m_nextDue.value_or(*m_schedule.end())));
    if (m_phase == Phase::Draining)
        next = std::min(next, m_drainLimit);
    return next;
}

void WebSocketWorker::onDeadline(SteadyTime now) noexcept
{
    if (m_phase == Phase::Finished)
        return;
    sendWaiting();
    planDue(now, maxPlannedAtOnce);
    endTimedOut(now);
    m_pool->onDeadline(now);
    if (now >= m_nextReport)
        report(now);
    advancePhase(now);
}

bool WebSocketWorker::isDue(SteadyTime now) const
{
    return m_phase == Phase::Sending && m_nextDue && *m_nextDue <= m_timeline->at(now);
}

void WebSocketWorker::planDue(SteadyTime now, int most)
{
    for (int planned = 0; planned < most && isDue(now); ++planned)
        plan();
}

void WebSocketWorker::plan()
{
    const Operation operation{.id = static_cast<std::uint64_t>(m_nextOperation),
                              .request = 0,
                              .due = m_timeline->steady(*m_nextDue)};
    m_nextDue = m_schedule.dueAt(++m_nextOperation);
    m_ledger->plan();
    const auto connection = m_waiting.empty() ? m_pool->takeSendable() : std::nullopt;
    if (connection)
        sendOn(*connection, operation, true);
    else if (std::cmp_less(m_waiting.size(), m_plan.queueBound))
        m_waiting.push_back(operation);
    else
        m_ledger->drop();
}

void WebSocketWorker::sendWaiting()
{
    while (!m_waiting.empty()) {
        const auto connection = m_pool->takeSendable();
        if (!connection)
            return;
        const Operation operation = m_waiting.front();
        m_waiting.pop_front();
        sendOn(*connection, operation, false);
    }
}

void WebSocketWorker::sendOn(int connection, const Operation &operation, bool wasDirect)
{
    const SteadyTime now = steadyNow();
    const QString text = echoMessage(m_exchange.nextId(connection), m_plan.messageSizeBytes);
    m_exchange.sent(connection, {operation, now});
    m_ledger->send(wasDirect ? std::optional(now - operation.due) : std::nullopt);
    m_pool->send(connection, text);
}

void WebSocketWorker::end(const OpenMessage &message, Outcome outcome, FailureKind failure,
                          SteadyTime now)
{
    m_ledger->complete({.id = message.operation.id,
                        .request = message.operation.request,
                        .outcome = outcome,
                        .failure = failure,
                        .due = message.operation.due,
                        .sent = message.sent,
                        .ended = now});
    m_isPhaseOver = m_isPhaseOver || (m_phase == Phase::Draining && isIdle());
}

void WebSocketWorker::endTimedOut(SteadyTime now)
{
    while (const auto message = m_exchange.takeTimedOut(now)) {
        ++m_lost; // the connection lives: else the message would have ended with it
        end(*message, Outcome::TimedOut, FailureKind::Lost, now);
    }
    while (!m_waiting.empty() && m_waiting.front().due + m_plan.messageTimeout <= now) {
        ++m_unsent;
        m_ledger->timeOutWaiting(m_waiting.front(), now);
        m_waiting.pop_front();
    }
}

void WebSocketWorker::onLost(int connection, FailureKind kind)
{
    const SteadyTime now = steadyNow();
    for (const OpenMessage &message : m_exchange.takeAll(connection))
        end(message, Outcome::Failed, kind, now);
}

void WebSocketWorker::onReceived(int connection, const QString &text)
{
    const SteadyTime now = steadyNow();
    const auto id = echoId(text);
    const auto echo = id ? m_exchange.take(connection, *id) : WebSocketExchange::Echo{};
    switch (echo.kind) {
    case EchoKind::Expected:
        ++m_received;
        end(*echo.message, Outcome::Ok, FailureKind::Other, now);
        break;
    case EchoKind::Late:
        ++m_late;
        break;
    case EchoKind::Duplicate:
        ++m_duplicates;
        break;
    case EchoKind::Foreign:
        ++m_other;
        break;
    }
}

void WebSocketWorker::cancelAll(SteadyTime now)
{
    for (int connection = 0; connection < m_plan.connections; ++connection) {
        for (const OpenMessage &message : m_exchange.takeAll(connection))
            end(message, Outcome::Cancelled, FailureKind::Other, now);
    }
    for (; !m_waiting.empty(); m_waiting.pop_front())
        m_ledger->cancelWaiting();
}

void WebSocketWorker::advancePhase(SteadyTime now)
{
    m_isPhaseOver = false;
    if (m_phase == Phase::Sending && !isDue(now) && m_timeline->at(now) >= *m_schedule.end())
        m_phase = Phase::Draining;
    if (m_phase != Phase::Draining)
        return;
    if (now >= m_drainLimit)
        cancelAll(now);
    if (isIdle()) {
        m_phase = Phase::Closing;
        m_pool->close(now);
    }
}

void WebSocketWorker::onPoolClosed()
{
    if (!m_plan.overflow || m_wasStopped) {
        finish();
        return;
    }
    m_overflowEnd = steadyNow() + m_plan.slowReadPause + overflowTime;
    startOverflow(Phase::Burst);
}

void WebSocketWorker::startOverflow(Phase phase)
{
    m_phase = phase;
    WebSocketOverflowPlan plan{.connection = {.url = m_plan.url, .userAgent = m_plan.userAgent},
                               .messages = m_plan.burstMessages,
                               .messageSizeBytes = m_plan.messageSizeBytes,
                               .limit = burstTime};
    if (phase == Phase::SlowReader) {
        plan.connection.receiveBufferBytes = slowReceiveBufferBytes;
        plan.sendTime = slowSendTime;
        plan.readPause = m_plan.slowReadPause;
        plan.limit = m_overflowEnd - steadyNow() - closingTime;
    }
    m_overflow = new WebSocketOverflow(plan, this);
    connect(m_overflow, &WebSocketOverflow::finished, this, &WebSocketWorker::onOverflowFinished);
    m_overflow->start();
}

void WebSocketWorker::onOverflowFinished()
{
    (m_phase == Phase::Burst ? m_burst : m_slow) = m_overflow->result();
    std::exchange(m_overflow, nullptr)->deleteLater();
    if (m_phase == Phase::Burst && !m_wasStopped)
        startOverflow(Phase::SlowReader);
    else
        finish();
}

void WebSocketWorker::finish()
{
    m_phase = Phase::Finished;
    report(steadyNow());
    Q_EMIT finished();
}

void WebSocketWorker::report(SteadyTime now)
{
    LoadInterval interval = m_ledger->takeInterval(now);
    interval.counters = counters();
    while (m_nextReport <= now)
        m_nextReport += reportInterval;
    Q_EMIT measured(interval);
}

QMap<QString, qint64> WebSocketWorker::counters() const
{
    QMap<QString, qint64> counters = m_pool->counters();
    counters.insert({{u"messages_sent"_s, m_ledger->counts().sent},
                     {u"messages_received"_s, m_received},
                     {u"messages_lost"_s, m_lost},
                     {u"messages_late"_s, m_late},
                     {u"messages_unsent"_s, m_unsent},
                     {u"messages_other"_s, m_other},
                     {u"duplicates"_s, m_duplicates}});
    if (!m_plan.overflow)
        return counters;
    WebSocketOverflowResult burst = m_burst;
    WebSocketOverflowResult slow = m_slow;
    if (m_overflow)
        (m_phase == Phase::Burst ? burst : slow) = m_overflow->result();
    counters.insert({{u"burst_sent"_s, burst.sent},
                     {u"burst_received"_s, burst.received},
                     {u"burst_closed"_s, burst.closedByPeer ? 1 : 0},
                     {u"slow_sent"_s, slow.sent},
                     {u"slow_received"_s, slow.received},
                     {u"slow_closed"_s, slow.closedByPeer ? 1 : 0}});
    if (m_phase != Phase::Finished)
        return counters;
    counters[u"overflow_unfinished"_s] = (burst.isWhole() ? 0 : 1) + (slow.isWhole() ? 0 : 1);
    if (burst.isWhole() && slow.isWhole())
        counters[u"overflow_lost"_s] = burst.lost() + slow.lost();
    return counters;
}

} // namespace lowtide
