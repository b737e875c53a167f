#include "profile/settingtable.h"

#include "profile/scenariokind.h"
#include "profile/seedspelling.h"
#include "profile/settingrows.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

QString settingVariable(const QString &path)
{
    QString name = u"LOWTIDE_"_s;
    for (const QChar c : path)
        name += c.isLetterOrNumber() ? c.toUpper() : QChar(u'_');
    return name;
}

namespace {

/// What the environment calls a setting; the seed's name, where it has one.
QStringList variablesOf(const Setting &setting)
{
    // Which rows a scenario has depends on its kind, so that comes from file or flag alone.
    if (setting.field.key == u"$schema" || setting.field.key == u"type")
        return {};
    if (!setting.field.environment.isEmpty())
        return setting.field.environment;
    for (const SeedEndpoint &endpoint : seedEndpoints()) {
        if (setting.path == u"services.%1.%2"_s.arg(endpoint.service, endpoint.row))
            return {endpoint.variable};
    }
    QStringList names{settingVariable(setting.shownPath)};
    if (setting.shownPath != setting.path)
        names.append(settingVariable(setting.path));
    return names;
}

} // namespace

QList<Field> scenarioRowsOf(const QString &type)
{
    QList<Field> rows = scenarioRows();
    const ScenarioTable *table = scenarioTable(type);
    if (!table)
        return rows;
    for (Field &row : rows) {
        if (row.key == u"max_error_rate_percent" && !table->defaultMaxErrorRate.isEmpty())
            row = row.byDefault(table->defaultMaxErrorRate).following({});
        else if (row.key == u"target_response_time_ms" && !table->defaultTargetResponse.isEmpty())
            row = row.byDefault(table->defaultTargetResponse).following({});
        else if (row.key == u"type") {
            row.type = FieldType::Choice;
            row.choices = scenarioTypes();
        }
    }
    return rows + table->rows;
}

SettingTable::SettingTable(const ProfileOutline &outline)
    : m_isSeed(outline.spelling == ProfileOutline::Spelling::Seed)
{
    add(Setting::Owner::Profile, {}, {}, profileRows());
    for (const OutlineEntry &service : outline.services)
        add(Setting::Owner::Service, service.name, u"services.%1."_s.arg(service.name),
            serviceRows());
    for (const OutlineEntry &scenario : outline.scenarios)
        add(Setting::Owner::Scenario, scenario.name, u"scenarios.%1."_s.arg(scenario.name),
            scenarioRowsOf(scenario.type));
}

void SettingTable::add(Setting::Owner owner, const QString &name, const QString &prefix,
                       const QList<Field> &rows)
{
    for (const Field &row : rows) {
        Setting setting{.path = prefix + row.key,
                        .shownPath = {},
                        .field = row,
                        .owner = owner,
                        .name = name,
                        .variables = {}};
        setting.shownPath = m_isSeed ? seedPath(setting.path) : setting.path;
        setting.variables = variablesOf(setting);
        m_byPath.insert(setting.path, m_settings.size());
        m_settings.append(std::move(setting));
    }
}

const Setting *SettingTable::find(const QString &path) const
{
    const auto index = m_byPath.constFind(generalPath(path));
    return index == m_byPath.constEnd() ? nullptr : &m_settings[*index];
}

bool SettingTable::isSection(const QString &path) const
{
    const QString prefix = path + u'.';
    return std::any_of(m_settings.begin(), m_settings.end(), [&prefix](const Setting &setting) {
        return setting.shownPath.startsWith(prefix) || setting.path.startsWith(prefix);
    });
}

QStringList SettingTable::keysIn(const QString &path) const
{
    const QString prefix = path.isEmpty() ? QString() : path + u'.';
    QStringList keys;
    for (const Setting &setting : m_settings) {
        for (const QString &candidate : {setting.shownPath, setting.path}) {
            if (!candidate.startsWith(prefix))
                continue;
            const QString key = candidate.mid(prefix.size()).section(u'.', 0, 0);
            if (!keys.contains(key))
                keys.append(key);
        }
    }
    return keys;
}

QStringList SettingTable::pathsEndingIn(const QString &key) const
{
    QStringList paths;
    for (const Setting &setting : m_settings) {
        if (setting.shownPath.endsWith(u'.' + key) || setting.shownPath == key)
            paths.append(setting.shownPath);
    }
    return paths;
}

QStringList SettingTable::shownPaths() const
{
    QStringList paths;
    for (const Setting &setting : m_settings)
        paths.append(setting.shownPath);
    return paths;
}

} // namespace lowtide
