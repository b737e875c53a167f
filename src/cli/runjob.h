#pragma once

#include "cli/console.h"
#include "cli/progressdisplay.h"
#include "cli/reportoutput.h"
#include "cli/stopsignals.h"
#include "run/runsession.h"

#include <QObject>

#include <memory>

namespace lowtide {

/// One run as the batch tool does it: plan, progress, report, exit code. Owned by its command,
/// which runs the event loop until `finished`. Main thread.
class RunJob : public QObject {
    Q_OBJECT

public:
    struct Settings {
        RunOptions options;
        ReportOutput output;
        bool isQuiet = false;
    };

    /// `console` outlives it.
    RunJob(EffectiveProfile profile, Settings settings, Console &console);

    /// Checks everything that can be checked before the first request, then starts. False: told
    /// why, and exitCode() says the rest.
    [[nodiscard]] bool start();
    [[nodiscard]] int exitCode() const { return m_exitCode; }

Q_SIGNALS:
    void finished();

private:
    [[nodiscard]] Errors prepare();
    void sayPlan();
    void onHappened(const RunEvent &event);
    void onStopAsked();
    void onStopNowAsked();
    void onRunFinished(const RunEnd &end);
    [[nodiscard]] int conclude(const RunEnd &end);
    [[nodiscard]] Result<void> show(const RunReport &report);

    Settings m_settings;
    QStringList m_warnings; ///< Of the profile.
    Console &m_console;
    RunSession m_session;
    ProgressDisplay m_progress;
    std::unique_ptr<StopSignals> m_signals; ///< Until the report is written.
    bool m_isStopped = false; ///< By a signal.
    RunFiles m_files;
    QStringList m_saidErrors; ///< As log lines of the run; not to be said again at its end.
    int m_exitCode;
};

} // namespace lowtide
