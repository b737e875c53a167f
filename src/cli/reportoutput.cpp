#include "cli/reportoutput.h"

#include "cli/options.h"
#include "report/reportwriter.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSaveFile>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

const QString textFormat = u"text"_s;

QString tr(const char *text) { return QCoreApplication::translate("ReportOutput", text); }

QByteArray inFormat(const QString &format, const RunReport &report)
{
    const ReportWriter *writer = ReportWriter::find(format);
    Q_ASSERT(writer != nullptr); // --format takes registered ones alone
    return writer->write(report);
}

} // namespace

void ReportOutput::declare(CLI::App &app)
{
    addChoice(app, "--format", ReportWriter::ids(), m_format,
              tr("Format of the result (text, or by the end of FILE's name)"));
    addText(app, "-o,--output", "FILE", m_file, tr("Write the result there; - is stdout"));
}

bool ReportOutput::goesToStandardOutput() const { return !m_file || *m_file == u"-"_s; }

QString ReportOutput::format() const
{
    if (m_format)
        return *m_format;
    const QString suffix = goesToStandardOutput() ? QString() : QFileInfo(*m_file).suffix();
    return ReportWriter::ids().contains(suffix) ? suffix : textFormat;
}

Result<void> ReportOutput::check() const
{
    if (goesToStandardOutput())
        return {};
    const QFileInfo file(*m_file);
    const QFileInfo folder(file.path());
    const bool isWritable =
        file.exists() ? file.isWritable() && !file.isDir() : folder.isDir() && folder.isWritable();
    if (isWritable)
        return {};
    return Unexpected(Error{ErrorCode::BadInput, tr("cannot be written."), u"-o %1"_s.arg(*m_file),
                            folder.isDir() ? tr("Name a file in a folder that is yours.")
                                           : tr("There is no folder %1.").arg(folder.path())});
}

Result<void> ReportOutput::write(const RunReport &report, Console &console) const
{
    const QByteArray text = inFormat(format(), report);
    if (goesToStandardOutput())
        return console.writeResult(text);
    // Not QSaveFile alone: FILE may be a pipe or /dev/stderr, which cannot be replaced by renaming.
    QSaveFile file(*m_file);
    file.setDirectWriteFallback(true);
    if (file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit())
        return {};
    return Unexpected(
        Error{ErrorCode::Io, tr("cannot be written: %1.").arg(file.errorString()), *m_file, {}});
}

QByteArray ReportOutput::summary(const RunReport &report) { return inFormat(textFormat, report); }

} // namespace lowtide
