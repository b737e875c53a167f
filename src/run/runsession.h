#pragma once

#include "base/result.h"
#include "model/profile.h"
#include "model/runevent.h"

#include <QMap>
#include <QObject>
#include <QStringList>

#include <memory>

namespace lowtide {

/// How a run is to be done, beside the profile.
struct RunOptions {
    QString outputDirectory =
        QStringLiteral("."); ///< The seed's files go here: stress_test_report_*.json,
                             ///< stress_test.log, stress_test_results/.
    QString runDirectory; ///< Empty: OUTPUT/stress_test_results/run_YYYYMMDD_HHMMSS.
    QString eventsTo; ///< "-": events on stdout; a file name; empty: nowhere but the journal.
    bool controlFromStdin = false;
    QString logLevel = QStringLiteral("INFO"); ///< DEBUG, INFO, WARNING, ERROR.
};

/// Where a run's files are, once prepared.
struct RunFiles {
    QString runDirectory;
    QString journal; ///< DIR/run.ndjson
    QString report; ///< OUTPUT/stress_test_report_YYYYMMDD_HHMMSS.json
    QString log; ///< OUTPUT/stress_test.log
    bool writesJsonReport = true; ///< generate_json_report
};

/// How a run ended. Whether it passed is the report's business.
struct RunEnd {
    enum class Kind {
        Completed,
        Interrupted, ///< Stopped by the user; a report can be made.
        CouldNotRun, ///< Nothing was measured: exit code 3 (or 2 for BadInput), see `errors`.
    };
    Kind kind = Kind::Completed;
    Errors errors;
    qint64 lostEvents = 0; ///< Events that the journal could not take (disk full).
};

/// One run from a profile to a closed journal: the state machine that starts services, takes the
/// baseline, runs the scenarios and watches the targets. Main thread; needs a running event loop.
class RunSession : public QObject {
    Q_OBJECT

public:
    RunSession(EffectiveProfile profile, RunOptions options, QObject *parent = nullptr);
    ~RunSession() override;

    /// Checks the plan and the output before anything is started or sent: allowed targets, output
    /// and run directory writable, lock free. All problems at once (exit code 2 for BadInput, else
    /// 3).
    [[nodiscard]] Result<RunFiles, Errors> prepare();
    /// What will be sent where and how long it takes, in a few lines, for people. After prepare().
    [[nodiscard]] QStringList planText() const;
    /// Starts; `finished` comes in any case. After a successful prepare().
    void start();
    /// Ends gracefully: load drained, ballast released, services ended, journal closed, then
    /// `finished`.
    void requestStop();
    /// Ends at once: what is open is cancelled; still closes the journal and ends services.
    void stopNow();

Q_SIGNALS:
    /// Every event, right after it went to the journal.
    void happened(const lowtide::RunEvent &event);
    void finished(const lowtide::RunEnd &end);

private:
    class Private;
    std::unique_ptr<Private> m_d;
};

} // namespace lowtide
