#include "profile/profilereader.h"

#include "profile/bundledprofiles.h"
#include "profile/nearestname.h"
#include "profile/profileassembly.h"
#include "profile/scenariokind.h"
#include "profile/seedspelling.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(lowtide::ProfileReader)
};

/// Kinds given to scenarios by flags: which rows a scenario has depends on them, so they come
/// first.
QHash<QString, QString> typesFromFlags(const QList<Assignment> &flags)
{
    QHash<QString, QString> types;
    for (const Assignment &flag : flags) {
        const QStringList steps = generalPath(flag.path).split(u'.');
        if (steps.size() == 3 && steps[0] == u"scenarios" && steps[2] == u"type"
            && scenarioTable(flag.value))
            types.insert(steps[1], flag.value);
    }
    return types;
}

} // namespace

Result<EffectiveProfile, Errors> readProfile(const ProfileInput &input)
{
    const auto file = JsonText::parse(input.text, input.fileName);
    if (!file)
        return Unexpected(file.error());
    const ProfilePlaces places(input.fileName);
    if (!file->root().isObject())
        return Unexpected(
            Errors{places.error(file->root(), {}, Texts::tr("A profile is a JSON object: { ... }."),
                                Texts::tr("`lowtide init` writes one to start from."))});

    const auto castText = bundledProfile(castProfileName());
    const auto cast = JsonText::parse(castText ? *castText : QByteArray("{}"));
    Q_ASSERT(cast);
    Errors errors;
    const ProfileOutline outline =
        outlineOf(*file, *cast, typesFromFlags(input.flags), places, errors);
    const SettingTable table(outline);
    SettingSources sources(table, places);
    sources.readCast(outline);
    sources.readFile(file->root());
    sources.readEnvironment(input.environment);
    sources.readFlags(input.flags);
    sources.readDemo(input.demo, outline);
    errors += sources.errors();

    Result<EffectiveProfile, Errors> result =
        ProfileAssembly(outline, table, sources, places).assemble();
    if (!result) {
        // Problems across settings are shown beside wrong values, but not those that follow from
        // them.
        for (const Error &error : result.error()) {
            const bool known =
                std::any_of(errors.begin(), errors.end(),
                            [&error](const Error &other) { return other.where == error.where; });
            if (!known)
                errors.append(error);
        }
    }
    if (!errors.isEmpty())
        return Unexpected(errors);
    result.value().warnings = sources.warnings() + result->warnings;
    return result;
}

QString effectiveText(const EffectiveProfile &profile)
{
    qsizetype longestPath = 0;
    for (const EffectiveValue &value : profile.values)
        longestPath = std::max(longestPath, value.path.size());
    QString text;
    for (const EffectiveValue &value : profile.values) {
        QString source = valueSourceId(value.source);
        if (!value.origin.isEmpty())
            source += value.source == ValueSource::Default ? Texts::tr(", as %1").arg(value.origin)
                                                           : u", "_s + value.origin;
        text += u"%1  %2  (%3)\n"_s.arg(value.path.leftJustified(longestPath), value.value, source);
    }
    return text;
}

} // namespace lowtide
