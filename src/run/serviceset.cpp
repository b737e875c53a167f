#include "run/serviceset.h"

#include "target/listeningprocess.h"

#include <QMetaObject>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

ServiceSet::ServiceSet(QList<Service> services, LogPath logPath, QObject *parent)
    : QObject(parent)
    , m_services(std::move(services))
    , m_logPath(std::move(logPath))
{
}

ServiceSet::~ServiceSet() = default;

void ServiceSet::start()
{
    const bool startsAny =
        std::any_of(m_services.cbegin(), m_services.cend(),
                    [](const Service &service) { return !service.command.isEmpty(); });
    if (startsAny) {
        m_cgroups = std::make_unique<CgroupHost>();
        for (const QString &leftover : m_cgroups->removeLeftovers()) {
            Q_EMIT recorded(ActionEvent{
                .id = u"leftover_removed"_s,
                .detail = tr("control group %1 of a run that was killed").arg(leftover)});
        }
    }
    startNext();
}

void ServiceSet::startNext()
{
    while (m_next < m_services.size() && m_services.at(m_next).command.isEmpty())
        ++m_next;
    if (m_isEnding)
        return;
    if (m_next >= m_services.size()) {
        if (m_findsProcesses)
            findProcesses();
        // Not from within start(): the caller has yet to connect its own state.
        QMetaObject::invokeMethod(this, &ServiceSet::ready, Qt::QueuedConnection);
        return;
    }
    const qsizetype index = m_next++;
    Service service = m_services.at(index);
    service.command = resolved(service.command);
    auto process = std::make_unique<ServiceProcess>(
        service,
        ServiceProcessOptions{.logPath = m_logPath(service.name), .cgroups = m_cgroups.get()});
    connect(
        process.get(), &ServiceProcess::ready, this,
        [this, index](const ServiceAnnouncement &announcement) { onReady(index, announcement); });
    connect(process.get(), &ServiceProcess::failed, this, &ServiceSet::failed);
    connect(process.get(), &ServiceProcess::exited, this,
            [this, name = service.name](int code, bool crashed) { onExited(name, code, crashed); });
    connect(process.get(), &ServiceProcess::ended, this, &ServiceSet::onProcessEnded);
    process->start();
    m_started.push_back({.service = service.name, .process = std::move(process)});
}

void ServiceSet::findProcesses()
{
    QList<QUrl> urls;
    for (const Service &service : std::as_const(m_services)) {
        const QUrl &url = service.url.isEmpty() ? service.websocketUrl : service.url;
        urls.append(service.pid ? QUrl() : url);
    }
    const auto processes = findListeningProcesses(urls);
    for (qsizetype i = 0; i < m_services.size(); ++i) {
        Service &service = m_services[i];
        const QUrl &url = urls.at(i);
        const auto &found = processes.at(i);
        if (!found)
            continue;
        service.pid = found->pid;
        const bool isSecure = url.scheme() == u"https" || url.scheme() == u"wss";
        const int port = url.port(isSecure ? 443 : 80);
        Q_EMIT recorded(
            ActionEvent{.id = u"process_found"_s,
                        .scope = service.name,
                        .detail = tr("%1 listens on %2: its memory and CPU are watched")
                                      .arg(found->name, u"%1:%2"_s.arg(url.host()).arg(port)),
                        .value = double(found->pid)});
    }
}

void ServiceSet::onReady(qsizetype index, const ServiceAnnouncement &announcement)
{
    Service &service = m_services[index];
    if (!announcement.url.isEmpty())
        service.url = announcement.url;
    if (!announcement.websocketUrl.isEmpty())
        service.websocketUrl = announcement.websocketUrl;
    service.pid = announcement.pid;
    Q_EMIT recorded(ActionEvent{.id = u"service_started"_s,
                                .scope = service.name,
                                .detail = service.url.toString(QUrl::RemoveUserInfo),
                                .value = double(announcement.pid)});
    startNext();
}

void ServiceSet::onExited(const QString &service, int code, bool crashed)
{
    Q_EMIT recorded(ContainerEventEvent{.service = service,
                                        .what = u"die"_s,
                                        .detail = crashed ? tr("ended by signal %1").arg(code)
                                                          : tr("exit code %1").arg(code)});
}

void ServiceSet::end()
{
    m_isEnding = true;
    m_running = qsizetype(m_started.size());
    if (m_running == 0) {
        QMetaObject::invokeMethod(this, &ServiceSet::ended, Qt::QueuedConnection);
        return;
    }
    // Last started first: the others may be what it depends on.
    for (auto it = m_started.rbegin(); it != m_started.rend(); ++it) {
        Q_EMIT recorded(ActionEvent{
            .id = u"service_ending"_s, .scope = it->service, .detail = tr("ended by the run")});
        it->process->end();
    }
}

void ServiceSet::onProcessEnded()
{
    if (--m_running == 0)
        QMetaObject::invokeMethod(this, &ServiceSet::ended, Qt::QueuedConnection);
}

QStringList ServiceSet::resolved(const QStringList &command) const
{
    QStringList words = command;
    for (QString &word : words) {
        for (const Service &service : m_services) {
            word.replace(u"${%1.url}"_s.arg(service.name), service.url.toString());
            word.replace(u"${%1.websocket_url}"_s.arg(service.name),
                         service.websocketUrl.toString());
        }
    }
    return words;
}

ServiceProcess *ServiceSet::processOf(const QString &service) const
{
    for (const Started &started : m_started) {
        if (started.service == service)
            return started.process.get();
    }
    return nullptr;
}

CgroupScope *ServiceSet::cgroupOf(const QString &service) const
{
    const ServiceProcess *process = processOf(service);
    return process ? process->cgroup() : nullptr;
}

QList<WatchedService> ServiceSet::watched() const
{
    QList<WatchedService> watched;
    for (const Service &service : m_services)
        watched.append({.service = service, .pid = service.pid, .cgroup = cgroupOf(service.name)});
    return watched;
}

QList<RunStartedEvent::Service> ServiceSet::describe() const
{
    QList<RunStartedEvent::Service> described;
    for (const Service &service : m_services) {
        const ServiceProcess *process = processOf(service.name);
        RunStartedEvent::Service entry{.name = service.name,
                                       .url = service.url.toString(QUrl::RemoveUserInfo),
                                       .websocketUrl =
                                           service.websocketUrl.toString(QUrl::RemoveUserInfo),
                                       .container = service.container,
                                       .limits = process ? process->limits().state : u"none"_s,
                                       .limitsNote = process ? process->limits().note : QString(),
                                       .startedByRun = process != nullptr};
        const bool areApplied = entry.limits == u"applied";
        if (service.memoryLimit && areApplied)
            entry.memoryLimitBytes = service.memoryLimit->count();
        if (service.cpuLimitCores && areApplied)
            entry.cpuLimitCores = service.cpuLimitCores;
        if (!process && (service.memoryLimit || service.cpuLimitCores)) {
            entry.limits = u"not_applied"_s;
            entry.limitsNote =
                tr("the run did not start this service, so its limits are its owner's");
        }
        described.append(entry);
    }
    return described;
}

} // namespace lowtide
