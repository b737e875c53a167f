#include "profile/quantity.h"

#include <QHash>
#include <QRegularExpression>

#include <cmath>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

std::optional<double> plainNumber(const QString &text)
{
    // Not QString::toDouble alone: it would take "nan", "inf" and "0x10".
    static const QRegularExpression pattern(u"^-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?$"_s);
    bool ok = false;
    const double number = text.toDouble(&ok);
    return ok && pattern.match(text).hasMatch() ? std::optional(number) : std::nullopt;
}

/// A number with a suffix that multiplies it.
std::optional<double> scaled(const QString &text, const QHash<QString, double> &factors)
{
    qsizetype end = text.size();
    while (end > 0 && !text[end - 1].isDigit())
        --end;
    const auto factor = factors.constFind(text.mid(end).trimmed().toLower());
    const std::optional<double> number = plainNumber(text.left(end));
    if (!number || factor == factors.constEnd())
        return std::nullopt;
    return *number * *factor;
}

const QHash<QString, double> &durationFactors() // to seconds
{
    static const QHash<QString, double> factors{
        {u"ns"_s, 1e-9}, {u"us"_s, 1e-6},  {u"µs"_s, 1e-6},  {u"ms"_s, 1e-3},  {u"s"_s, 1.0},
        {u"m"_s, 60.0},  {u"min"_s, 60.0}, {u"h"_s, 3600.0}, {u"d"_s, 86400.0}};
    return factors;
}

const QHash<QString, double> &sizeFactors() // to bytes
{
    constexpr double kilo = 1024.0;
    static const QHash<QString, double> factors{{u"b"_s, 1.0},
                                                {u"k"_s, kilo},
                                                {u"kb"_s, kilo},
                                                {u"kib"_s, kilo},
                                                {u"m"_s, kilo * kilo},
                                                {u"mb"_s, kilo * kilo},
                                                {u"mib"_s, kilo * kilo},
                                                {u"g"_s, kilo * kilo * kilo},
                                                {u"gb"_s, kilo * kilo * kilo},
                                                {u"gib"_s, kilo * kilo * kilo}};
    return factors;
}

} // namespace

QString unitSymbol(Unit unit)
{
    switch (unit) {
    case Unit::None:
        return {};
    case Unit::Seconds:
        return u"s"_s;
    case Unit::Milliseconds:
        return u"ms"_s;
    case Unit::Megabytes:
        return u"MB"_s;
    case Unit::ByteCount:
        return u"bytes"_s;
    case Unit::Percent:
        return u"%"_s;
    case Unit::PerSecond:
        return u"/s"_s;
    case Unit::Cores:
        return u"cores"_s;
    }
    return {};
}

std::optional<Nanoseconds> durationFromText(const QString &text, Unit plain)
{
    constexpr double longest = 3e9; // seconds; beyond it nanoseconds no longer fit in 64 bits
    double seconds = 0.0;
    if (const auto number = plainNumber(text)) {
        seconds = plain == Unit::Milliseconds ? *number / 1e3 : *number;
    } else {
        static const QRegularExpression part(u"([0-9]+(?:\\.[0-9]+)?)([a-zµ]+)"_s);
        static const QRegularExpression whole(u"^(?:[0-9]+(?:\\.[0-9]+)?[a-zµ]+)+$"_s);
        if (!whole.match(text).hasMatch())
            return std::nullopt;
        for (auto parts = part.globalMatch(text); parts.hasNext();) {
            const auto match = parts.next();
            const auto factor = durationFactors().constFind(match.captured(2));
            if (factor == durationFactors().constEnd())
                return std::nullopt;
            seconds += match.captured(1).toDouble() * *factor;
        }
    }
    if (std::abs(seconds) > longest)
        return std::nullopt;
    return fromSeconds(seconds);
}

std::optional<double> sizeFromText(const QString &text, Unit plain)
{
    if (const auto number = plainNumber(text))
        return plain == Unit::Megabytes ? *number * 1048576.0 : *number;
    return scaled(text, sizeFactors());
}

std::optional<double> numberFromText(const QString &text, Unit unit)
{
    if (const auto number = plainNumber(text))
        return number;
    if (unit == Unit::Percent)
        return scaled(text, {{u"%"_s, 1.0}});
    return scaled(text, {{u"k"_s, 1e3}, {u"m"_s, 1e6}, {u"g"_s, 1e9}});
}

QString durationText(Nanoseconds duration)
{
    const auto count = duration.count();
    if (count % 1000000000 == 0)
        return u"%1s"_s.arg(count / 1000000000);
    if (count % 1000000 == 0)
        return u"%1ms"_s.arg(count / 1000000);
    if (count % 1000 == 0)
        return u"%1us"_s.arg(count / 1000);
    return u"%1ns"_s.arg(count);
}

} // namespace lowtide
