#include "profile/scenariokind.h"

#include <map>
#include <utility>

namespace lowtide {

namespace {

// In a function: the kinds' statics come before or after those of this file, in no order.
std::map<QString, ScenarioTable> &tables()
{
    static std::map<QString, ScenarioTable> all;
    return all;
}

} // namespace

bool registerScenarioTable(ScenarioTable table)
{
    const QString type = table.type;
    tables().insert_or_assign(type, std::move(table));
    return true;
}

const ScenarioTable *scenarioTable(const QString &type)
{
    const auto table = tables().find(type);
    return table == tables().end() ? nullptr : &table->second;
}

QStringList scenarioTypes()
{
    QStringList types;
    for (const auto &[type, table] : tables())
        types.append(type);
    return types;
}

} // namespace lowtide
