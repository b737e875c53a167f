#include "run/rundescription.h"

#include "model/scenarios/httpload.h"
#include "model/scenarios/memorypressure.h"
#include "model/scenarios/recovery.h"
#include "model/scenarios/websocketload.h"
#include "run/serviceset.h"

#include <QCoreApplication>
#include <QFile>
#include <QSysInfo>
#include <QThread>

#include <algorithm>
#include <cmath>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("RunDescription", text); }

/// The load of a scenario where its kind has one.
const LoadShape *shapeOf(const ScenarioSettings *settings)
{
    if (const auto *http = dynamic_cast<const HttpLoadSettings *>(settings))
        return &http->shape;
    if (const auto *pressure = dynamic_cast<const MemoryPressureSettings *>(settings))
        return &pressure->shape;
    if (const auto *recovery = dynamic_cast<const RecoverySettings *>(settings))
        return &recovery->shape;
    return nullptr;
}

QString rateText(const LoadShape &shape)
{
    if (shape.model == LoadModel::Closed)
        return tr("closed model, %1 users").arg(shape.users);
    double lowest = shape.stages.isEmpty() ? 0.0 : shape.stages.constFirst().from.perSecond();
    double highest = lowest;
    for (const LoadStage &stage : shape.stages) {
        lowest = std::min({lowest, stage.from.perSecond(), stage.to.perSecond()});
        highest = std::max({highest, stage.from.perSecond(), stage.to.perSecond()});
    }
    return lowest == highest
        ? tr("%1 operations/s, at most %2 in flight").arg(highest).arg(shape.users)
        : tr("%1 to %2 operations/s, at most %3 in flight")
              .arg(lowest)
              .arg(highest)
              .arg(shape.users);
}

QString durationText(Nanoseconds duration)
{
    const qint64 seconds = std::llround(toSeconds(duration));
    if (seconds < 120)
        return tr("%1 s").arg(seconds);
    return seconds % 60 == 0 ? tr("%1 min").arg(seconds / 60)
                             : tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
}

QString loadText(const ScenarioPlan &scenario)
{
    const ScenarioSettings *settings = scenario.settings.get();
    if (const auto *socket = dynamic_cast<const WebSocketLoadSettings *>(settings)) {
        return tr("%1 WebSocket connections, %2 messages/s of %3 bytes")
            .arg(socket->connections)
            .arg(socket->messageRate.perSecond())
            .arg(socket->messageSizeBytes);
    }
    const LoadShape *shape = shapeOf(settings);
    if (!shape)
        return scenario.type;
    const auto *pressure = dynamic_cast<const MemoryPressureSettings *>(settings);
    return pressure ? tr("%1, beside memory pressure in steps of %2 MB up to %3 MB")
                          .arg(rateText(*shape))
                          .arg(pressure->increment.mb())
                          .arg(pressure->maxPressure.mb())
                    : rateText(*shape);
}

QString addressText(const Profile &profile, const ScenarioPlan &scenario)
{
    const Service *service = profile.service(scenario.service);
    if (!service)
        return tr("(no service)");
    const bool isSocket = scenario.type == u"websocket_load";
    const QUrl url = isSocket ? service->websocketUrl : service->url;
    if (!service->command.isEmpty())
        return tr("%1 (started by this run on 127.0.0.1)").arg(service->name);
    return tr("%1 at %2").arg(service->name, url.toDisplayString());
}

Nanoseconds lengthOf(const RunPlan &plan, const QString &scenario)
{
    Nanoseconds length{};
    for (const PlannedTurn &turn : plan.turns) {
        if (turn.scenario == scenario && turn.phase != u"baseline")
            length += turn.length;
    }
    return length;
}

QString machineText()
{
    const double memory = double(::sysconf(_SC_PHYS_PAGES)) * double(::sysconf(_SC_PAGESIZE));
    return u"%1 CPUs, %2 MB"_s.arg(QThread::idealThreadCount())
        .arg(std::llround(memory / 1048576.0));
}

