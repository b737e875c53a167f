#include "load/timerqueue.h"

#include "load/deadlinesource.h"

#include <QCoreApplication>
#include <QTimerEvent>

#include <algorithm>
#include <vector>

namespace lowtide {

void TimerQueue::add(int id, Nanoseconds interval, Qt::TimerType type, QObject *object,
                     SteadyTime now)
{
    const SteadyTime deadline = now + interval;
    m_timers[id] =
        Timer{.interval = interval, .deadline = deadline, .type = type, .object = object};
    m_queue.emplace(deadline, id);
}

bool TimerQueue::remove(int id)
{
    const auto it = m_timers.find(id);
    if (it == m_timers.end())
        return false;
    m_queue.erase({it->second.deadline, id});
    m_timers.erase(it);
    return true;
}

bool TimerQueue::removeAll(const QObject *object)
{
    return std::erase_if(m_timers,
                         [&](const auto &entry) {
                             if (entry.second.object != object)
                                 return false;
                             m_queue.erase({entry.second.deadline, entry.first});
                             return true;
                         })
        > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> TimerQueue::infoOf(const QObject *object) const
{
    QList<QAbstractEventDispatcher::TimerInfo> list;
    for (const auto &[id, timer] : m_timers) {
        if (timer.object != object)
            continue;
        const auto interval = std::chrono::duration_cast<std::chrono::milliseconds>(timer.interval);
        list.append({id, static_cast<int>(interval.count()), timer.type});
    }
    return list;
}

std::optional<Nanoseconds> TimerQueue::remaining(int id, SteadyTime now) const
{
    const auto it = m_timers.find(id);
    if (it == m_timers.end())
        return std::nullopt;
    return std::max(Nanoseconds::zero(), it->second.deadline - now);
}

SteadyTime TimerQueue::nextDeadline() const
{
    return m_queue.empty() ? noDeadline : m_queue.begin()->first;
}

int TimerQueue::fire(SteadyTime now)
{
    std::vector<int> due;
    for (auto it = m_queue.begin(); it != m_queue.end() && it->first <= now; ++it)
        due.push_back(it->second);

    int fired = 0;
    for (const int id : due) {
        auto it = m_timers.find(id);
        // A handler before may have removed, restarted or (in a nested loop) fired it.
        if (it == m_timers.end() || it->second.isFiring || it->second.deadline > now)
            continue;
        Timer &timer = it->second;
        m_queue.erase({timer.deadline, id});
        timer.deadline += timer.interval;
        if (timer.deadline <= now)
            timer.deadline =
                now + timer.interval; // shots missed while we were late are not made up
        timer.isFiring = true;
        QTimerEvent event(id);
        QCoreApplication::sendEvent(timer.object, &event);
        ++fired;
        it = m_timers.find(id);
        if (it != m_timers.end() && it->second.isFiring) {
            it->second.isFiring = false;
            m_queue.emplace(it->second.deadline, id);
        }
    }
    return fired;
}

} // namespace lowtide
