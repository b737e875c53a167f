#include "scenario/scenariokinds.h"

#include <QMap>

namespace lowtide {

namespace {

/// Function-local, since registrars of other files run before any order is known.
QMap<QString, ScenarioFactory> &registry()
{
    static QMap<QString, ScenarioFactory> kinds;
    return kinds;
}

} // namespace

ScenarioKind::ScenarioKind(const QString &type, ScenarioFactory factory)
{
    registry().insert(type, std::move(factory));
}

QStringList ScenarioKind::types() { return registry().keys(); }

std::unique_ptr<Scenario> ScenarioKind::make(ScenarioSetup setup)
{
    const auto kind = registry().constFind(setup.plan.type);
    if (kind == registry().constEnd())
        return nullptr;
    return (*kind)(std::move(setup));
}

} // namespace lowtide