RunStartedEvent::Scenario describe(const ScenarioPlan &scenario, const Profile &profile,
                                   const RunPlan &plan)
{
    RunStartedEvent::Scenario described{.name = scenario.name,
                                        .type = scenario.type,
                                        .description = scenario.description,
                                        .service = scenario.service,
                                        .plannedSeconds = toSeconds(lengthOf(plan, scenario.name))};
    if (const LoadShape *shape = shapeOf(scenario.settings.get())) {
        described.loadModel = shape->model == LoadModel::Closed ? u"closed"_s : u"open"_s;
        described.users = std::min(shape->users, profile.maxConcurrentOperations);
        described.queueBound = shape->model == LoadModel::Closed ? 0 : shape->queueBound;
    } else if (dynamic_cast<const WebSocketLoadSettings *>(scenario.settings.get())) {
        described.loadModel = u"open"_s;
    }
    return described;
}

bool isUsage(const Objective &objective)
{
    return QStringList(
               {u"memory_growth"_s, u"cpu_sustained"_s, u"memory_total"_s, u"memory"_s, u"cpu"_s})
        .contains(objective.metric);
}

/// A service on this machine may turn out to be nobody's process that we can see: then its use is
/// not judged, and said so. One that the profile names by container stays, and is "no data".
void dropUnwatchable(RunStartedEvent &started, const ServiceSet &services)
{
    const QList<WatchedService> watched = services.watched();
    const bool isAnyKnown = std::any_of(watched.cbegin(), watched.cend(), [](const auto &entry) {
        return entry.pid || !entry.service.container.isEmpty();
    });
    if (isAnyKnown || started.objectives.removeIf(isUsage) == 0)
        return;
    started.warnings.append(
        tr("Memory and CPU of the services are not judged: no process of theirs "
           "was found. Name it by services.NAME.pid."));
}

} // namespace

RunStartedEvent describe(const EffectiveProfile &effective, const RunPlan &plan,
                         const ServiceSet &services, const RunDirectory &directory)
{
    const Profile &profile = effective.profile;
    RunStartedEvent started{.runId = directory.runId(),
                            .version = QStringLiteral(LOWTIDE_VERSION),
                            .qtVersion = QString::fromLatin1(qVersion()),
                            .kernel = QSysInfo::kernelVersion(),
                            .machine = machineText(),
                            .pid = QCoreApplication::applicationPid(),
                            .suite = profile.suite,
                            .description = profile.description,
                            .environment = profile.environment,
                            .settings = effective.values,
                            .objectives = profile.objectives,
                            .warnings = effective.warnings,
                            .services = services.describe(),
                            .plannedSeconds = toSeconds(plan.longest),
                            .cpuWarningPercent = profile.cpuLimitPercent,
                            .snapshotSeconds = toSeconds(profile.resourceCheckInterval),
                            .detailedMetrics = profile.includeDetailedMetrics,
                            .resourceSnapshots = profile.saveResourceSnapshots};
    for (const ScenarioPlan &scenario : profile.scenarios) {
        if (scenario.enabled)
            started.scenarios.append(describe(scenario, profile, plan));
    }
    if (profile.resourceMonitoring)
        dropUnwatchable(started, services);
    return started;
}

QStringList describePlan(const Profile &profile, const RunPlan &plan)
{
    QStringList lines;
    for (const ScenarioPlan &scenario : profile.scenarios) {
        if (!scenario.enabled)
            continue;
        const bool isRecovery = scenario.type == u"recovery";
        lines.append(tr("%1: %2 to %3, %4%5")
                         .arg(scenario.name, loadText(scenario), addressText(profile, scenario),
                              isRecovery ? tr("at most ") : QString(),
                              durationText(lengthOf(plan, scenario.name))));
    }
    for (const PlannedTurn &turn : plan.turns) {
        if (turn.phase == u"baseline")
            lines.prepend(tr("Baseline of %1 before the stress.").arg(durationText(turn.length)));
    }
    if (profile.cycles > 1)
        lines.append(tr("The load scenarios are repeated in %1 cycles within that length.")
                         .arg(profile.cycles));
    lines.append(tr("In all at most %1, of which %2 are stress.")
                     .arg(durationText(plan.longest), durationText(plan.stressLength)));
    return lines;
}

} // namespace lowtide
