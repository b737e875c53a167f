#pragma once

#include "load/deadlinesource.h"
#include "load/loadtimeline.h"
#include "load/operationledger.h"
#include "load/schedule.h"
#include "load/websocketexchange.h"
#include "load/websocketload.h"
#include "load/websocketoverflow.h"
#include "load/websocketpool.h"

#include <deque>
#include <memory>
#include <optional>

namespace lowtide {

/// The part of a WebSocketLoad that runs in its thread, a LoadThread. It is told what to do by
/// queued calls, and paced by the thread's dispatcher.
class WebSocketWorker : public QObject, private DeadlineSource {
    Q_OBJECT

public:
    explicit WebSocketWorker(WebSocketLoadPlan plan);
    ~WebSocketWorker() override;

    void start();
    void stop(StopMode mode, Nanoseconds drainTime);
    void pause();
    void resume();
    void setRate(Rate rate);

Q_SIGNALS:
    void measured(const lowtide::LoadInterval &interval);
    void finished();

private:
    /// Messages fall due (Sending), the open ones get their echo (Draining), the connections are
    /// closed (Closing), the server's queue is overfilled (Burst, SlowReader).
    enum class Phase { Idle, Sending, Draining, Closing, Burst, SlowReader, Finished };

    [[nodiscard]] SteadyTime nextDeadline() const noexcept override;
    void onDeadline(SteadyTime now) noexcept override;

    [[nodiscard]] bool isDue(SteadyTime now) const;
    /// Plans at most `most` messages.
    void planDue(SteadyTime now, int most);
    void plan();
    void sendWaiting();
    void sendOn(int connection, const Operation &operation, bool wasDirect);
    void endTimedOut(SteadyTime now);
    void cancelAll(SteadyTime now);
    void advancePhase(SteadyTime now);
    void onPoolClosed();
    void onLost(int connection, FailureKind kind);
    void onReceived(int connection, const QString &text);
    void startOverflow(Phase phase);
    void onOverflowFinished();
    void finish();
    void report(SteadyTime now);
    void end(const OpenMessage &message, Outcome outcome, FailureKind failure, SteadyTime now);
    [[nodiscard]] bool isIdle() const { return m_waiting.empty() && m_exchange.openCount() == 0; }
    [[nodiscard]] QMap<QString, qint64> counters() const;

    WebSocketLoadPlan m_plan;
    WebSocketExchange m_exchange;
    WebSocketPool *m_pool = nullptr; ///< Child; made in the thread.
    Schedule m_schedule;
    std::optional<Nanoseconds> m_nextDue; ///< By the schedule; none after the last message.
    std::optional<LoadTimeline> m_timeline; ///< From the start on, as the ledger.
    std::optional<OperationLedger> m_ledger;
    std::deque<Operation> m_waiting; ///< Due, and no connection took them yet.
    Phase m_phase = Phase::Idle;
    bool m_isPaused = false; ///< Kept for a pause that comes before the start.
    bool m_wasStopped = false;
    bool m_isPhaseOver = false; ///< advancePhase() has something to do now.
    SteadyTime m_drainLimit = noDeadline;
    SteadyTime m_overflowEnd{};
    SteadyTime m_nextReport = noDeadline;
    qint64 m_nextOperation = 0; ///< Its number in the schedule.
    WebSocketOverflow *m_overflow = nullptr; ///< Child; the part that runs.
    WebSocketOverflowResult m_burst;
    WebSocketOverflowResult m_slow;
    qint64 m_received = 0;
    qint64 m_lost = 0;
    qint64 m_late = 0;
    qint64 m_duplicates = 0;
    qint64 m_other = 0;
    qint64 m_unsent = 0;
};

} // namespace lowtide
