#pragma once

#include "base/clock.h"
#include "model/runevent.h"
#include "run/eventwriter.h"
#include "run/runlog.h"

#include <QObject>

#include <memory>
#include <vector>

namespace lowtide {

/// Gives each event its time and hands it to every sink: journal, event stream, log, listeners.
/// Main thread. `run_started` goes first: what is recorded before it waits for it.
class EventRecorder : public QObject {
    Q_OBJECT

public:
    explicit EventRecorder(LogLevel threshold, QObject *parent = nullptr);

    [[nodiscard]] RunLog &log() { return m_log; }
    void addSink(std::unique_ptr<EventWriter> sink) { m_sinks.push_back(std::move(sink)); }
    /// Time zero of the run.
    void startClock();
    [[nodiscard]] double seconds() const { return toSeconds(steadyNow() - m_startedAt); }

    void record(const RunEventPayload &payload);
    void say(LogLevel level, const QString &category, const QString &text);
    /// Writes out and ends every sink. The first sink is the journal: how many events it lost.
    [[nodiscard]] qint64 close();
    [[nodiscard]] QString journalError() const;

Q_SIGNALS:
    void recorded(const lowtide::RunEvent &event);

private:
    void hand(const RunEvent &event);

    RunLog m_log;
    std::vector<std::unique_ptr<EventWriter>> m_sinks;
    SteadyTime m_startedAt;
    bool m_hasStarted = false;
    QList<RunEvent> m_early;
};

} // namespace lowtide
