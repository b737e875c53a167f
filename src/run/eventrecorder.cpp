#include "run/eventrecorder.h"

namespace lowtide {

namespace {

/// A journal must be whole; a reader that stalls must not hold up our end.
constexpr Nanoseconds journalPatience = std::chrono::seconds(30);
constexpr Nanoseconds sinkPatience = std::chrono::seconds(1);

} // namespace

EventRecorder::EventRecorder(LogLevel threshold, QObject *parent)
    : QObject(parent)
    , m_log(threshold)
    , m_startedAt(steadyNow())
{
}

void EventRecorder::startClock() { m_startedAt = steadyNow(); }

void EventRecorder::record(const RunEventPayload &payload)
{
    const bool isStart = std::holds_alternative<RunStartedEvent>(payload);
    const RunEvent event{.seconds = isStart ? 0.0 : seconds(), .payload = payload};
    if (!m_hasStarted && !isStart) {
        m_early.append(event);
        return;
    }
    hand(event);
    if (!isStart)
        return;
    m_hasStarted = true;
    for (const RunEvent &early : std::exchange(m_early, {}))
        hand(early);
}

void EventRecorder::hand(const RunEvent &event)
{
    for (const auto &sink : m_sinks)
        sink->post(event);
    Q_EMIT recorded(event);
}

void EventRecorder::say(LogLevel level, const QString &category, const QString &text)
{
    if (!m_log.takes(level))
        return;
    m_log.write(level, category, text);
    record(LogEvent{.level = logLevelId(level), .category = category, .text = text});
}

qint64 EventRecorder::close()
{
    for (std::size_t i = 0; i < m_sinks.size(); ++i)
        m_sinks[i]->close(i == 0 ? journalPatience : sinkPatience);
    return m_sinks.empty() ? 0 : m_sinks.front()->lostEvents();
}

QString EventRecorder::journalError() const
{
    return m_sinks.empty() ? QString() : m_sinks.front()->lastError();
}

} // namespace lowtide
