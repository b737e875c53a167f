#pragma once

#include "scenario/scenario.h"

#include <QStringList>

#include <functional>
#include <memory>

namespace lowtide {

using ScenarioFactory = std::function<std::unique_ptr<Scenario>(ScenarioSetup)>;

/// The kinds of scenario that this program can run. A kind's file registers it with a static
/// ScenarioKind, so that adding a kind touches no other file. Filled before main(), read-only
/// after.
class ScenarioKind {
public:
    ScenarioKind(const QString &type, ScenarioFactory factory);

    [[nodiscard]] static QStringList types();
    /// A scenario for setup.plan.type, or null for a type that nobody registered.
    [[nodiscard]] static std::unique_ptr<Scenario> make(ScenarioSetup setup);
};

} // namespace lowtide
