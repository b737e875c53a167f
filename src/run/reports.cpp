#include "run/reports.h"

#include "report/journalreader.h"
#include "report/reportbuilder.h"
#include "report/reportwriter.h"

#include <QCoreApplication>
#include <QSaveFile>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

Result<void> writeWhole(const QString &path, const QByteArray &text)
{
    QSaveFile file(path);
    // flush() before commit(): QSaveFile forgets why a buffered write failed.
    if (file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.flush()
        && file.commit())
        return {};
    return Unexpected(
        Error{.code = ErrorCode::Io,
              .message = QCoreApplication::translate("Reports", "the report cannot be written: %1.")
                             .arg(file.errorString()),
              .where = path,
              .hint = QCoreApplication::translate(
                  "Reports", "The journal is whole: make the report anew with `lowtide report`.")});
}

} // namespace

Result<RunReport> reportOf(const QString &journal, bool isRunning)
{
    ReportBuilder builder;
    Result<JournalEnd> end =
        readJournal(journal, [&builder](const RunEvent &event) { builder.add(event); });
    if (!end)
        return Unexpected(end.error());
    end->stillRunning = isRunning && !end->finished;
    return builder.report(*end);
}

Result<void> writeReports(const RunReport &report, const RunFiles &files)
{
    if (!files.writesJsonReport)
        return {};
    const ReportWriter *writer = ReportWriter::find(u"json"_s);
    Q_ASSERT(writer);
    const QByteArray text = writer->write(report);
    for (const QString &path : {files.runDirectory + u"/report.json"_s, files.report}) {
        if (const Result<void> written = writeWhole(path, text); !written)
            return written;
    }
    return {};
}

} // namespace lowtide
