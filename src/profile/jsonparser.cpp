#include "profile/jsonparser.h"

#include <QStringDecoder>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr qsizetype bomLength = 3;

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

} // namespace

QString textPlace(const QString &fileName, int line, int column)
{
    if (fileName.isEmpty())
        return QCoreApplication::translate("lowtide::JsonParser", "line %1, column %2")
            .arg(line)
            .arg(column);
    return u"%1:%2:%3"_s.arg(fileName).arg(line).arg(column);
}

JsonParser::JsonParser(const QByteArray &text, QString fileName)
    : m_text(text)
    , m_fileName(std::move(fileName))
{
}

Result<JsonNode, Errors> JsonParser::parse()
{
    JsonNode root;
    if (!utf8IsValid())
        return Unexpected(m_errors);
    if (m_text.startsWith("\xEF\xBB\xBF"))
        m_at = m_mark = bomLength;
    if (skipSpace() && parseValue(root, 0) && skipSpace() && !atEnd())
        fail(m_at, tr("%1 after the end of the value").arg(found()));
    if (!m_errors.isEmpty())
        return Unexpected(m_errors);
    return root;
}

bool JsonParser::utf8IsValid()
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString decoded = decoder(m_text);
    if (!decoder.hasError())
        return true;
    // The first byte that does not survive the way back is the one that is wrong.
    const QByteArray again = decoded.toUtf8();
    const auto [wrong, ignored] =
        std::mismatch(m_text.begin(), m_text.end(), again.begin(), again.end());
    return fail(wrong - m_text.begin(), tr("the text is not UTF-8"), tr("Save the file as UTF-8."));
}

void JsonParser::moveMark(qsizetype to)
{
    for (; m_mark < to; ++m_mark) {
        const char c = m_text[m_mark];
        if (c == '\n') {
            ++m_line;
            m_column = 1;
        } else if (!isContinuation(c)) {
            ++m_column;
        }
    }
}

void JsonParser::place(qsizetype at, int &line, int &column)
{
    moveMark(at);
    line = m_line;
    column = m_column;
}

bool JsonParser::fail(qsizetype at, const QString &message, const QString &hint)
{
    int line = 1;
    int column = 1;
    const qsizetype length = std::min(at, m_text.size());
    for (qsizetype i = m_text.startsWith("\xEF\xBB\xBF") ? bomLength : 0; i < length; ++i) {
        if (m_text[i] == '\n') {
            ++line;
            column = 1;
        } else if (!isContinuation(m_text[i])) {
            ++column;
        }
    }
    m_errors.append(Error{.code = ErrorCode::BadInput,
                          .message = message + u'.',
                          .where = textPlace(m_fileName, line, column),
                          .hint = hint});
    return false;
}

QString JsonParser::found() const
{
    if (atEnd())
        return tr("end of the text");
    qsizetype end = m_at + 1;
    while (end < m_text.size() && isContinuation(m_text[end]))
        ++end;
    return u"'%1'"_s.arg(QString::fromUtf8(m_text.mid(m_at, end - m_at)));
}

bool JsonParser::skipSpace()
{
    while (!atEnd()) {
        if (isSpace(peek())) {
            ++m_at;
        } else if (m_text.mid(m_at, 2) == "//") {
            const qsizetype newline = m_text.indexOf('\n', m_at);
            m_at = newline < 0 ? m_text.size() : newline;
        } else if (m_text.mid(m_at, 2) == "/*") {
            const qsizetype close = m_text.indexOf("*/", m_at + 2);
            if (close < 0)
                return fail(m_at, tr("this comment has no end"), tr("Close it with */."));
            m_at = close + 2;
        } else if (peek() == '#') {
            return fail(m_at, tr("'#' begins no comment here"), tr("Write // instead."));
        } else {
            return true;
        }
    }
    return true;
}

