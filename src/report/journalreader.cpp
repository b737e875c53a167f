#include "report/journalreader.h"

#include "model/eventcodec.h"
#include "report/reporttext.h"

#include <QFile>

#include <algorithm>
#include <utility>

namespace lowtide {

namespace {

/// A line longer than this is damage: the longest real one (run_started) stays far below.
constexpr qint64 longestLine = qint64(16) * 1024 * 1024;
constexpr qsizetype mostNotes = 10;

/// Reads one journal; lives for one call.
class Reading {
public:
    explicit Reading(const std::function<void(const RunEvent &)> &sink)
        : m_sink(sink)
    {
    }

    void line(QByteArray text, bool isTooLong)
    {
        settlePending();
        ++m_end.lines;
        if (isTooLong) {
            m_pending = ReportText::tr("the line is longer than 16 MB");
            return;
        }
        if (text.endsWith('\n'))
            text.chop(1);
        if (text.trimmed().isEmpty())
            return;
        const Result<std::optional<RunEvent>> event = decodeEvent(text);
        if (!event)
            m_pending = event.error().text();
        else if (!event->has_value())
            ++m_end.unknownKinds;
        else
            take(**event);
    }

    /// Damage in the last line is what a crash or a power cut leaves.
    JournalEnd finish()
    {
        if (m_pending) {
            m_end.truncated = true;
            note(std::exchange(m_pending, std::nullopt).value());
        }
        return m_end;
    }

    [[nodiscard]] bool hasStarted() const { return m_hasStarted; }

private:
    void take(const RunEvent &event)
    {
        m_hasStarted = m_hasStarted || std::holds_alternative<RunStartedEvent>(event.payload);
        m_end.finished = m_end.finished || std::holds_alternative<RunFinishedEvent>(event.payload);
        m_end.lastSeconds = std::max(m_end.lastSeconds, event.seconds);
        m_sink(event);
    }

    void settlePending()
    {
        if (!m_pending)
            return;
        ++m_end.skippedLines;
        note(std::exchange(m_pending, std::nullopt).value());
    }

    void note(const QString &problem)
    {
        if (m_end.notes.size() < mostNotes)
            m_end.notes.append(ReportText::tr("line %1: %2").arg(m_end.lines).arg(problem));
    }

    const std::function<void(const RunEvent &)> &m_sink;
    JournalEnd m_end;
    std::optional<QString>
        m_pending; ///< A damaged line of which it is open whether it is the last.
    bool m_hasStarted = false;
};

/// Skips to the next line; false at the end of the file.
void skipLine(QFile &file)
{
    while (!file.atEnd()) {
        if (file.readLine(longestLine).endsWith('\n'))
            return;
    }
}

} // namespace

Result<JournalEnd> readJournal(const QString &path,
                               const std::function<void(const RunEvent &)> &sink)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Unexpected(Error{
            .code = ErrorCode::Io,
            .message = ReportText::tr("The journal cannot be read: %1.").arg(file.errorString()),
            .where = path,
            .hint = {}});
    }
    Reading reading(sink);
    while (!file.atEnd()) {
        QByteArray line = file.readLine(longestLine);
        if (line.isEmpty())
            break; // a read error; file.error() says so below
        const bool isTooLong = line.size() >= longestLine - 1 && !line.endsWith('\n');
        if (isTooLong) {
            line.clear();
            skipLine(file);
        }
        reading.line(std::move(line), isTooLong);
    }
    JournalEnd end = reading.finish();
    if (file.error() != QFileDevice::NoError) {
        return Unexpected(Error{
            .code = ErrorCode::Io,
            .message = ReportText::tr("Reading the journal failed: %1.").arg(file.errorString()),
            .where = path,
            .hint = {}});
    }
    if (!reading.hasStarted()) {
        const QString why = end.notes.isEmpty() ? QString() : u' ' + end.notes.constFirst() + u'.';
        return Unexpected(Error{
            .code = ErrorCode::Malformed,
            .message =
                ReportText::tr("This is no journal of a run: it has no run_started event.") + why,
            .where = path,
            .hint = ReportText::tr("Give the run.ndjson of a run directory.")});
    }
    return end;
}

} // namespace lowtide
