#include "model/eventwriter.h"

#include <array>
#include <charconv>
#include <cmath>

namespace lowtide::codec {

namespace {

constexpr char hexDigits[] = "0123456789abcdef";

void appendEscaped(QByteArray &out, char character)
{
    switch (character) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20) { // a raw control character is not JSON, and a raw newline would end the event
        out += "\\u00";
        out += hexDigits[byte >> 4U];
        out += hexDigits[byte & 0xfU];
        return;
    }
    out += character;
}

} // namespace

void append(QByteArray &out, bool value) { out += value ? "true" : "false"; }

void append(QByteArray &out, qint64 value)
{
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end - text.data());
}

void append(QByteArray &out, double value)
{
    if (!std::isfinite(value)) {
        out += "null"; // JSON has no other word for it; a reader names the member as not a number
        return;
    }
    std::array<char, 48> text{};
    char *end = nullptr;
    if (std::fabs(value) < 1e12) {
        end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed,
                            6)
                  .ptr;
        while (end[-1] == '0')
            --end;
        if (end[-1] == '.')
            --end;
    } else {
        end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    }
    const QByteArrayView number(text.data(), end - text.data());
    if (number == QByteArrayView("-0"))
        out += '0';
    else
        out += number;
}

void append(QByteArray &out, const QString &text) { append(out, text.toUtf8()); }

void append(QByteArray &out, const QByteArray &ascii)
{
    out += '"';
    for (const char character : ascii)
        appendEscaped(out, character);
    out += '"';
}

void appendKey(QByteArray &out, const char *key)
{
    if (!out.endsWith('{'))
        out += ',';
    out += '"';
    out += key;
    out += "\":";
}

} // namespace lowtide::codec