bool JsonParser::parseValue(JsonNode &node, int depth)
{
    if (depth > maximumDepth)
        return fail(m_at, tr("nested more than %1 deep").arg(maximumDepth));
    node.begin = m_at;
    place(m_at, node.line, node.column);
    bool ok = false;
    const char c = peek();
    if (c == '{') {
        ok = parseObject(node, depth);
    } else if (c == '[') {
        ok = parseArray(node, depth);
    } else if (c == '"') {
        node.kind = JsonNode::Kind::String;
        const std::optional<QString> string = parseString();
        ok = string.has_value();
        node.string = string.value_or(QString());
    } else if (c == '-' || isDigit(c)) {
        ok = parseNumber(node);
    } else {
        ok = parseWord(node);
    }
    node.end = m_at;
    return ok;
}

bool JsonParser::nextElement(char close, bool &ok)
{
    ok = skipSpace();
    if (!ok)
        return false;
    if (peek() == close)
        return false;
    if (peek() != ',') {
        ok = fail(m_at,
                  tr("%1 where a comma or '%2' is needed").arg(found(), QChar::fromLatin1(close)));
        return false;
    }
    const qsizetype comma = m_at++;
    ok = skipSpace();
    if (ok && peek() == close) {
        fail(comma, tr("a comma after the last element"), tr("Remove the comma."));
        return false;
    }
    return ok;
}

bool JsonParser::parseObject(JsonNode &node, int depth)
{
    node.kind = JsonNode::Kind::Object;
    ++m_at;
    if (!skipSpace())
        return false;
    bool ok = true;
    if (peek() != '}') {
        do {
            if (!parseMember(node, depth))
                return false;
        } while (nextElement('}', ok));
    }
    if (ok)
        ++m_at;
    return ok;
}

bool JsonParser::parseMember(JsonNode &object, int depth)
{
    if (peek() != '"')
        return fail(m_at, tr("%1 where a key in quotation marks is needed").arg(found()));
    JsonMember member;
    member.keyBegin = m_at;
    place(m_at, member.line, member.column);
    const std::optional<QString> key = parseString();
    if (!key)
        return false;
    member.key = *key;
    member.keyEnd = m_at;
    for (const JsonMember &other : object.members) {
        if (other.key == member.key) {
            fail(member.keyBegin, tr("the key \"%1\" stands here a second time").arg(member.key),
                 tr("It stands first in line %1; keep one of the two.").arg(other.line));
        }
    }
    if (!skipSpace())
        return false;
    if (peek() != ':')
        return fail(m_at, tr("%1 where ':' is needed").arg(found()));
    ++m_at;
    const bool ok = skipSpace() && parseValue(member.value, depth + 1);
    object.members.push_back(std::move(member));
    return ok;
}

bool JsonParser::parseArray(JsonNode &node, int depth)
{
    node.kind = JsonNode::Kind::Array;
    ++m_at;
    if (!skipSpace())
        return false;
    bool ok = true;
    if (peek() != ']') {
        do {
            node.items.emplace_back();
            if (!parseValue(node.items.back(), depth + 1))
                return false;
        } while (nextElement(']', ok));
    }
    if (ok)
        ++m_at;
    return ok;
}

bool JsonParser::parseNumber(JsonNode &node)
{
    const auto digits = [this] {
        const qsizetype from = m_at;
        while (isDigit(peek()))
            ++m_at;
        return m_at > from;
    };
    const qsizetype begin = m_at;
    if (peek() == '-')
        ++m_at;
    bool ok = true;
    if (peek() == '0')
        ++m_at; // no further digit may follow
    else
        ok = digits();
    if (ok && peek() == '.') {
        ++m_at;
        ok = digits();
    }
    if (ok && (peek() == 'e' || peek() == 'E')) {
        ++m_at;
        if (peek() == '+' || peek() == '-')
            ++m_at;
        ok = digits();
    }
    const char after = peek();
    const bool runsOn = isDigit(after) || after == '_' || (after >= 'a' && after <= 'z')
        || (after >= 'A' && after <= 'Z');
    if (!ok || runsOn)
        return fail(
            begin, tr("this is not a number"),
            tr("Numbers with a unit stand in quotation marks: \"30s\", \"64MiB\", \"10k\"."));
    node.kind = JsonNode::Kind::Number;
    node.numberText = m_text.mid(begin, m_at - begin);
    node.number = node.numberText.toDouble(&ok);
    return ok || fail(begin, tr("this number is too large"));
}

