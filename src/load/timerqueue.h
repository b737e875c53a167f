#pragma once

#include "base/clock.h"

#include <QAbstractEventDispatcher>

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace lowtide {

/// Qt's timers of one thread, in the order of their deadlines. Coarse timers are kept as precisely
/// as the others. Part of EpollDispatcher.
class TimerQueue {
public:
    void add(int id, Nanoseconds interval, Qt::TimerType type, QObject *object, SteadyTime now);
    bool remove(int id);
    bool removeAll(const QObject *object);
    [[nodiscard]] QList<QAbstractEventDispatcher::TimerInfo> infoOf(const QObject *object) const;
    /// Until the next shot, at least zero; nothing for an unknown timer.
    [[nodiscard]] std::optional<Nanoseconds> remaining(int id, SteadyTime now) const;
    /// The earliest deadline; `noDeadline` without a timer.
    [[nodiscard]] SteadyTime nextDeadline() const;
    /// Sends each timer that is due at `now` one event, so that timers of 0 ms starve nobody.
    /// Returns how many were sent.
    int fire(SteadyTime now);

private:
    struct Timer {
        Nanoseconds interval{};
        SteadyTime deadline{};
        Qt::TimerType type = Qt::CoarseTimer;
        QObject *object = nullptr; ///< Removes its timers before it goes.
        bool isFiring = false; ///< Out of the queue: a nested loop would spin on it otherwise.
    };

    std::unordered_map<int, Timer> m_timers;
    std::set<std::pair<SteadyTime, int>> m_queue;
};

} // namespace lowtide
