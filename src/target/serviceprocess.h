#pragma once

#include "base/error.h"
#include "model/profile.h"
#include "target/cgroup.h"
#include "target/healthcheck.h"
#include "target/serviceannouncement.h"
#include "target/servicelog.h"

#include <QObject>
#include <QProcess>
#include <QTcpSocket>
#include <QTimer>

#include <chrono>
#include <memory>
#include <optional>

namespace lowtide {

struct ServiceProcessOptions {
    QString logPath; ///< Output of the service is appended here. Required.
    QString workingDirectory; ///< Empty: ours.
    CgroupHost *cgroups = nullptr; ///< Null: limits are not applied. Outlives the process.
    std::chrono::milliseconds readyWithin{30000};
    std::chrono::milliseconds killAfter{3000}; ///< From SIGTERM to SIGKILL.
};

/// Whether the limits of a service are in force.
struct ServiceLimits {
    QString state = QStringLiteral("none"); ///< "applied", "not_applied", "none" (none asked for).
    QString note; ///< Why not applied, or what they don't cover; for people.
    friend bool operator==(const ServiceLimits &, const ServiceLimits &) = default;
};

/// A service that the run starts and ends: its own session and process group, output to a file of
/// its own (it never waits for us to read), stdin held open as a life line, inside a cgroup with
/// its limits where that is allowed. Start and end from the main thread: the kernel ends the
/// service with the thread that started it. One start for each object.
class ServiceProcess : public QObject {
    Q_OBJECT

public:
    ServiceProcess(Service service, ServiceProcessOptions options, QObject *parent = nullptr);
    /// Kills what still runs; end() is the orderly way.
    ~ServiceProcess() override;

    void start();
    /// Closes stdin and sends SIGTERM to the group, SIGKILL after a while; `ended` comes in any
    /// case.
    void end();

    /// As in the profile; after `ready` with the real endpoints and the pid.
    [[nodiscard]] const Service &service() const { return m_service; }
    [[nodiscard]] qint64 pid() const { return m_pid; } ///< 0 until started.
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    [[nodiscard]] const ServiceLimits &limits() const { return m_limits; }
    /// Null where there is none. Valid until `ended`.
    [[nodiscard]] CgroupScope *cgroup() const { return m_scope.get(); }

Q_SIGNALS:
    /// It announced itself, or its health URL answers, or (without any URL) the time to do so is
    /// over.
    void ready(const lowtide::ServiceAnnouncement &announcement);
    /// It will not become ready; what was started has been killed.
    void failed(const lowtide::Error &error);
    /// It ended by itself after `ready`. `code` is the signal's number where it crashed.
    void exited(int code, bool crashed);
    /// After end(): nothing of it is left.
    void ended();

private:
    /// Starting: making sure that the address is free. Launched: the process is there, not yet
    /// ready.
    enum class State { Idle, Starting, Launched, Ready, Gone };

    void begin();
    void launch();
    void prepareCgroup();
    void confirmCgroup();
    void onStarted();
    void readLog();
    void onProbed(const HealthAnswer &answer);
    void onDeadline();
    void becomeReady(const ServiceAnnouncement &announcement);
    void stopWaiting();
    void fail(ErrorCode code, const QString &message);
    void onStartError(QProcess::ProcessError error);
    void onFinished(int exitCode, QProcess::ExitStatus status);
    void terminate();
    void finishEnding();

    Service m_service;
    ServiceProcessOptions m_options;
    ServiceLimits m_limits;
    ServiceLog m_log;
    std::unique_ptr<CgroupScope> m_scope;
    std::unique_ptr<HealthCheck> m_probe;
    QTcpSocket m_addressProbe;
    QProcess m_process;
    QTimer m_pollTimer, m_deadline, m_probePause, m_killTimer;
    QString m_lastProbe;
    std::optional<Error> m_failure;
    State m_state = State::Idle;
    qint64 m_pid = 0;
    bool m_endAsked = false;
};

} // namespace lowtide