bool JsonParser::parseWord(JsonNode &node)
{
    const auto is = [this](const char *word) { return m_text.mid(m_at).startsWith(word); };
    if (is("true") || is("false")) {
        node.kind = JsonNode::Kind::Boolean;
        node.boolean = peek() == 't';
        m_at += node.boolean ? 4 : 5;
        return true;
    }
    if (is("null")) {
        m_at += 4;
        return true;
    }
    const QString hint = peek() == '\'' ? tr("JSON knows double quotation marks only.") : QString();
    return fail(m_at, tr("%1 where a value is needed").arg(found()), hint);
}

std::optional<QString> JsonParser::parseString()
{
    const qsizetype begin = m_at++;
    QString string;
    qsizetype plain = m_at;
    const auto takePlain = [&] { string += QString::fromUtf8(m_text.mid(plain, m_at - plain)); };
    while (!atEnd()) {
        const char c = peek();
        if (c == '"') {
            takePlain();
            ++m_at;
            return string;
        }
        if (static_cast<unsigned char>(c) < 0x20U) {
            fail(c == '\n' ? begin : m_at,
                 c == '\n' ? tr("this text has no closing quotation mark in its line")
                           : tr("a control character inside a text"),
                 c == '\n' ? QString() : tr("Write it as an escape, for example \\t."));
            return std::nullopt;
        }
        if (c == '\\') {
            takePlain();
            ++m_at;
            if (!parseEscape(string))
                return std::nullopt;
            plain = m_at;
        } else {
            ++m_at;
        }
    }
    fail(begin, tr("this text has no closing quotation mark"));
    return std::nullopt;
}

bool JsonParser::parseEscape(QString &into)
{
    static constexpr std::string_view letters = R"("\/bfnrt)";
    static constexpr std::u16string_view meanings = u"\"\\/\b\f\n\r\t";
    const char c = peek();
    if (c == 'u') {
        ++m_at;
        return parseUnicodeEscape(into);
    }
    const std::size_t index = atEnd() ? std::string_view::npos : letters.find(c);
    if (index == std::string_view::npos)
        return fail(m_at - 1, tr("an unknown escape in a text"),
                    tr("A backslash itself is written \\\\."));
    into += QChar(meanings[index]);
    ++m_at;
    return true;
}

std::optional<char16_t> JsonParser::parseHexUnit()
{
    bool ok = false;
    const QByteArray digits = m_text.mid(m_at, 4);
    const ushort unit = digits.toUShort(&ok, 16);
    const bool allHex = std::all_of(digits.begin(), digits.end(), [](char c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
    if (!ok || !allHex || digits.size() != 4) {
        fail(m_at - 2, tr("\\u needs four hexadecimal digits"));
        return std::nullopt;
    }
    m_at += 4;
    return static_cast<char16_t>(unit);
}

bool JsonParser::parseUnicodeEscape(QString &into)
{
    const qsizetype begin = m_at - 2;
    const std::optional<char16_t> first = parseHexUnit();
    if (!first)
        return false;
    into += QChar(*first);
    if (!QChar::isSurrogate(*first))
        return true;
    // Half of a pair alone is no character, and could not be written back as UTF-8.
    if (QChar::isHighSurrogate(*first) && m_text.mid(m_at, 2) == "\\u") {
        m_at += 2;
        const std::optional<char16_t> second = parseHexUnit();
        if (!second)
            return false;
        if (QChar::isLowSurrogate(*second)) {
            into += QChar(*second);
            return true;
        }
    }
    return fail(begin, tr("half of a surrogate pair"));
}

} // namespace lowtide
