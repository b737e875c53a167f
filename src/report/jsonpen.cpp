#include "report/jsonpen.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace lowtide {

void JsonPen::texts(const char *key, const QStringList &values)
{
    beginArray(key);
    for (const QString &value : values)
        text(value);
    endArray();
}

void JsonPen::flag(const char *key, std::optional<bool> value)
{
    name(key);
    raw(!value ? "null" : *value ? "true" : "false");
}

void JsonPen::count(const char *key, std::optional<qint64> value)
{
    name(key);
    raw(value ? QByteArray::number(*value) : QByteArray("null"));
}

void JsonPen::counts(const char *key, const QMap<QString, qint64> &values)
{
    beginObject(key);
    for (auto it = values.cbegin(); it != values.cend(); ++it) {
        name(it.key());
        raw(QByteArray::number(it.value()));
    }
    endObject();
}

void JsonPen::open(char bracket)
{
    begin();
    m_isNamed = false;
    m_text += bracket;
    ++m_depth;
    m_isFirst = true;
    if (m_isCompact && m_compactFrom == 0 && bracket == '{')
        m_compactFrom = m_depth;
}

void JsonPen::close(char bracket)
{
    const bool isOnOneLine = m_compactFrom > 0;
    if (m_compactFrom == m_depth)
        m_compactFrom = 0;
    --m_depth;
    if (!m_isFirst && !isOnOneLine)
        m_text += '\n' + QByteArray(qsizetype(2) * m_depth, ' ');
    m_text += bracket;
    m_isFirst = false;
}

void JsonPen::name(const QString &key)
{
    begin();
    string(key);
    m_text += ": ";
    m_isNamed = true;
}

/// The comma and the line of a new member or element; nothing after a key.
void JsonPen::begin()
{
    if (m_isNamed || m_depth == 0) {
        m_isNamed = false;
        return;
    }
    if (!m_isFirst)
        m_text += ',';
    if (m_compactFrom == 0)
        m_text += '\n' + QByteArray(qsizetype(2) * m_depth, ' ');
    else if (!m_isFirst)
        m_text += ' ';
    m_isFirst = false;
}

void JsonPen::string(const QString &value)
{
    m_isNamed = false;
    m_text += '"';
    const QByteArray utf8 = value.toUtf8();
    for (const char c : utf8) {
        if (c == '"' || c == '\\') {
            m_text += '\\';
            m_text += c;
        } else if (c == '\n') {
            m_text += "\\n";
        } else if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 8> escape{};
            std::snprintf(escape.data(), escape.size(), "\\u%04x",
                          static_cast<unsigned>(static_cast<unsigned char>(c)));
            m_text += escape.data();
        } else {
            m_text += c;
        }
    }
    m_text += '"';
}

void JsonPen::real(std::optional<double> value)
{
    m_isNamed = false;
    if (!value || !std::isfinite(*value)) {
        m_text += "null";
        return;
    }
    QByteArray text = QByteArray::number(*value, 'f', 3);
    while (text.endsWith('0'))
        text.chop(1);
    if (text.endsWith('.'))
        text.chop(1);
    m_text += text == "-0" ? QByteArray("0") : text;
}

} // namespace lowtide
