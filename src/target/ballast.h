#pragma once

#include "base/result.h"
#include "base/units.h"
#include "target/cgroup.h"

#include <QByteArray>
#include <QObject>
#include <QPointer>
#include <QProcess>
#include <QTimer>

#include <chrono>
#include <optional>

namespace lowtide {

struct BallastOptions {
    CgroupScope *cgroup =
        nullptr; ///< Where it weighs; null: on the host. May go away: the ballast then died.
    Bytes bound; ///< Never more than this. On the host also never more than half of what
                 ///< the machine could give away without it.
    std::chrono::seconds timeLimit{3600}; ///< After it the ballast ends by itself, whatever we do.
    QString program; ///< Empty: LOWTIDE_BALLAST, else `lowtide-ballast` next to our program.
};

/// Memory pressure: a small process that holds as much memory as it is told. It dies before the
/// service (oom_score_adj 1000), and with us (stdin is its life line). Main thread. One start for
/// each object.
class Ballast : public QObject {
    Q_OBJECT

public:
    explicit Ballast(BallastOptions options, QObject *parent = nullptr);
    /// Kills it; release() is the orderly way.
    ~Ballast() override;

    /// An error where the program isn't there or the cgroup can't be joined.
    [[nodiscard]] Result<void> start();
    /// Holds `total` from now on, or as much of it as the bound allows: what comes back was asked
    /// for. `held` follows. Smaller gives back.
    Bytes grow(Bytes total);
    /// Gives all back and ends the process; `released` comes in any case.
    void release();

    /// "cgroup" or "host".
    [[nodiscard]] QString where() const;
    [[nodiscard]] Bytes heldBytes() const { return m_held; }
    [[nodiscard]] qint64 pid() const { return m_pid; } ///< 0 until started.
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }

Q_SIGNALS:
    /// It holds this much now. Less than asked for: the system gave no more.
    void held(lowtide::Bytes total);
    /// It ended without being asked to, and holds nothing any more. `why` is for people.
    void died(const QString &why, bool outOfMemory);
    void released();

private:
    [[nodiscard]] Bytes allowedNow() const;
    [[nodiscard]] std::optional<qint64> oomKills() const;
    void onStarted();
    void onStartError(QProcess::ProcessError error);
    void onOutput();
    void onFinished(int exitCode, QProcess::ExitStatus status);
    void conclude(const QString &why, bool outOfMemory);
    void sendTarget();

    BallastOptions m_options;
    QPointer<CgroupScope> m_cgroup;
    bool m_inCgroup;
    QProcess m_process;
    QTimer m_killTimer;
    QByteArray m_output;
    Bytes m_target;
    Bytes m_held;
    std::optional<qint64> m_oomKillsBefore;
    QString m_failure; ///< Why we killed it ourselves.
    qint64 m_pid = 0;
    bool m_releaseAsked = false;
};

} // namespace lowtide
