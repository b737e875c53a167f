#pragma once

#include "base/result.h"
#include "model/eventdescribe.h"

#include <QByteArray>
#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QList>
#include <QMap>
#include <QString>

#include <optional>
#include <type_traits>

namespace lowtide::codec {

/// What is wrong in a line, and where in it.
struct Fault {
    QString pointer; ///< JSON pointer: "/counts/planned". Empty: the line itself.
    QString message; ///< For people.
};
using Read = Result<void, Fault>;

[[nodiscard]] Read missing();
[[nodiscard]] Read expected(const QString &what);
/// The fault as seen from one level further out.
[[nodiscard]] Read within(const QString &key, const Fault &inner);
[[nodiscard]] Read unknownId(const QString &id);

// Each read() puts one JSON value into `out`, or says what is wrong and leaves `out` in any state.

[[nodiscard]] Read read(const QJsonValue &json, bool &out);
[[nodiscard]] Read read(const QJsonValue &json, int &out);
[[nodiscard]] Read read(const QJsonValue &json, qint64 &out);
[[nodiscard]] Read read(const QJsonValue &json, double &out);
[[nodiscard]] Read read(const QJsonValue &json, QString &out);
[[nodiscard]] Read read(const QJsonValue &json, QByteArray &out);
[[nodiscard]] Read expectObject(const QJsonValue &json);
[[nodiscard]] Read expectArray(const QJsonValue &json);

template <typename Enum>
requires std::is_enum_v<Enum>
[[nodiscard]] Read read(const QJsonValue &json, Enum &out)
{
    QString id;
    if (auto result = read(json, id); !result)
        return result;
    const std::optional<Enum> value = EnumIds<Enum>::fromId(id);
    if (!value)
        return unknownId(id);
    out = *value;
    return {};
}

template <Described Struct> [[nodiscard]] Read read(const QJsonValue &json, Struct &out);

template <typename Value> [[nodiscard]] Read read(const QJsonValue &json, std::optional<Value> &out)
{
    return read(json, out.emplace());
}

template <typename Value> [[nodiscard]] Read read(const QJsonValue &json, QList<Value> &out)
{
    if (auto result = expectArray(json); !result)
        return result;
    const QJsonArray array = json.toArray();
    for (qsizetype i = 0; i < array.size(); ++i) {
        if (auto result = read(array.at(i), out.emplaceBack()); !result)
            return within(QString::number(i), result.error());
    }
    return {};
}

template <typename Value> [[nodiscard]] Read read(const QJsonValue &json, QMap<QString, Value> &out)
{
    if (auto result = expectObject(json); !result)
        return result;
    const QJsonObject object = json.toObject();
    for (auto entry = object.constBegin(); entry != object.constEnd(); ++entry) {
        if (auto result = read(entry.value(), out[entry.key()]); !result)
            return within(entry.key(), result.error());
    }
    return {};
}

/// Members that the description does not know are passed over: a later version may have added them.
template <Described Struct> [[nodiscard]] Read read(const QJsonValue &json, Struct &out)
{
    if (auto result = expectObject(json); !result)
        return result;
    const QJsonObject object = json.toObject();
    Read result;
    forEachField<Struct>([&](const auto &field) {
        const auto key = QLatin1StringView(field.key);
        const auto found = object.constFind(key);
        if (found != object.constEnd())
            result = read(found.value(), out.*field.member);
        else if (field.required)
            result = missing();
        if (!result)
            result = within(key, Fault(result.error()));
        return result.has_value();
    });
    return result;
}

} // namespace lowtide::codec
