#pragma once

#include "model/eventdescribe.h"

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QString>

#include <optional>
#include <type_traits>

namespace lowtide::codec {

// Each append() writes one JSON value. Numbers have at most 6 decimals: nanoseconds where the unit
// is ms.

void append(QByteArray &out, bool value);
void append(QByteArray &out, qint64 value);
void append(QByteArray &out, double value);
void append(QByteArray &out, const QString &text);
void append(QByteArray &out, const QByteArray &ascii);
/// `key` needs no escaping. Writes the comma before it too, except after an opening brace.
void appendKey(QByteArray &out, const char *key);

inline void append(QByteArray &out, int value) { append(out, qint64(value)); }

template <typename Enum>
requires std::is_enum_v<Enum>
void append(QByteArray &out, Enum value) { append(out, EnumIds<Enum>::id(value)); }

template <Described Struct> void append(QByteArray &out, const Struct &object);

template <typename Value> void append(QByteArray &out, const std::optional<Value> &value)
{
    append(out, value.value()); // an absent one is its struct's default, and left out
}

template <typename Value> void append(QByteArray &out, const QList<Value> &list)
{
    out += '[';
    for (qsizetype i = 0; i < list.size(); ++i) {
        if (i > 0)
            out += ',';
        append(out, list.at(i));
    }
    out += ']';
}

template <typename Value> void append(QByteArray &out, const QMap<QString, Value> &map)
{
    out += '{';
    for (auto entry = map.cbegin(); entry != map.cend(); ++entry) {
        if (entry != map.cbegin())
            out += ',';
        append(out, entry.key());
        out += ':';
        append(out, entry.value());
    }
    out += '}';
}

/// The members of `object` without braces, those left out that have their default value.
template <Described Struct> void appendMembers(QByteArray &out, const Struct &object)
{
    static const Struct defaults;
    forEachField<Struct>([&](const auto &field) {
        const auto &value = object.*field.member;
        if (field.required || value != defaults.*field.member) {
            appendKey(out, field.key);
            append(out, value);
        }
        return true;
    });
}

template <Described Struct> void append(QByteArray &out, const Struct &object)
{
    out += '{';
    appendMembers(out, object);
    out += '}';
}

} // namespace lowtide::codec
