#pragma once

#include "model/profile.h"
#include "profile/fieldvalue.h"
#include "profile/quantity.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <concepts>
#include <functional>
#include <optional>
#include <utility>

namespace lowtide {

/// The structs that a row's value can go into. Only the one that the row belongs to is set.
struct FieldTarget {
    Profile *profile = nullptr;
    Service *service = nullptr;
    ScenarioPlan *plan = nullptr;
    ScenarioSettings *settings = nullptr;
    void *item = nullptr; ///< The element of a list of objects; its type is known to its rows.

    template <typename Owner> [[nodiscard]] Owner &as() const
    {
        if constexpr (std::same_as<Owner, Profile>)
            return *profile;
        else if constexpr (std::same_as<Owner, Service>)
            return *service;
        else if constexpr (std::same_as<Owner, ScenarioPlan>)
            return *plan;
        else if constexpr (std::derived_from<Owner, ScenarioSettings>)
            return static_cast<Owner &>(*settings);
        else
            return *static_cast<Owner *>(item);
    }
};

enum class FieldType {
    Text,
    Boolean,
    Integer,
    Number,
    Duration,
    Size,
    Choice, ///< A text out of `choices`.
    HttpUrl,
    WebSocketUrl,
    TextList,
    IntegerList,
    Headers,
    Body, ///< A text, or any JSON, which is sent as it is (compact).
    ObjectList, ///< Objects with rows of their own: `items`.
};

/// One setting: everything that is known about it, once. From these rows come the reader and its
/// errors, the environment's names, the schema, the reference and the effective listing. A value.
struct Field {
    QString key; ///< Path from the row's section, with dots.
    FieldType type = FieldType::Text;
    Unit unit = Unit::None;
    double minimum = 0.0, maximum = 0.0; ///< In `unit`; for texts and lists the allowed length.
    QByteArray defaultJson; ///< JSON text; empty: absent unless given.
    QString follows; ///< Path of the setting whose value is the default.
    bool followsLoad = false; ///< The default is the value of the profile's own HTTP load.
    bool required = false;
    QStringList environment; ///< The seed's names; else LOWTIDE_ and the path.
    QStringList choices;
    const char *title = ""; ///< In context "lowtide::Settings", untranslated.
    const char *help = ""; ///< Likewise; what it does and what is special about it.
    const char *absent = ""; ///< Likewise; what holds when it is absent and has no default.
    QList<Field> items;
    /// What is wrong with a value of the right type and range; absent: nothing. For people.
    std::function<std::optional<QString>(const FieldValue &)> check;
    std::function<void(const FieldTarget &, const FieldValue &)> apply;

    [[nodiscard]] QString titleText() const;
    [[nodiscard]] QString helpText() const;
    [[nodiscard]] QString absentText() const;

    [[nodiscard]] Field range(double least, double most) const;
    [[nodiscard]] Field byDefault(const QByteArray &json) const;
    [[nodiscard]] Field following(const QString &path) const;
    [[nodiscard]] Field followingLoad(bool does = true) const;
    [[nodiscard]] Field mandatory() const;
    [[nodiscard]] Field env(const QStringList &names) const;
    [[nodiscard]] Field whenAbsent(const char *text) const;
    [[nodiscard]] Field
    checked(std::function<std::optional<QString>(const FieldValue &)> rule) const;

    /// Puts the value into Owner::*member.
    template <typename Owner, typename Member> [[nodiscard]] Field into(Member Owner::*member) const
    {
        return applied([member](const FieldTarget &target, const FieldValue &value) {
            value.assignTo(target.as<Owner>().*member);
        });
    }
    /// Puts the value into a member of a member.
    template <typename Owner, typename Part, typename Member>
    [[nodiscard]] Field into(Part Owner::*part, Member Part::*member) const
    {
        return applied([part, member](const FieldTarget &target, const FieldValue &value) {
            value.assignTo(target.as<Owner>().*part.*member);
        });
    }
    [[nodiscard]] Field
    applied(std::function<void(const FieldTarget &, const FieldValue &)> function) const;
};

/// A row of `type` with its texts; ranges, default and target are chained to it.
[[nodiscard]] Field field(FieldType type, const QString &key, Unit unit, const char *title,
                          const char *help);
[[nodiscard]] Field choiceField(const QString &key, const QStringList &choices, const char *title,
                                const char *help);
[[nodiscard]] Field listField(const QString &key, const QList<Field> &items, const char *title,
                              const char *help);

/// A text of the table in the user's language.
[[nodiscard]] QString settingsText(const char *source);

/// The list that an ObjectList's value stands for, each element made by the rows.
template <typename Item> [[nodiscard]] QList<Item> itemsOf(const FieldValue &value)
{
    QList<Item> list;
    for (const FieldObject &object : value.objects()) {
        Item item;
        for (const FieldAssignment &assignment : object)
            assignment.field->apply(FieldTarget{.item = &item}, *assignment.value);
        list.append(std::move(item));
    }
    return list;
}

} // namespace lowtide
