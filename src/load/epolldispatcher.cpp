#include "load/epolldispatcher.h"

#include <QCoreApplication>
#include <QThread>

#include <algorithm>
#include <array>
#include <cerrno>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace lowtide {

namespace {

/// Tags of our own descriptors: no notifier has them, since descriptors are not negative.
constexpr std::uint64_t wakeTag = 0xffffffffU;
constexpr std::uint64_t timerTag = 0xfffffffeU;

/// Events taken from epoll at once. A whole batch is handled before the next wait, so a big one
/// would make posted events and other sockets late.
constexpr int batchWhilePacing = 16;
constexpr int largestBatch = 64;

timespec toTimespec(Nanoseconds duration)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
    return {.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

void watch(int epoll, int descriptor, std::uint32_t events, std::uint64_t tag)
{
    epoll_event event{};
    event.events = events;
    event.data.u64 = tag;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        qFatal("lowtide: no event loop: %s", qPrintable(qt_error_string(errno)));
}

} // namespace

OwnedDescriptor::OwnedDescriptor(int descriptor)
    : m_descriptor(descriptor)
{
    // Qt's own dispatchers end here too: without a loop nothing can even be reported.
    if (descriptor < 0)
        qFatal("lowtide: no event loop: %s", qPrintable(qt_error_string(errno)));
}

OwnedDescriptor::~OwnedDescriptor() { ::close(m_descriptor); }

EpollDispatcher::EpollDispatcher(Waiting waiting, QObject *parent)
    : QAbstractEventDispatcher(parent)
    , m_epoll(epoll_create1(EPOLL_CLOEXEC))
    , m_wakeDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    , m_timerDescriptor(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK))
    , m_waiting(waiting)
    , m_notifiers(m_epoll.get())
{
    watch(m_epoll.get(), m_wakeDescriptor.get(), EPOLLIN, wakeTag);
    // Edge-triggered, so that it needs no read: arming it again makes the next edge.
    watch(m_epoll.get(), m_timerDescriptor.get(), EPOLLIN | EPOLLET, timerTag);
}

EpollDispatcher::~EpollDispatcher() = default;

EpollDispatcher *EpollDispatcher::current()
{
    return qobject_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance());
}

void EpollDispatcher::addDeadlineSource(DeadlineSource *source)
{
    Q_ASSERT(std::find(m_sources.begin(), m_sources.end(), source) == m_sources.end());
    m_sources.push_back(source);
}

void EpollDispatcher::removeDeadlineSource(DeadlineSource *source)
{
    std::erase(m_sources, source);
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_owner.store(QThread::currentThreadId(), std::memory_order_relaxed);
    m_isInterrupted.store(false);
    m_isWokenHere = false;
    Q_EMIT awake();
    QCoreApplication::sendPostedEvents();

    const bool withTimers = !flags.testFlag(QEventLoop::X11ExcludeTimers);
    const bool withSockets = !flags.testFlag(QEventLoop::ExcludeSocketNotifiers);
    const auto mayWait = [&] {
        return flags.testFlag(QEventLoop::WaitForMoreEvents) && !m_isWokenHere && !m_isInterrupted;
    };
    if (mayWait())
        Q_EMIT aboutToBlock();
    if (m_isInterrupted)
        return false;

    int handled = 0;
    if (withSockets && m_notifiers.hasChanges()) {
        handled += m_notifiers.tryWrites();
        m_notifiers.applyChanges();
    }
    const SteadyTime waitUntil = mayWait() ? nextDeadline(withTimers) : SteadyTime::min();
    handled += withSockets ? handleSockets(waitUntil) : handleWakeUpOnly(waitUntil);
    handled += runDeadlines();
    if (withTimers)
        handled += m_timers.fire(steadyNow());
    return handled > 0;
}

int EpollDispatcher::handleSockets(SteadyTime waitUntil)
{
    // On the stack, since a slot may run a nested loop.
    std::array<epoll_event, largestBatch> events{};
    const int batch = m_sources.empty() ? largestBatch : batchWhilePacing;
    const int count = waitForEvents(events.data(), batch, waitUntil);
    int handled = runDeadlines();
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = events.at(std::size_t(i));
        if (event.data.u64 == timerTag)
            continue;
        if (event.data.u64 == wakeTag) {
            takeWakeUp();
            ++handled;
            continue;
        }
        handled += m_notifiers.activate(event.data.u64, event.events);
        handled += runDeadlines(); // slots of Qt's sockets take up to a tenth of a millisecond
    }
    return handled;
}

