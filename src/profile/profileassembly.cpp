#include "profile/profileassembly.h"

#include "profile/nearestname.h"
#include "profile/objectiverows.h"
#include "profile/seedspelling.h"
#include "profile/settingrows.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

ProfileAssembly::ProfileAssembly(const ProfileOutline &outline, const SettingTable &table,
                                 const SettingSources &sources, const ProfilePlaces &places)
    : m_outline(outline)
    , m_table(table)
    , m_sources(sources)
    , m_places(places)
{
}

Result<EffectiveProfile, Errors> ProfileAssembly::assemble()
{
    Profile &profile = m_result.profile;
    for (const Setting &setting : m_table.settings()) {
        if (setting.owner == Setting::Owner::Profile)
            apply(setting, FieldTarget{.profile = &profile});
    }
    m_mostUsers = profile.concurrentUsers;
    addServices();
    addScenarios();
    settleConcurrency();
    checkServices();
    for (const ScenarioPlan &plan : profile.scenarios)
        checkScenario(plan);
    putLastWhatRunsLast();
    checkLoadFlags();
    checkWhole();
    if (!m_errors.isEmpty())
        return Unexpected(m_errors);
    const auto thresholds = followed(settingpath::defaultThresholds.toString());
    profile.objectives = objectiveRows(profile, !thresholds || thresholds->value.get<bool>(),
                                       [this](const QString &path) { return isSet(path); });
    return std::move(m_result);
}

bool ProfileAssembly::isSet(const QString &path) const
{
    const GivenValue *given = m_sources.given(path);
    return given && given->source != ValueSource::BundledCast;
}

std::optional<ProfileAssembly::Effective> ProfileAssembly::followed(const QString &path) const
{
    const Setting *setting = m_table.find(path);
    std::optional<Effective> value = setting ? effective(*setting) : std::nullopt;
    if (value) {
        value->source = ValueSource::Default;
        value->origin = setting->shownPath;
    }
    return value;
}

std::optional<ProfileAssembly::Effective> ProfileAssembly::effective(const Setting &setting) const
{
    if (const GivenValue *given = m_sources.given(setting.path))
        return Effective{given->value, given->source, given->origin};
    if (setting.field.followsLoad) {
        const QString load = profileLoadFor(setting.name);
        const QString key = setting.field.key;
        // A rate of its own replaces the stages of the load it would follow.
        const bool hasRate = m_sources.given(u"scenarios.%1.rate"_s.arg(setting.name));
        if (!load.isEmpty() && !(key == u"stages" && hasRate))
            return followed(u"scenarios.%1.%2"_s.arg(load, key));
    }
    if (!setting.field.follows.isEmpty())
        return followed(setting.field.follows);
    if (setting.field.defaultJson.isEmpty())
        return std::nullopt;
    const auto json = JsonText::parse(setting.field.defaultJson);
    Q_ASSERT(json);
    auto value = fieldValue(setting.field, json->root());
    Q_ASSERT(value); // a test reads every default
    return Effective{std::move(value).value(), ValueSource::Default, {}};
}

QString ProfileAssembly::serviceOf(const OutlineEntry &scenario) const
{
    if (const GivenValue *given = m_sources.given(u"scenarios.%1.service"_s.arg(scenario.name)))
        return given->value.get<QString>();
    return m_outline.services.size() == 1 ? m_outline.services.front().name : QString();
}

QString ProfileAssembly::profileLoadFor(const QString &scenario) const
{
    QString service;
    for (const OutlineEntry &entry : m_outline.scenarios) {
        if (entry.name == scenario)
            service = serviceOf(entry);
    }
    for (const OutlineEntry &entry : m_outline.scenarios) {
        const ScenarioTable *table = scenarioTable(entry.type);
        if (entry.name != scenario && table && table->isProfileLoad && serviceOf(entry) == service)
            return entry.name;
    }
    return {};
}

QString ProfileAssembly::whereIs(const QString &path) const
{
    if (const GivenValue *given = m_sources.given(path);
        given && given->source != ValueSource::BundledCast)
        return given->where;
    const QStringList steps = path.split(u'.');
    for (const OutlineEntry &entry : m_outline.scenarios + m_outline.services) {
        if (entry.file && steps.size() > 1 && entry.name == steps[1]) {
            const bool isSeed = m_outline.spelling == ProfileOutline::Spelling::Seed;
            const QString section = (isSeed ? seedPath(path) : path).section(u'.', 0, 0);
            return m_places.where(entry.file->line, entry.file->column,
                                  jsonPointer({section, entry.name}));
        }
    }
    const Setting *setting = m_table.find(path);
    const QString shown = setting ? setting->shownPath : path;
    return m_places.fileName().isEmpty() ? shown : m_places.fileName() + u' ' + shown;
}

