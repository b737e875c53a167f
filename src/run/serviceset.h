#pragma once

#include "model/profile.h"
#include "model/runevent.h"
#include "target/cgroup.h"
#include "target/serviceprocess.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace lowtide {

/// A service as the run watches it.
struct WatchedService {
    Service service; ///< With its real endpoints.
    std::optional<qint64> pid; ///< Main process where we know it.
    CgroupScope *cgroup = nullptr; ///< Ours; null: none.
};

/// The services of a run: starts those that have a command, in the profile's order, and ends them.
/// A command may name another service's endpoint as ${NAME.url} or ${NAME.websocket_url}. Main
/// thread.
class ServiceSet : public QObject {
    Q_OBJECT

public:
    using LogPath = std::function<QString(const QString &service)>;

    ServiceSet(QList<Service> services, LogPath logPath, QObject *parent = nullptr);
    ~ServiceSet() override;

    /// Before start(). False: nobody watches processes, so none is looked for.
    void setFindsProcesses(bool finds) { m_findsProcesses = finds; }
    /// Starts what has a command; `ready` or `failed` comes.
    void start();
    /// Ends what was started; `ended` comes, also where there is nothing.
    void end();

    [[nodiscard]] QList<Service> services() const { return m_services; }
    [[nodiscard]] CgroupScope *cgroupOf(const QString &service) const;
    [[nodiscard]] QList<WatchedService> watched() const;
    [[nodiscard]] QList<RunStartedEvent::Service> describe() const;

Q_SIGNALS:
    void recorded(const lowtide::RunEventPayload &payload);
    void ready();
    void failed(const lowtide::Error &error);
    void ended();

private:
    void startNext();
    /// Of services on this machine that neither we started nor the profile names by pid.
    void findProcesses();
    void onReady(qsizetype index, const ServiceAnnouncement &announcement);
    void onExited(const QString &service, int code, bool crashed);
    void onProcessEnded();
    [[nodiscard]] QStringList resolved(const QStringList &command) const;
    [[nodiscard]] ServiceProcess *processOf(const QString &service) const;

    QList<Service> m_services;
    LogPath m_logPath;
    std::unique_ptr<CgroupHost> m_cgroups;
    struct Started {
        QString service;
        std::unique_ptr<ServiceProcess> process;
    };
    std::vector<Started> m_started;
    qsizetype m_next = 0;
    qsizetype m_running = 0;
    bool m_findsProcesses = true;
    bool m_isEnding = false;
};

} // namespace lowtide
