#include "load/websocketmessage.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {
constexpr auto head = R"({"type":"echo","id":"lt)"_L1;
constexpr auto beforePad = R"(","pad":")"_L1;
constexpr auto tail = R"("})"_L1;
constexpr int idBase = 36;

/// Where the value of a member "id" begins behind `key`, if it is a string; else -1. The quotes may
/// be escaped, as they are when the echo is carried as a string inside another message.
qsizetype valueBehind(QStringView text, qsizetype from)
{
    bool colonSeen = false;
    for (qsizetype i = from; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c == u'"')
            return colonSeen ? i + 1 : -1;
        if (c == u':' && !colonSeen)
            colonSeen = true;
        else if (c != u' ' && c != u'\\')
            return -1;
    }
    return -1;
}

std::optional<quint64> idAt(QStringView text)
{
    if (!text.startsWith("lt"_L1))
        return std::nullopt;
    const auto *const end =
        std::find_if(text.begin() + 2, text.end(), [](QChar c) { return c == u'"' || c == u'\\'; });
    if (end == text.end())
        return std::nullopt;
    bool isNumber = false;
    const quint64 id = QStringView(text.begin() + 2, end).toULongLong(&isNumber, idBase);
    return isNumber ? std::optional(id) : std::nullopt;
}
} // namespace

QString echoMessage(quint64 id, int sizeBytes)
{
    Q_ASSERT(sizeBytes >= minWebSocketMessageBytes);
    const QString digits = QString::number(id, idBase);
    QString text;
    text.reserve(sizeBytes);
    text += head;
    const qsizetype padBytes =
        sizeBytes - head.size() - digits.size() - beforePad.size() - tail.size();
    if (padBytes < 0) {
        text += digits.rightJustified(sizeBytes - head.size() - tail.size(), u'0');
    } else {
        text += digits + beforePad;
        text.resize(text.size() + padBytes, u'x');
    }
    return text + tail;
}

std::optional<quint64> echoId(QStringView text)
{
    constexpr auto key = R"("id)"_L1;
    for (qsizetype at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
        qsizetype next = at + key.size();
        while (next < text.size() && text[next] == u'\\')
            ++next;
        if (next >= text.size() || text[next] != u'"')
            continue;
        const qsizetype value = valueBehind(text, next + 1);
        if (value < 0)
            continue;
        if (const auto id = idAt(text.sliced(value)))
            return id;
    }
    return std::nullopt;
}

} // namespace lowtide