void ProfileAssembly::refuse(const QString &path, const QString &message, const QString &hint)
{
    m_errors.append({ErrorCode::BadInput, message, whereIs(path), hint});
}

void ProfileAssembly::apply(const Setting &setting, const FieldTarget &target)
{
    const auto value = effective(setting);
    if (!value)
        return;
    if (setting.field.apply)
        setting.field.apply(target, value->value);
    if (setting.field.key == u"$schema")
        return;
    m_result.values.append({.path = setting.shownPath,
                            .value = QString::fromUtf8(value->value.json()),
                            .source = value->source,
                            .origin = value->origin});
}

void ProfileAssembly::addServices()
{
    for (const OutlineEntry &entry : m_outline.services) {
        Service service;
        service.name = entry.name;
        for (const Setting &setting : m_table.settings()) {
            if (setting.owner == Setting::Owner::Service && setting.name == entry.name)
                apply(setting, FieldTarget{.service = &service});
        }
        m_result.profile.services.append(service);
    }
}

void ProfileAssembly::addScenarios()
{
    for (const OutlineEntry &entry : m_outline.scenarios)
        addScenario(entry);
}

void ProfileAssembly::addScenario(const OutlineEntry &entry)
{
    const ScenarioTable *table = scenarioTable(entry.type);
    if (!table)
        return; // the outline has refused it
    ScenarioPlan plan;
    plan.name = entry.name;
    plan.type = entry.type;
    plan.service = serviceOf(entry);
    if (table->lengthShare > 0.0)
        plan.lengthShare = table->lengthShare;
    const std::shared_ptr<ScenarioSettings> settings = table->make();
    for (const Setting &setting : m_table.settings()) {
        if (setting.owner != Setting::Owner::Scenario || setting.name != entry.name)
            continue;
        apply(setting, FieldTarget{.plan = &plan, .settings = settings.get()});
        if (setting.field.key != u"users")
            continue;
        if (const auto users = effective(setting)) {
            int count = 0;
            users->value.assignTo(count);
            if (count > m_mostUsers) {
                m_mostUsers = count;
                m_mostUsersPath = setting.shownPath;
            }
        }
    }
    complete(plan, *settings);
    plan.settings = settings;
    m_result.profile.scenarios.append(plan);
}

void ProfileAssembly::complete(ScenarioPlan &plan, ScenarioSettings &settings)
{
    const ScenarioTable *table = scenarioTable(plan.type);
    if (!table->complete)
        return;
    const QString prefix = u"scenarios.%1."_s.arg(plan.name);
    ScenarioContext context{.profile = m_result.profile, .given = {}};
    for (const Setting &setting : m_table.settings()) {
        if (setting.path.startsWith(prefix) && m_sources.given(setting.path))
            context.given.insert(setting.field.key);
    }
    for (const ScenarioProblem &problem : table->complete(plan, settings, context))
        refuse(prefix + problem.key, problem.message);
}

void ProfileAssembly::settleConcurrency()
{
    Profile &profile = m_result.profile;
    const QString path = settingpath::maxConcurrent.toString();
    if (m_sources.given(path)) {
        if (m_mostUsers > profile.maxConcurrentOperations) {
            warn(tr("%1 (%2) holds %3 (%4) down: no more than %2 operations are in flight.")
                     .arg(path)
                     .arg(profile.maxConcurrentOperations)
                     .arg(m_mostUsersPath.isEmpty() ? settingpath::users.toString()
                                                    : m_mostUsersPath)
                     .arg(m_mostUsers));
        }
        return;
    }
    profile.maxConcurrentOperations = m_mostUsers;
    // In its place among the constraints, which are complete before any scenario is.
    const auto behind = std::find_if(
        m_result.values.begin(), m_result.values.end(),
        [](const EffectiveValue &value) { return value.path.startsWith(u"test_parameters."_s); });
    m_result.values.insert(behind,
                           EffectiveValue{.path = path,
                                          .value = QString::number(m_mostUsers),
                                          .source = ValueSource::Default,
                                          .origin = m_mostUsersPath.isEmpty()
                                              ? settingpath::users.toString()
                                              : m_mostUsersPath});
}

} // namespace lowtide
