#include "cli/runjob.h"

#include "run/reports.h"

#include <QFileInfo>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

RunJob::RunJob(EffectiveProfile profile, Settings settings, Console &console)
    : m_settings(std::move(settings))
    , m_warnings(profile.warnings)
    , m_console(console)
    , m_session(std::move(profile), m_settings.options)
    , m_progress(console, ProgressDisplay::optionsFor(console, m_settings.isQuiet))
    , m_signals(std::make_unique<StopSignals>())
    , m_exitCode(exitStatus(ExitCode::CouldNotRun))
{
    connect(&m_session, &RunSession::happened, this, &RunJob::onHappened);
    connect(&m_session, &RunSession::finished, this, &RunJob::onRunFinished);
    connect(m_signals.get(), &StopSignals::stopAsked, this, &RunJob::onStopAsked);
    connect(m_signals.get(), &StopSignals::stopNowAsked, this, &RunJob::onStopNowAsked);
}

Errors RunJob::prepare()
{
    Errors errors;
    if (const Result<void> writable = m_settings.output.check(); !writable)
        errors.append(writable.error());
    auto files = m_session.prepare();
    if (files)
        m_files = *files;
    else
        errors.append(files.error());
    return errors;
}

bool RunJob::start()
{
    if (const Errors errors = prepare(); !errors.isEmpty()) {
        m_console.report(errors);
        m_exitCode = exitStatusOf(errors);
        return false;
    }
    sayPlan();
    m_console.setWaits(false);
    m_session.start();
    return true;
}

void RunJob::sayPlan()
{
    for (const QString &warning : std::as_const(m_warnings))
        m_console.say(tr("warning: %1").arg(warning));
    if (m_settings.isQuiet)
        return;
    for (const QString &line : m_session.planText())
        m_console.say(line);
}

void RunJob::onHappened(const RunEvent &event)
{
    m_progress.add(event);
    const auto *log = std::get_if<LogEvent>(&event.payload);
    if (log != nullptr && log->level == u"error"_s && !m_settings.isQuiet)
        m_saidErrors.append(log->text);
}

void RunJob::onStopAsked()
{
    m_session.requestStop();
    m_isStopped = true;
    m_console.say(tr("Stopping; the report follows. Once more to stop at once."));
}

void RunJob::onStopNowAsked() { m_session.stopNow(); }

void RunJob::onRunFinished(const RunEnd &end)
{
    m_progress.finish();
    // Who asked for the end does not wait for a reader any more.
    m_console.setWaits(!m_isStopped);
    m_exitCode = conclude(end);
    Q_EMIT finished();
}

int RunJob::conclude(const RunEnd &end)
{
    for (const Error &error : end.errors) {
        if (!m_saidErrors.contains(error.text()))
            m_console.report(error);
    }
    if (end.kind == RunEnd::Kind::CouldNotRun)
        return exitStatusOf(end.errors);
    if (end.lostEvents > 0)
        m_console.say(tr("warning: %n event(s) could not be written to the journal.", nullptr,
                         static_cast<int>(std::min<qint64>(end.lostEvents, 1'000'000'000))));
    const Result<RunReport> report = reportOf(m_files.journal);
    if (!report) {
        m_console.report(report.error());
        return exitStatus(ExitCode::CouldNotRun);
    }
    const Result<void> kept = writeReports(*report, m_files);
    if (!kept)
        m_console.report(kept.error());
    m_signals.reset(); // the files are there: a signal may end a wait for the reader of the result
    const Result<void> shown = show(*report);
    if (!shown)
        m_console.report(shown.error());
    if (!kept || !shown)
        return exitStatus(ExitCode::CouldNotRun);
    return report->exitCode;
}

Result<void> RunJob::show(const RunReport &report)
{
    const bool isFile = !m_settings.output.goesToStandardOutput();
    if (m_settings.options.eventsTo == u"-"_s)
        m_console.say(QString::fromUtf8(ReportOutput::summary(report)).trimmed());
    else if (isFile)
        (void)m_console.writeResult(ReportOutput::summary(report));
    if (isFile || m_settings.options.eventsTo != u"-"_s) {
        if (const auto written = m_settings.output.write(report, m_console); !written)
            return written;
    }
    if (!m_settings.isQuiet && QFileInfo::exists(m_files.report))
        m_console.say(tr("Report: %1").arg(m_files.report));
    if (!m_settings.isQuiet)
        m_console.say(tr("Everything that happened: %1").arg(m_files.runDirectory));
    return {};
}

} // namespace lowtide
