#pragma once

#include "profile/profilereader.h"

#include <QTest>

/// Reads a profile from text alone.
inline lowtide::Result<lowtide::EffectiveProfile, lowtide::Errors>
readText(const QByteArray &text, const QHash<QString, QString> &environment = {},
         const QList<lowtide::Assignment> &flags = {}, const QList<lowtide::Assignment> &demo = {})
{
    return lowtide::readProfile({QStringLiteral("p.json"), text, environment, flags, demo});
}

inline QString allText(const lowtide::Errors &errors)
{
    QStringList lines;
    for (const lowtide::Error &error : errors)
        lines.append(error.text());
    return lines.join(u'\n');
}

/// The effective listing's entry, or an empty one.
inline lowtide::EffectiveValue valueAt(const lowtide::EffectiveProfile &profile,
                                       const QString &path)
{
    for (const lowtide::EffectiveValue &value : profile.values) {
        if (value.path == path)
            return value;
    }
    return {};
}

// The statement fails the test function with all messages of the reader.
#define READ_OR_FAIL(name, ...)                                                                    \
    const auto name##Result = readText(__VA_ARGS__);                                               \
    QVERIFY2(name##Result, name##Result ? "" : qPrintable(allText(name##Result.error())));         \
    const lowtide::EffectiveProfile &name = *name##Result
