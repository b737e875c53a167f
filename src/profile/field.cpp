#include "profile/field.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace lowtide {

QString settingsText(const char *source)
{
    // An empty source text would be looked up as the catalogue's header.
    return *source == '\0' ? QString() : QCoreApplication::translate("lowtide::Settings", source);
}

QString Field::titleText() const { return settingsText(title); }

QString Field::helpText() const { return settingsText(help); }

QString Field::absentText() const { return settingsText(absent); }

Field Field::range(double least, double most) const
{
    Field row = *this;
    row.minimum = least;
    row.maximum = most;
    return row;
}

Field Field::byDefault(const QByteArray &json) const
{
    Field row = *this;
    row.defaultJson = json;
    return row;
}

Field Field::following(const QString &path) const
{
    Field row = *this;
    row.follows = path;
    return row;
}

Field Field::followingLoad(bool does) const
{
    Field row = *this;
    row.followsLoad = does;
    return row;
}

Field Field::mandatory() const
{
    Field row = *this;
    row.required = true;
    return row;
}

Field Field::env(const QStringList &names) const
{
    Field row = *this;
    row.environment = names;
    return row;
}

Field Field::whenAbsent(const char *text) const
{
    Field row = *this;
    row.absent = text;
    return row;
}

Field Field::checked(std::function<std::optional<QString>(const FieldValue &)> rule) const
{
    Field row = *this;
    row.check = std::move(rule);
    return row;
}

Field Field::applied(std::function<void(const FieldTarget &, const FieldValue &)> function) const
{
    Field row = *this;
    row.apply = std::move(function);
    return row;
}

Field field(FieldType type, const QString &key, Unit unit, const char *title, const char *help)
{
    constexpr double longestText = 10000;
    Field row;
    row.key = key;
    row.type = type;
    row.unit = unit;
    row.title = title;
    row.help = help;
    row.maximum = longestText;
    return row;
}

Field choiceField(const QString &key, const QStringList &choices, const char *title,
                  const char *help)
{
    Field row = field(FieldType::Choice, key, Unit::None, title, help);
    row.choices = choices;
    return row;
}

Field listField(const QString &key, const QList<Field> &items, const char *title, const char *help)
{
    Field row = field(FieldType::ObjectList, key, Unit::None, title, help);
    row.items = items;
    return row;
}

} // namespace lowtide
