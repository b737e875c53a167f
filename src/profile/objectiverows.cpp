#include "profile/objectiverows.h"

#include "profile/scenariokind.h"
#include "profile/settingrows.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

using IsSet = std::function<bool(const QString &)>;

/// "Below 0 %" could never be reached, and who writes 0 means none at all.
Comparison belowOrNone(double limit)
{
    return limit > 0.0 ? Comparison::Below : Comparison::AtMost;
}

Objective errorRate(const QString &id, const QString &scope, double limit)
{
    return {.id = id,
            .metric = u"error_rate"_s,
            .scope = scope,
            .percentile = {},
            .comparison = belowOrNone(limit),
            .limit = limit,
            .unit = u"percent"_s};
}

Objective responseTime(const QString &id, const QString &scope, double limit)
{
    return {.id = id,
            .metric = u"response_time"_s,
            .scope = scope,
            .percentile = 95.0,
            .comparison = Comparison::Below,
            .limit = limit,
            .unit = u"ms"_s};
}

QList<Objective> ofScenario(const ScenarioPlan &plan, const Profile &profile, bool judgesDefaults,
                            const IsSet &isSet)
{
    QList<Objective> rows;
    const ScenarioTable *table = scenarioTable(plan.type);
    const bool ownIsSet = isSet(u"scenarios.%1.target_response_time_ms"_s.arg(plan.name));
    const bool commonIsSet = isSet(settingpath::maxResponse.toString());
    if (judgesDefaults || ownIsSet || commonIsSet)
        rows.append(responseTime(plan.name + u".p95"_s, plan.name, plan.targetResponseMs));
    // The profile's threshold binds every load too, unless it is a mere default beside an own
    // target.
    const bool isLoad = table && table->lengthShare > 0.0;
    if (isLoad && profile.maxResponseTimeMs < plan.targetResponseMs && (commonIsSet || !ownIsSet))
        rows.append(
            responseTime(plan.name + u".p95_threshold"_s, plan.name, profile.maxResponseTimeMs));
    rows.append(errorRate(plan.name + u".error_rate"_s, plan.name, plan.maxErrorRatePercent));
    // What runs last loads a service that may still be recovering. Its checks apply both limits
    // when they are due, so over its whole time they are reported only.
    if (table && table->runsLast) {
        for (Objective &row : rows)
            row.decides = false;
    }
    if (table && table->objectives)
        rows += table->objectives(plan, *plan.settings);
    return rows;
}

QList<Objective> ofResources(const Profile &profile, bool judgesDefaults, const IsSet &isSet)
{
    QList<Objective> rows;
    const auto judged = [&](QStringView path) { return judgesDefaults || isSet(path.toString()); };
    if (judged(settingpath::maxGrowth)) {
        rows.append({.id = u"run.memory_growth"_s,
                     .metric = u"memory_growth"_s,
                     .scope = {},
                     .percentile = {},
                     .comparison = belowOrNone(profile.maxMemoryGrowthMb),
                     .limit = profile.maxMemoryGrowthMb,
                     .unit = u"mb"_s});
    }
    if (judged(settingpath::maxCpu)) {
        rows.append({.id = u"run.cpu_sustained"_s,
                     .metric = u"cpu_sustained"_s,
                     .scope = {},
                     .percentile = {},
                     .comparison = Comparison::Below,
                     .limit = profile.maxCpuSustainedPercent,
                     .unit = u"percent"_s});
    }
    if (judged(settingpath::memoryLimit)) {
        rows.append({.id = u"run.memory_total"_s,
                     .metric = u"memory_total"_s,
                     .scope = {},
                     .percentile = {},
                     .comparison = Comparison::AtMost,
                     .limit = profile.memoryLimit.mb(),
                     .unit = u"mb"_s});
    }
    return rows;
}

QList<Objective> targetsOf(const Service &service)
{
    QList<Objective> rows;
    const QString scope = u"service:"_s + service.name;
    if (service.memoryTarget) {
        rows.append({.id = scope + u".memory"_s,
                     .metric = u"memory"_s,
                     .scope = scope,
                     .percentile = {},
                     .comparison = Comparison::Below,
                     .limit = service.memoryTarget->mb(),
                     .unit = u"mb"_s,
                     .decides = false});
    }
    if (service.cpuTargetPercent) {
        rows.append({.id = scope + u".cpu"_s,
                     .metric = u"cpu"_s,
                     .scope = scope,
                     .percentile = {},
                     .comparison = Comparison::Below,
                     .limit = *service.cpuTargetPercent,
                     .unit = u"percent"_s,
                     .decides = false});
    }
    return rows;
}

} // namespace

bool isWatchable(const Service &service)
{
    const QUrl &url = service.url.isEmpty() ? service.websocketUrl : service.url;
    const QString host = url.host();
    const bool isHere = host == u"localhost" || host == u"::1" || host.startsWith(u"127.");
    return !service.command.isEmpty() || service.pid || !service.container.isEmpty() || isHere;
}

QList<Objective> objectiveRows(const Profile &profile, bool judgesDefaults, const IsSet &isSet)
{
    QList<Objective> rows;
    for (const ScenarioPlan &plan : profile.scenarios) {
        if (plan.enabled)
            rows += ofScenario(plan, profile, judgesDefaults, isSet);
    }
    if (judgesDefaults || isSet(settingpath::maxErrorRate.toString()))
        rows.append(errorRate(u"run.error_rate"_s, {}, profile.maxErrorRatePercent));
    const bool watched = profile.resourceMonitoring
        && std::any_of(profile.services.begin(), profile.services.end(), isWatchable);
    if (watched) {
        rows += ofResources(profile, judgesDefaults, isSet);
        for (const Service &service : profile.services) {
            if (isWatchable(service))
                rows += targetsOf(service);
        }
    }
    if (judgesDefaults) {
        rows.append({.id = u"run.critical_failures"_s,
                     .metric = u"critical_failures"_s,
                     .scope = {},
                     .percentile = {},
                     .comparison = Comparison::AtMost,
                     .limit = 0.0,
                     .unit = u"count"_s});
    }
    return rows;
}

} // namespace lowtide
