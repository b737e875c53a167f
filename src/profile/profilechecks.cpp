// What makes no sense across settings: the second half of ProfileAssembly.
#include "profile/profileassembly.h"

#include "profile/nearestname.h"
#include "profile/objectiverows.h"
#include "profile/settingrows.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

void ProfileAssembly::checkServices()
{
    for (const Service &service : m_result.profile.services) {
        const QString path = u"services.%1."_s.arg(service.name);
        if (!service.command.isEmpty() && service.pid)
            refuse(path + u"pid"_s,
                   tr("A service that the run starts has no process id of its own."),
                   tr("Set either command or pid."));
        if (service.command.isEmpty()
            && (isSet(path + u"memory_limit_mb"_s) || isSet(path + u"cpu_limit"_s))
            && service.container.isEmpty()) {
            warn(tr("The limits of service \"%1\" are not applied: only what the run starts by a "
                    "command can be limited.")
                     .arg(service.name));
        }
    }
}

void ProfileAssembly::checkScenario(const ScenarioPlan &plan)
{
    const ScenarioTable *table = scenarioTable(plan.type);
    const QString path = u"scenarios.%1.service"_s.arg(plan.name);
    QStringList names;
    for (const Service &service : m_result.profile.services)
        names.append(service.name);
    const Service *service = m_result.profile.service(plan.service);
    if (!service) {
        const auto nearest = nearestName(plan.service, names);
        const QString known = tr("Services of the profile: %1.").arg(names.join(u", "_s));
        if (plan.service.isEmpty())
            refuse(path, tr("The scenario needs a \"service\", since there are several."), known);
        else
            refuse(path, tr("There is no service \"%1\".").arg(plan.service),
                   nearest ? tr("Did you mean \"%1\"?").arg(*nearest) : known);
        return;
    }
    // What the run starts may announce its addresses.
    if (!plan.enabled || !service->command.isEmpty())
        return;
    const bool needsWebSocket = table->endpoint == ScenarioTable::Endpoint::WebSocket;
    const bool lacks = needsWebSocket
        ? service->websocketUrl.isEmpty()
        : table->endpoint == ScenarioTable::Endpoint::Http && service->url.isEmpty();
    if (lacks) {
        const QString row = needsWebSocket ? u"websocket_url"_s : u"url"_s;
        refuse(u"scenarios.%1.type"_s.arg(plan.name),
               tr("Scenario \"%1\" has nothing to load: service \"%2\" has no \"%3\".")
                   .arg(plan.name, service->name, row),
               tr("Set services.%1.%2, or \"enabled\": false here.").arg(service->name, row));
    }
}

void ProfileAssembly::putLastWhatRunsLast()
{
    const auto runsLast = [](const ScenarioPlan &plan) {
        const ScenarioTable *table = scenarioTable(plan.type);
        return table && table->runsLast;
    };
    QList<ScenarioPlan> &plans = m_result.profile.scenarios;
    const auto firstLast = std::find_if(plans.begin(), plans.end(), runsLast);
    for (auto plan = firstLast; plan != plans.end(); ++plan) {
        if (!runsLast(*plan)) {
            warn(tr("Scenario \"%1\" is run after all others, though \"%2\" is written behind it.")
                     .arg(firstLast->name, plan->name));
            break;
        }
    }
    std::stable_partition(plans.begin(), plans.end(),
                          [&runsLast](const ScenarioPlan &plan) { return !runsLast(plan); });
}

QString ProfileAssembly::decidingPath(const QString &scenario, const QString &key) const
{
    const Setting *setting = m_table.find(u"scenarios.%1.%2"_s.arg(scenario, key));
    if (!setting)
        return {};
    if (m_sources.given(setting->path))
        return setting->shownPath;
    const QString load = setting->field.followsLoad ? profileLoadFor(scenario) : QString();
    return load.isEmpty() ? setting->field.follows : decidingPath(load, key);
}

QString ProfileAssembly::decidingRatePath(const QString &scenario) const
{
    const auto valueOf = [&](const QString &key) {
        const Setting *setting = m_table.find(u"scenarios.%1.%2"_s.arg(scenario, key));
        return setting ? effective(*setting) : std::nullopt;
    };
    const auto model = valueOf(u"model"_s);
    if (model && model->value.get<QString>() == u"closed")
        return decidingPath(scenario, u"model"_s);
    return decidingPath(scenario, valueOf(u"stages"_s) ? u"stages"_s : u"rate"_s);
}

void ProfileAssembly::checkLoadFlags()
{
    for (const QStringView test : {settingpath::rate, settingpath::users}) {
        const GivenValue *given = m_sources.given(test.toString());
        if (!given
            || (given->source != ValueSource::Flag && given->source != ValueSource::Environment))
            continue;
        QStringList instead;
        for (const ScenarioPlan &plan : m_result.profile.scenarios) {
            const QString path = test == settingpath::rate ? decidingRatePath(plan.name)
                                                           : decidingPath(plan.name, u"users"_s);
            if (plan.enabled && !path.isEmpty() && !instead.contains(path))
                instead.append(path);
        }
        if (instead.contains(test))
            continue;
        warn(instead.isEmpty() ? tr("%1 has no effect: no scenario that is run follows %2.")
                                     .arg(given->origin, test)
                               : tr("%1 has no effect: the load is set by %2.")
                                     .arg(given->origin, instead.join(u", "_s)));
    }
}

void ProfileAssembly::checkWhole()
{
    const Profile &profile = m_result.profile;
    const bool anyEnabled = std::any_of(profile.scenarios.begin(), profile.scenarios.end(),
                                        [](const ScenarioPlan &plan) { return plan.enabled; });
    if (!anyEnabled && !profile.scenarios.isEmpty())
        refuse(u"scenarios"_s, tr("No scenario is enabled: there is nothing to run."));
    if (toSeconds(profile.testDuration) / profile.cycles < 1.0)
        refuse(u"test_parameters.stress_test_cycles"_s,
               tr("%1 cycles do not fit into a test of %2 s: a cycle takes a second at least.")
                   .arg(profile.cycles)
                   .arg(toSeconds(profile.testDuration)));
    if (profile.environment != u"low_resource")
        warn(tr("The environment is \"%1\"; the thresholds are made for \"low_resource\".")
                 .arg(profile.environment));
    const bool watched = std::any_of(profile.services.begin(), profile.services.end(), isWatchable);
    if (!profile.resourceMonitoring)
        warn(tr("resource_monitoring is off: memory and CPU of the services are neither watched "
                "nor judged."));
    else if (!watched && m_errors.isEmpty())
        warn(tr("Memory and CPU of the services are not judged: none is on this machine or has a "
                "command, pid or container."));
}

} // namespace lowtide
