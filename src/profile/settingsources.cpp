#include "profile/settingsources.h"

#include "profile/nearestname.h"
#include "profile/redaction.h"
#include "profile/seedspelling.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

int rank(ValueSource source)
{
    switch (source) {
    case ValueSource::Default:
        return 0;
    case ValueSource::BundledCast:
        return 1;
    case ValueSource::File:
        return 2;
    case ValueSource::Demo:
        return 3;
    case ValueSource::Environment:
        return 4;
    case ValueSource::Flag:
        return 5;
    }
    return 0;
}

/// Variables with our prefix that are no settings.
const QStringList &programVariables()
{
    static const QStringList names{u"LOWTIDE_BALLAST"_s, u"LOWTIDE_DEMO"_s, u"LOWTIDE_GUI"_s};
    return names;
}

} // namespace

SettingSources::SettingSources(const SettingTable &table, const ProfilePlaces &places)
    : m_table(table)
    , m_places(places)
{
    for (const Setting &setting : table.settings()) {
        for (const QString &variable : setting.variables) {
            const bool shared =
                m_variables.contains(variable) && m_variables.value(variable) != setting.path;
            m_variables.insert(variable, shared ? QString() : setting.path);
        }
    }
}

const GivenValue *SettingSources::given(const QString &path) const
{
    const auto value = m_given.constFind(path);
    return value == m_given.constEnd() ? nullptr : &*value;
}

void SettingSources::put(const Setting &setting, const GivenValue &value)
{
    const auto present = m_given.constFind(setting.path);
    if (present == m_given.constEnd() || rank(present->source) <= rank(value.source))
        m_given.insert(setting.path, value);
}

void SettingSources::refuse(const ValueProblems &problems, const QString &where,
                            const QString &pointer)
{
    for (const ValueProblem &problem : problems) {
        Error error{.code = ErrorCode::BadInput,
                    .message = problem.message,
                    .where = problem.below.isEmpty() ? where : where + u" at "_s + problem.below,
                    .hint = problem.hint};
        if (problem.node)
            error.where =
                m_places.where(problem.node->line, problem.node->column, pointer + problem.below);
        m_errors.append(error);
    }
}

void SettingSources::readCast(const ProfileOutline &outline)
{
    const auto read = [this](const QList<OutlineEntry> &entries, const QString &section) {
        for (const OutlineEntry &entry : entries) {
            if (!entry.cast)
                continue;
            for (const JsonMember &member : entry.cast->members) {
                const Setting *setting =
                    m_table.find(u"%1.%2.%3"_s.arg(section, entry.name, member.key));
                if (!setting)
                    continue; // ours; a test reads the cast as a profile of its own
                const auto value = fieldValue(setting->field, member.value);
                if (value)
                    put(*setting,
                        {ValueSource::BundledCast, castProfileName(), m_places.where(1, 1, {}),
                         *value});
            }
        }
    };
    read(outline.services, u"services"_s);
    read(outline.scenarios, u"scenarios"_s);
}

void SettingSources::readFile(const JsonNode &root) { readObject(root, {}, {}); }

void SettingSources::readObject(const JsonNode &object, const QString &path, const QString &pointer)
{
    for (const JsonMember &member : object.members) {
        const QString below = path.isEmpty() ? member.key : path + u'.' + member.key;
        readMember(member, below, pointer + jsonPointer({member.key}));
    }
}

void SettingSources::readMember(const JsonMember &member, const QString &path,
                                const QString &pointer)
{
    if (const Setting *setting = m_table.find(path)) {
        const auto value = fieldValue(setting->field, member.value);
        const QString where = m_places.where(member.value.line, member.value.column, pointer);
        if (value)
            put(*setting, {ValueSource::File, m_places.fileName(), where, *value});
        else
            refuse(value.error(), where, pointer);
        return;
    }
    if (!m_table.isSection(path)) {
        refuseKey(member, path, pointer);
    } else if (member.value.isObject()) {
        readObject(member.value, path, pointer);
    } else {
        m_errors.append(
            m_places.error(member.value, pointer, tr("Needed is an object."),
                           tr("Its keys: %1.").arg(m_table.keysIn(path).join(u", "_s))));
    }
}

void SettingSources::refuseKey(const JsonMember &member, const QString &path,
                               const QString &pointer)
{
    const QStringList containers{u"services"_s, u"scenarios"_s, seedEndpointSection.toString(),
                                 seedScenarioSection.toString()};
    const QString parent = path.section(u'.', 0, -2);
    // What the outline has refused already needs no second error.
    if (containers.contains(path) || (containers.contains(parent) && parent != seedEndpointSection))
        return;
    if (m_table.keysIn(parent).isEmpty())
        return; // inside an entry that the outline has refused
    QString hint;
    const QStringList elsewhere = m_table.pathsEndingIn(member.key);
    const QStringList keys =
        m_table.keysIn(parent) + (parent.isEmpty() ? containers : QStringList());
    if (const auto nearest = nearestName(member.key, keys))
        hint = tr("Did you mean \"%1\"?").arg(*nearest);
    else if (!elsewhere.isEmpty())
        hint = tr("It belongs to %1.").arg(elsewhere.front());
    else
        hint = tr("Known keys here: %1.").arg(keys.join(u", "_s));
    m_errors.append(m_places.error(member.line, member.column, pointer,
                                   tr("\"%1\" is no setting.").arg(member.key), hint));
}

