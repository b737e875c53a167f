#include "profile/profileoutline.h"

#include "profile/jsonparser.h"
#include "profile/nearestname.h"
#include "profile/scenariokind.h"
#include "profile/seedspelling.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

ProfilePlaces::ProfilePlaces(QString fileName)
    : m_fileName(std::move(fileName))
{
}

QString ProfilePlaces::where(int line, int column, const QString &pointer) const
{
    const QString place = textPlace(m_fileName, line, column);
    return pointer.isEmpty() ? place : place + u' ' + pointer;
}

Error ProfilePlaces::error(int line, int column, const QString &pointer, const QString &message,
                           const QString &hint) const
{
    return {.code = ErrorCode::BadInput,
            .message = message,
            .where = where(line, column, pointer),
            .hint = hint};
}

Error ProfilePlaces::error(const JsonNode &node, const QString &pointer, const QString &message,
                           const QString &hint) const
{
    return error(node.line, node.column, pointer, message, hint);
}

namespace {

/// Reads one outline; keeps what every step needs.
class OutlineReader {
    Q_DECLARE_TR_FUNCTIONS(lowtide::ProfileOutline)

public:
    OutlineReader(const JsonNode &file, const JsonNode &cast, const QHash<QString, QString> &types,
                  const ProfilePlaces &places, Errors &errors)
        : m_file(file)
        , m_cast(cast)
        , m_types(types)
        , m_places(places)
        , m_errors(errors)
    {
    }

    ProfileOutline read()
    {
        ProfileOutline outline;
        const bool general = m_file.member(u"services") || m_file.member(u"scenarios");
        outline.spelling =
            general ? ProfileOutline::Spelling::General : ProfileOutline::Spelling::Seed;
        if (general)
            readGeneral(outline);
        else
            readSeed(outline);
        return outline;
    }

private:
    void readGeneral(ProfileOutline &outline)
    {
        for (const QStringView section : {seedEndpointSection, seedScenarioSection}) {
            const QString name = section.toString();
            if (const JsonNode *node = m_file.member(name)) {
                m_errors.append(m_places.error(
                    *node, u'/' + name,
                    tr("\"%1\" cannot stand beside \"services\" or \"scenarios\".").arg(name),
                    tr("Keep to one spelling: services and scenarios, or service_endpoints and "
                       "test_scenarios.")));
            }
        }
        outline.services = entries(u"services"_s);
        outline.scenarios = entries(u"scenarios"_s);
        QList<OutlineEntry> known;
        for (OutlineEntry &scenario : outline.scenarios) {
            if (const auto type = typeOf(scenario)) {
                scenario.type = *type;
                known.append(scenario);
            }
        }
        outline.scenarios = known;
    }

    /// The entries of one of the two sections that name things freely.
    QList<OutlineEntry> entries(const QString &section)
    {
        const JsonNode *node = m_file.member(section);
        QList<OutlineEntry> list;
        if (!node || !node->isObject() || node->members.empty()) {
            m_errors.append(m_places.error(
                node ? *node : m_file, node ? u'/' + section : QString(),
                section == u"services" ? tr(
                    "A profile needs \"services\": an object with a name and settings for each.")
                                       : tr("A profile needs \"scenarios\": an object with a name "
                                            "and settings for each."),
                tr("`lowtide init` writes one to start from.")));
            return list;
        }
        static const QRegularExpression name(u"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"_s);
        for (const JsonMember &member : node->members) {
            const QString pointer = jsonPointer({section, member.key});
            if (!name.match(member.key).hasMatch()) {
                m_errors.append(m_places.error(member.line, member.column, pointer,
                                               tr("\"%1\" cannot be a name.").arg(member.key),
                                               tr("A name has up to 64 letters, digits, '-' and "
                                                  "'_', and begins with a letter or "
                                                  "digit.")));
            } else if (section == u"scenarios" && member.key == u"baseline") {
                m_errors.append(m_places.error(
                    member.line, member.column, pointer,
                    tr("\"baseline\" names what is measured before the stress; no scenario can be "
                       "called so."),
                    tr("Choose another name.")));
            } else if (!member.value.isObject()) {
                m_errors.append(m_places.error(member.value, pointer,
                                               tr("Needed is an object with settings.")));
            } else {
                list.append(
                    {.name = member.key, .type = {}, .file = &member.value, .cast = nullptr});
            }
        }
        return list;
    }

