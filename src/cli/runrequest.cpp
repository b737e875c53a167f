#include "cli/runrequest.h"

#include "cli/command.h"
#include "cli/options.h"
#include "cli/runjob.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("RunRequest", text); }

const QStringList logLevels{u"DEBUG"_s, u"INFO"_s, u"WARNING"_s, u"ERROR"_s};

QStringList commandNames()
{
    QStringList names;
    for (const auto &command : makeCommands())
        names.append(command->name());
    return names;
}

} // namespace

void RunRequest::declare(CLI::App &app)
{
    addText(app, "--output-dir", "DIR", m_outputDirectory,
            tr("Where reports and logs go (the current folder)"));
    m_output.declare(app);
    addFlag(app, "--quiet", m_isQuiet, tr("No plan and no progress"));
    addFlag(app, "-v,--verbose", m_isVerbose, tr("Log everything: --log-level DEBUG"));
    addChoice(app, "--log-level", logLevels, m_logLevel,
              tr("Of stress_test.log and stderr (LOG_LEVEL, else INFO)"));
}

void RunRequest::declareForPrograms(CLI::App &app)
{
    addText(app, "--run-dir", "DIR", m_runDirectory,
            tr("Directory of this run (stress_test_results/run_... in the output directory)"));
    addText(app, "--events", "FILE", m_events,
            tr("Write the run's events there, one JSON object a line; - is stdout"));
    addText(app, "--control", "-", m_control,
            tr("- reads commands (stop, pause, resume, rate) from stdin, one JSON object a line"));
}

Errors RunRequest::problems(const ProfileQuery &query) const
{
    Errors errors;
    const auto add = [&errors](const QString &where, const QString &message) {
        errors.append(Error{ErrorCode::BadInput, message, where, {}});
    };
    if (m_control && *m_control != u"-"_s)
        add(u"--control"_s,
            tr("'%1' is not -: commands come from standard input.").arg(*m_control));
    if (m_control && query.readsStandardInput())
        add(u"--control"_s, tr("the profile is read from standard input already."));
    if (m_events == u"-"_s && m_output.hasFormat() && m_output.goesToStandardOutput())
        add(u"--format"_s, tr("stdout is taken by --events -; name a file with -o."));
    if (m_isVerbose && m_logLevel)
        add(u"-v"_s, tr("excludes --log-level."));
    return errors;
}

int RunRequest::execute(const ProfileQuery &query, Console &console)
{
    QList<Assignment> flags;
    if (m_isVerbose)
        flags.append(Assignment{u"log_level"_s, logLevels.first(), u"-v"_s});
    else if (m_logLevel)
        flags.append(Assignment{u"log_level"_s, *m_logLevel, u"--log-level"_s});
    Errors errors = problems(query);
    auto profile = query.read(processEnvironment(), commandNames(), flags);
    if (!profile)
        errors.append(profile.error());
    if (!errors.isEmpty()) {
        console.report(errors);
        return exitStatusOf(errors);
    }
    const QString logLevel = profile->profile.logLevel;
    RunJob job(std::move(*profile),
               {.options = {.outputDirectory = m_outputDirectory.value_or(u"."_s),
                            .runDirectory = m_runDirectory.value_or(QString()),
                            .eventsTo = m_events.value_or(QString()),
                            .controlFromStdin = m_control.has_value(),
                            .logLevel = logLevel},
                .output = m_output,
                .isQuiet = m_isQuiet},
               console);
    QObject::connect(&job, &RunJob::finished, QCoreApplication::instance(), &QCoreApplication::quit,
                     Qt::QueuedConnection);
    if (job.start())
        (void)QCoreApplication::exec();
    return job.exitCode();
}

} // namespace lowtide