void SettingSources::readEnvironment(const QHash<QString, QString> &environment)
{
    QSet<QString> used;
    for (const Setting &setting : m_table.settings()) {
        readVariable(setting, environment);
        for (const QString &variable : setting.variables)
            used.insert(variable);
    }
    for (const SeedEndpoint &endpoint : seedEndpoints()) {
        if (environment.contains(endpoint.variable) && !used.contains(endpoint.variable)) {
            m_warnings.append(tr("%1 has no effect: the profile has no service \"%2\".")
                                  .arg(endpoint.variable, endpoint.service));
        }
    }
    warnOfVariables(environment, used);
}

void SettingSources::readVariable(const Setting &setting,
                                  const QHash<QString, QString> &environment)
{
    QString first;
    for (const QString &variable : setting.variables) {
        const auto text = environment.constFind(variable);
        if (text == environment.constEnd())
            continue;
        const auto refuseIt = [&](const QString &message, const QString &hint) {
            m_errors.append({ErrorCode::BadInput, message, variable, hint});
        };
        if (m_variables.value(variable).isEmpty()) {
            refuseIt(tr("Two settings of this profile share this name."), tr("Use --set instead."));
        } else if (text->trimmed().isEmpty()) {
            refuseIt(tr("The variable is set but empty."),
                     tr("Unset it, or give %1.").arg(allowedText(setting.field)));
        } else if (!first.isEmpty() && environment.value(first) != *text) {
            refuseIt(tr("It says something else than %1.").arg(first), tr("Unset one of the two."));
        } else if (first.isEmpty()) {
            first = variable;
            const auto value = fieldValue(setting.field, text->trimmed());
            if (value)
                put(setting, {ValueSource::Environment, variable, variable, *value});
            else
                refuse(value.error(), variable, {});
        }
    }
}

void SettingSources::warnOfVariables(const QHash<QString, QString> &environment,
                                     const QSet<QString> &used)
{
    QStringList unknown;
    for (auto it = environment.constBegin(); it != environment.constEnd(); ++it) {
        if (it.key().startsWith(u"LOWTIDE_"_s) && !used.contains(it.key())
            && !programVariables().contains(it.key()))
            unknown.append(it.key());
    }
    unknown.sort(); // a hash has no order, a message should have one
    for (const QString &name : unknown) {
        QString instead;
        for (const Setting &setting : m_table.settings()) {
            QString plain = u"LOWTIDE_"_s + setting.shownPath.toUpper();
            if (!setting.variables.isEmpty() && plain.replace(u'.', u'_') == name)
                instead = setting.variables.front();
        }
        if (instead.isEmpty())
            instead = nearestName(name, QStringList(used.begin(), used.end())).value_or(QString());
        m_warnings.append(
            tr("%1 has no effect: there is no such setting in this profile.").arg(name)
            + (instead.isEmpty() ? QString() : u' ' + tr("Did you mean %1?").arg(instead)));
    }
}

void SettingSources::readFlags(const QList<Assignment> &flags)
{
    for (const Assignment &flag : flags)
        readAssignment(flag, ValueSource::Flag);
}

void SettingSources::readAssignment(const Assignment &assignment, ValueSource source)
{
    const Setting *setting = m_table.find(assignment.path);
    const QString origin = redacted(assignment.origin);
    if (!setting) {
        const auto nearest = nearestName(assignment.path, m_table.shownPaths());
        const QStringList elsewhere = m_table.pathsEndingIn(assignment.path.section(u'.', -1));
        QString hint = tr("`lowtide validate --effective` lists all settings.");
        if (nearest || !elsewhere.isEmpty())
            hint = tr("Did you mean \"%1\"?").arg(nearest ? *nearest : elsewhere.front());
        m_errors.append({ErrorCode::BadInput,
                         tr("There is no setting \"%1\" in this profile.").arg(assignment.path),
                         origin, hint});
        return;
    }
    const auto value = fieldValue(setting->field, assignment.value);
    if (value)
        put(*setting, {source, origin, origin, *value});
    else
        refuse(value.error(), origin, {});
}

void SettingSources::forgetPlaceOf(const QString &service)
{
    for (const QString &row : {u"container"_s, u"url"_s, u"websocket_url"_s}) {
        const QString path = u"services.%1.%2"_s.arg(service, row);
        const GivenValue *value = given(path);
        if (value && rank(value->source) < rank(ValueSource::Demo))
            m_given.remove(path);
    }
}

void SettingSources::readDemo(const QList<Assignment> &demo, const ProfileOutline &outline)
{
    const auto addressFromOutside = [this](const QString &service) -> const GivenValue * {
        for (const QString &row : {u"url"_s, u"websocket_url"_s}) {
            const GivenValue *address = given(u"services.%1.%2"_s.arg(service, row));
            if (address && rank(address->source) > rank(ValueSource::Demo))
                return address;
        }
        return nullptr;
    };
    QSet<QString> left;
    for (const Assignment &assignment : demo) {
        const QString path = generalPath(assignment.path);
        const QString service = path.section(u'.', 1, 1);
        const bool present =
            std::any_of(outline.services.begin(), outline.services.end(),
                        [&service](const OutlineEntry &entry) { return entry.name == service; });
        if (path.startsWith(u"services."_s) && !present)
            continue;
        if (const GivenValue *address = addressFromOutside(service)) {
            if (!left.contains(service))
                m_warnings.append(tr("%1 takes the place of the demo service \"%2\".")
                                      .arg(address->origin, service));
            left.insert(service);
            continue;
        }
        if (path.endsWith(u".command"_s))
            forgetPlaceOf(service);
        readAssignment(assignment, ValueSource::Demo);
    }
}

} // namespace lowtide
