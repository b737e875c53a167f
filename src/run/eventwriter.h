#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "model/runevent.h"

#include <QByteArray>
#include <QString>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace lowtide {

/// Writes events to a descriptor from a thread of its own, so that a slow disk or reader never
/// holds up what measures. One event is one write(). When the queue is full, samples are dropped,
/// counted, and a `gap` event stands where they are missing; events that carry a decision are never
/// dropped.
///
/// post() and close() belong to one thread (the session's). Writes go on in the writer's thread.
class EventWriter {
public:
    struct Options {
        std::size_t capacity = 8192; ///< Events waiting at most.
        bool syncsEverySecond =
            false; ///< fdatasync: a journal survives a power cut but for a second.
        bool closesDescriptor = true;
    };

    /// Takes a writable descriptor. Starts the thread.
    EventWriter(int descriptor, Options options);
    /// Closes, if close() was not called.
    ~EventWriter();
    EventWriter(const EventWriter &) = delete;
    EventWriter &operator=(const EventWriter &) = delete;

    /// A journal in a new file (never an existing one).
    [[nodiscard]] static Result<std::unique_ptr<EventWriter>> toNewFile(const QString &path);

    /// What --events names: made or emptied; a device or a named pipe too.
    [[nodiscard]] static Result<std::unique_ptr<EventWriter>> toEventsFile(const QString &path);

    /// Queues one event; never blocks on the descriptor.
    void post(const RunEvent &event);
    /// Waits until all that is queued is written, but for `patience` at most (a reader that reads
    /// nothing must not hold up our end); then the sink ends.
    void close(Nanoseconds patience);

    /// Events that this sink could not take: queue full, disk full, reader gone.
    [[nodiscard]] qint64 lostEvents() const;
    /// The system's word for the last failed write; empty when none failed.
    [[nodiscard]] QString lastError() const;

private:
    struct Line {
        QByteArray text;
        double seconds = 0.0;
        qint64 tellsOfLost = 0; ///< Of a gap: it is no event of its own, and told again when lost.
    };

    void runThread();
    bool writeLine(const QByteArray &text);
    void noteGap(double seconds);
    void queueGap(double seconds);

    const int m_descriptor;
    const Options m_options;
    const std::size_t m_largestWrite;

    mutable std::mutex m_mutex; ///< Guards all below but m_thread and m_lineIsCut.
    std::condition_variable m_wake, m_drained;
    std::deque<Line> m_queue;
    GapEvent m_gap; ///< Not yet in the queue; lostEvents 0: none.
    qint64 m_lost = 0;
    QString m_lastError;
    bool m_isClosing = false, m_isDead = false, m_isIdle = true;

    bool m_lineIsCut = false; ///< Writer's thread only: a failed write left half a line behind.
    std::thread m_thread;
};

} // namespace lowtide
