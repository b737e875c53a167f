#pragma once

#include "base/result.h"

#include <QDateTime>
#include <QString>

#include <memory>

namespace lowtide {

/// The directory of one run and its lock. Held means running: a front end may attach. The lock is
/// the kernel's (flock), so it is free as soon as the engine is gone, however it went. Main thread.
class RunDirectory {
public:
    struct Location {
        QString outputDirectory; ///< Where the seed's files go.
        QString runDirectory; ///< Empty: OUTPUT/stress_test_results/run_STAMP[_N].
        QDateTime startedAt; ///< UTC.
    };

    /// Makes the directory, takes the lock, and proves that every place can be written. All
    /// problems.
    [[nodiscard]] static Result<std::unique_ptr<RunDirectory>, Errors>
    create(const Location &location);
    ~RunDirectory();
    RunDirectory(const RunDirectory &) = delete;
    RunDirectory &operator=(const RunDirectory &) = delete;

    /// Whether an engine runs in that directory now.
    [[nodiscard]] static bool isRunning(const QString &runDirectory);

    [[nodiscard]] const QString &path() const { return m_path; }
    [[nodiscard]] const QString &runId() const { return m_runId; }
    [[nodiscard]] QString journal() const;
    [[nodiscard]] QString engineLog() const;
    [[nodiscard]] QString report() const; ///< DIR/report.json
    /// The seed's places.
    [[nodiscard]] QString seedReport() const; ///< OUTPUT/stress_test_report_YYYYMMDD_HHMMSS.json
    [[nodiscard]] QString seedLog() const; ///< OUTPUT/stress_test.log
    /// DIR/NAME.log: a file of this run alone, so that no other run's service can be taken for
    /// ours.
    [[nodiscard]] QString serviceLog(const QString &service) const;
    /// Makes OUTPUT/stress_test_results/NAME.log, the seed's place, a link to that log; the run
    /// that started last has it.
    [[nodiscard]] Result<void> linkServiceLog(const QString &service) const;

private:
    RunDirectory(QString output, QString path, QString runId, int lock);

    QString m_output, m_path, m_runId;
    int m_lock;
};

} // namespace lowtide
