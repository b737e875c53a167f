#pragma once

#include "load/deadlinesource.h"
#include "load/loadclient.h"
#include "load/loadtimeline.h"
#include "load/operationledger.h"
#include "load/requestmix.h"
#include "load/stopmode.h"

#include <optional>

namespace lowtide {

/// The clock of a loop, so that tests run in virtual time.
class TimeSource {
public:
    [[nodiscard]] virtual SteadyTime now() const noexcept = 0;

protected:
    ~TimeSource() = default;
};

/// Told once when a loop has come to its end. May be called from within the client's completion, so
/// the client must not be destroyed there.
class LoopListener {
public:
    virtual void loopEnded() noexcept = 0;

protected:
    ~LoopListener() = default;
};

/// What an open and a closed load have in common: users bounded, each end counted, pause, drain and
/// cancel. Lives in the load worker's thread as one of its dispatcher's deadline sources; owns
/// nothing that it is given. Allocates nothing between start() and the end.
///
///   Idle ──start──> Running ──end of the shape, stop(Drain)──> Draining ──nothing open──> Ended
///                      └───────stop(Now), end of the drain time: open ones are cancelled──┘
///
/// A load that ends by itself cancels nothing: what still waits when the longest timeout has passed
/// after its end has timed out, and what is open has its own time limit. So a target that stalls
/// over the end of the load shows in the time-outs, and `cancelled` means that somebody stopped.
class LoadLoop : public DeadlineSource, public CompletionSink {
public:
    struct Setup {
        const LoadShape &shape;
        const RequestMix &mix; ///< Outlives the loop.
        std::uint64_t firstOperationId = 1;
        const TimeSource &clock;
        LoopListener &listener;
    };

    virtual ~LoadLoop() = default;
    Q_DISABLE_COPY_MOVE(LoadLoop)

    /// The load's time 0 is now. The client reports to this loop; it outlives it.
    virtual void start(LoadClient &client);
    /// Plans nothing more. Drain: what waits or is open may end within `drainTime`, the rest is
    /// cancelled. Again: the earlier end counts.
    void stop(StopMode mode, Nanoseconds drainTime);
    void pause();
    void resume();
    /// Only an open load has an arrival rate.
    virtual void setRate(Rate rate);

    [[nodiscard]] bool hasEnded() const { return m_phase == Phase::Ended; }
    [[nodiscard]] OperationLedger &ledger() { return m_ledger; }

    [[nodiscard]] SteadyTime nextDeadline() const noexcept final;
    void onDeadline(SteadyTime now) noexcept final;
    void completed(const Completion &completion) noexcept final;

protected:
    LoadLoop(const Setup &setup, std::optional<Nanoseconds> end);

    /// When the next operation is due in the load's time; nothing as long as none is known.
    [[nodiscard]] virtual std::optional<Nanoseconds> nextArrival() const noexcept = 0;
    /// Plans the operation that nextArrival() told; it is due.
    virtual void arrive() noexcept = 0;
    /// A user has ended an operation. Called while draining too.
    virtual void userFreed(const Completion &completion) noexcept = 0;
    /// The oldest operation that waits for a user; it waits no more.
    [[nodiscard]] virtual std::optional<Operation> takeWaiting() noexcept = 0;

    /// The next operation of this load; counts it as planned.
    [[nodiscard]] Operation plan(Nanoseconds due) noexcept;
    /// `hadFreeUser`: when it was planned; else its lateness is the users', not ours.
    void send(const Operation &operation, bool hadFreeUser) noexcept;
    [[nodiscard]] bool hasFreeUser() const { return m_open < m_users; }
    [[nodiscard]] bool isRunning() const { return m_phase == Phase::Running; }
    [[nodiscard]] SteadyTime now() const noexcept { return m_clock.now(); }
    /// Also while paused.
    [[nodiscard]] const LoadTimeline &timeline() const { return m_timeline; }
    [[nodiscard]] int users() const { return m_users; }
    /// Plans everything that is due until now: a change of the schedule may not swallow it.
    void catchUp() noexcept;

private:
    enum class Phase { Idle, Running, Draining, Ended };

    [[nodiscard]] bool isDue(SteadyTime now) const noexcept;
    [[nodiscard]] bool isExhausted() const noexcept;
    [[nodiscard]] bool isOver(SteadyTime now) const noexcept;
    void drainUntil(SteadyTime deadline) noexcept;
    void cancelAll() noexcept;
    void timeOutWaiting() noexcept;
    void endIfNothingIsOpen() noexcept;

    const RequestMix &m_mix;
    const TimeSource &m_clock;
    LoopListener &m_listener;
    LoadClient *m_client = nullptr;
    std::uint64_t m_firstOperationId;
    std::optional<qint64> m_operations; ///< As many are planned at most.
    std::optional<Nanoseconds> m_end; ///< Of the shape, in the load's time.
    LoadTimeline m_timeline;
    OperationLedger m_ledger;
    Phase m_phase = Phase::Idle;
    bool m_isCancelling = false;
    bool m_endedByItself = false; ///< And nobody has stopped it since.
    SteadyTime m_drainDeadline = noDeadline;
    int m_users;
    int m_open = 0; ///< Sent and not ended.
};

} // namespace lowtide