    std::optional<QString> typeOf(const OutlineEntry &scenario)
    {
        const QString pointer = jsonPointer({u"scenarios"_s, scenario.name, u"type"_s});
        const QString known = tr("Known kinds: %1.").arg(scenarioTypes().join(u", "_s));
        const JsonNode *node = scenario.file->member(u"type");
        if (m_types.contains(scenario.name))
            return m_types.value(scenario.name); // checked where it was given
        if (!node || !node->isString()) {
            m_errors.append(m_places.error(node ? *node : *scenario.file, pointer,
                                           tr("The scenario needs a \"type\"."), known));
            return std::nullopt;
        }
        if (scenarioTable(node->string))
            return node->string;
        const auto nearest = nearestName(node->string, scenarioTypes());
        m_errors.append(m_places.error(*node, pointer,
                                       tr("\"%1\" is no kind of scenario.").arg(node->string),
                                       nearest ? tr("Did you mean \"%1\"?").arg(*nearest) : known));
        return std::nullopt;
    }

    void readSeed(ProfileOutline &outline)
    {
        const QString section = seedScenarioSection.toString();
        const JsonNode *given = m_file.member(section);
        const JsonNode *services = m_cast.member(u"services");
        const JsonNode *scenarios = m_cast.member(u"scenarios");
        if (!services || !scenarios)
            return; // the cast is ours; a test reads it
        for (const JsonMember &member : services->members)
            outline.services.append(
                {.name = member.key, .type = {}, .file = nullptr, .cast = &member.value});
        QStringList names;
        for (const JsonMember &member : scenarios->members) {
            const JsonNode *entry =
                given && given->isObject() ? given->member(member.key) : nullptr;
            const JsonNode *type = entry ? entry->member(u"type") : nullptr;
            if (!type || !scenarioTable(type->string))
                type = member.value.member(u"type"); // a wrong one is refused as a value
            names.append(member.key);
            outline.scenarios.append(
                {.name = member.key,
                 .type = m_types.value(member.key, type ? type->string : QString()),
                 .file = entry,
                 .cast = &member.value});
        }
        if (given)
            refuseOtherScenarios(*given, section, names);
    }

    void refuseOtherScenarios(const JsonNode &given, const QString &section,
                              const QStringList &names)
    {
        if (!given.isObject()) {
            m_errors.append(m_places.error(given, u'/' + section, tr("Needed is an object.")));
            return;
        }
        for (const JsonMember &member : given.members) {
            const QString pointer = jsonPointer({section, member.key});
            if (names.contains(member.key)) {
                if (!member.value.isObject())
                    m_errors.append(m_places.error(member.value, pointer,
                                                   tr("Needed is an object with settings.")));
                continue;
            }
            const auto nearest = nearestName(member.key, names);
            m_errors.append(m_places.error(
                member.line, member.column, pointer,
                tr("\"%1\" is none of the scenarios of this spelling.").arg(member.key),
                nearest ? tr("Did you mean \"%1\"?").arg(*nearest)
                        : tr("Scenarios of your own stand under \"scenarios\", with their services "
                             "under \"services\".")));
        }
    }

    const JsonNode &m_file;
    const JsonNode &m_cast;
    const QHash<QString, QString> &m_types;
    const ProfilePlaces &m_places;
    Errors &m_errors;
};

} // namespace

ProfileOutline outlineOf(const JsonText &file, const JsonText &cast,
                         const QHash<QString, QString> &types, const ProfilePlaces &places,
                         Errors &errors)
{
    return OutlineReader(file.root(), cast.root(), types, places, errors).read();
}

} // namespace lowtide