int EpollDispatcher::handleWakeUpOnly(SteadyTime waitUntil)
{
    // Level-triggered sockets that may not be served would end every wait in epoll at once.
    pollfd wake{.fd = m_wakeDescriptor.get(), .events = POLLIN, .revents = 0};
    const Nanoseconds left =
        waitUntil == SteadyTime::min() ? Nanoseconds::zero() : waitUntil - steadyNow();
    const timespec timeout = toTimespec(std::max(Nanoseconds::zero(), left));
    ++m_waits;
    if (ppoll(&wake, 1, waitUntil == noDeadline ? nullptr : &timeout, nullptr) <= 0)
        return 0;
    takeWakeUp();
    return 1;
}

int EpollDispatcher::waitForEvents(epoll_event *events, int capacity, SteadyTime until)
{
    ++m_waits;
    if (until == noDeadline)
        return epoll_wait(m_epoll.get(), events, capacity, -1);
    if (until == SteadyTime::min())
        return epoll_wait(m_epoll.get(), events, capacity, 0);
    const Nanoseconds left = until - steadyNow();
    if (left <= Nanoseconds::zero())
        return epoll_wait(m_epoll.get(), events, capacity, 0);
    if (m_waiting == Waiting::TimerDescriptor)
        return waitByTimer(events, capacity, until);
    const timespec timeout = toTimespec(left);
    const int count = epoll_pwait2(m_epoll.get(), events, capacity, &timeout, nullptr);
    if (count >= 0 || (errno != ENOSYS && errno != EPERM))
        return count;
    m_waiting = Waiting::TimerDescriptor;
    return waitByTimer(events, capacity, until);
}

int EpollDispatcher::waitByTimer(epoll_event *events, int capacity, SteadyTime until)
{
    if (m_timerArmedFor != until) {
        m_timerArmedFor = until;
        itimerspec setting{};
        setting.it_value = toTimespec(until.time_since_epoch());
        timerfd_settime(m_timerDescriptor.get(), TFD_TIMER_ABSTIME, &setting, nullptr);
    }
    return epoll_wait(m_epoll.get(), events, capacity, -1);
}

int EpollDispatcher::runDeadlines()
{
    int handled = 0;
    // By index: a handler may add or remove sources. One that is skipped so is due before the next
    // wait.
    // NOLINTNEXTLINE(modernize-loop-convert)
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        DeadlineSource *source = m_sources[i];
        const SteadyTime due = source->nextDeadline();
        if (due == noDeadline)
            continue;
        const SteadyTime now = steadyNow();
        if (due > now)
            continue;
        source->onDeadline(now);
        ++handled;
    }
    return handled;
}

SteadyTime EpollDispatcher::nextDeadline(bool withTimers) const
{
    SteadyTime next = withTimers ? m_timers.nextDeadline() : noDeadline;
    for (const DeadlineSource *source : m_sources)
        next = std::min(next, source->nextDeadline());
    return next;
}

void EpollDispatcher::takeWakeUp()
{
    eventfd_t value = 0;
    eventfd_read(m_wakeDescriptor.get(), &value);
    // After the read: who sees `true` until here may rely on the next pass, which has not begun.
    m_isWokenElsewhere.exchange(false, std::memory_order_acq_rel);
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    m_notifiers.add(notifier);
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    m_notifiers.remove(notifier);
}

void EpollDispatcher::registerTimer(int id, qint64 intervalMs, Qt::TimerType type, QObject *object)
{
    m_timers.add(id, std::chrono::milliseconds(intervalMs), type, object, steadyNow());
}

bool EpollDispatcher::unregisterTimer(int id) { return m_timers.remove(id); }

bool EpollDispatcher::unregisterTimers(QObject *object) { return m_timers.removeAll(object); }

QList<QAbstractEventDispatcher::TimerInfo> EpollDispatcher::registeredTimers(QObject *object) const
{
    return m_timers.infoOf(object);
}

int EpollDispatcher::remainingTime(int id)
{
    const auto remaining = m_timers.remaining(id, steadyNow());
    if (!remaining)
        return -1; // what Qt expects for an unknown timer
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(*remaining).count());
}

void EpollDispatcher::wakeUp()
{
    if (QThread::currentThreadId() == m_owner.load(std::memory_order_relaxed)) {
        m_isWokenHere = true;
        return;
    }
    if (!m_isWokenElsewhere.exchange(true, std::memory_order_acq_rel))
        eventfd_write(m_wakeDescriptor.get(), 1);
}

void EpollDispatcher::interrupt()
{
    m_isInterrupted.store(true);
    wakeUp();
}

} // namespace lowtide
