#pragma once

#include "load/deadlinesource.h"
#include "load/notifiertable.h"
#include "load/timerqueue.h"

#include <QAbstractEventDispatcher>

#include <atomic>
#include <vector>

struct epoll_event;

namespace lowtide {

/// A file descriptor that closes itself.
class OwnedDescriptor {
public:
    explicit OwnedDescriptor(int descriptor);
    ~OwnedDescriptor();
    Q_DISABLE_COPY_MOVE(OwnedDescriptor)
    [[nodiscard]] int get() const { return m_descriptor; }

private:
    int m_descriptor;
};

/// Qt's event loop over epoll with deadlines in nanoseconds: its cost does not grow with the number
/// of idle connections, and arrivals are not rounded to milliseconds. Everything of Qt runs on it.
/// Give it to a thread before its start (LoadThread does); from then on that thread uses and owns
/// it. Only wakeUp() and interrupt() may be called from other threads.
class EpollDispatcher : public QAbstractEventDispatcher {
    Q_OBJECT

public:
    /// How a wait ends at a deadline. Where the kernel has no epoll_pwait2 (before 5.11, or
    /// forbidden by a sandbox) the timer takes over by itself.
    enum class Waiting { Precise, TimerDescriptor };

    explicit EpollDispatcher(Waiting waiting = Waiting::Precise, QObject *parent = nullptr);
    ~EpollDispatcher() override;

    /// The dispatcher of the calling thread; null when that thread has another kind.
    [[nodiscard]] static EpollDispatcher *current();

    /// `source` must be removed before it goes. Adding it twice is a programmer's error.
    void addDeadlineSource(DeadlineSource *source);
    void removeDeadlineSource(DeadlineSource *source);

    /// Waits and registrations so far, for tests: an idle loop does not count up.
    [[nodiscard]] std::uint64_t waits() const { return m_waits; }
    [[nodiscard]] std::uint64_t registrations() const { return m_notifiers.registrations(); }

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;
    void registerTimer(int id, qint64 intervalMs, Qt::TimerType type, QObject *object) override;
    bool unregisterTimer(int id) override;
    bool unregisterTimers(QObject *object) override;
    [[nodiscard]] QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int id) override;
    void wakeUp() override;
    void interrupt() override;

private:
    int handleSockets(SteadyTime waitUntil);
    int handleWakeUpOnly(SteadyTime waitUntil);
    int waitForEvents(epoll_event *events, int capacity, SteadyTime until);
    int waitByTimer(epoll_event *events, int capacity, SteadyTime until);
    int runDeadlines();
    [[nodiscard]] SteadyTime nextDeadline(bool withTimers) const;
    void takeWakeUp();

    OwnedDescriptor m_epoll;
    OwnedDescriptor m_wakeDescriptor;
    OwnedDescriptor m_timerDescriptor;
    Waiting m_waiting;
    SteadyTime m_timerArmedFor{};
    NotifierTable m_notifiers;
    TimerQueue m_timers;
    std::vector<DeadlineSource *> m_sources; ///< Not owned; see addDeadlineSource.
    std::uint64_t m_waits = 0;
    bool m_isWokenHere = false; ///< wakeUp() by the own thread: no system call needed.
    std::atomic<bool> m_isWokenElsewhere{false}; ///< The wake descriptor is readable, or will be.
    std::atomic<bool> m_isInterrupted{false};
    std::atomic<Qt::HANDLE> m_owner{nullptr}; ///< The thread that runs the loop.
};

} // namespace lowtide
