#include "profile/jsontext.h"

#include "profile/jsonparser.h"

#include <QLocale>

#include <cmath>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// Where and how a new element goes into an object or array.
struct InsertStyle {
    bool multiLine = false;
    QByteArray newline = "\n";
    QByteArray indent; ///< In front of the new element, where it gets a line of its own.
    QByteArray closeIndent; ///< In front of the closing bracket of an object that was empty.
    QByteArray unit = "  "; ///< One step of indentation.
    QByteArray colon = ": ";
};

/// The white space in front of `at` in its line.
QByteArray indentOf(const QByteArray &text, qsizetype at)
{
    qsizetype begin = at == 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
    qsizetype end = begin;
    while (end < at && (text[end] == ' ' || text[end] == '\t'))
        ++end;
    return text.mid(begin, end - begin);
}

bool startsItsLine(const QByteArray &text, qsizetype at)
{
    const qsizetype newline = at == 0 ? -1 : text.lastIndexOf('\n', at - 1);
    return newline >= 0 && text.mid(newline + 1, at - newline - 1).trimmed().isEmpty();
}

QByteArray unitOf(const QByteArray &text, const JsonNode &root)
{
    const qsizetype first =
        root.isObject() && !root.members.empty() ? root.members.front().keyBegin : -1;
    if (first < 0 || !startsItsLine(text, first))
        return "  ";
    const QByteArray inner = indentOf(text, first);
    const QByteArray outer = indentOf(text, root.begin);
    return inner.startsWith(outer) && inner.size() > outer.size() ? inner.mid(outer.size())
                                                                  : QByteArray("  ");
}

InsertStyle styleAt(const QByteArray &text, const JsonNode &root, const JsonNode &parent)
{
    InsertStyle style;
    style.unit = unitOf(text, root);
    style.newline = text.contains("\r\n") ? "\r\n" : "\n";
    qsizetype last = -1;
    if (parent.isObject() && !parent.members.empty()) {
        const JsonMember &member = parent.members.back();
        last = member.keyBegin;
        const QByteArray between = text.mid(member.keyEnd, member.value.begin - member.keyEnd);
        if (!between.contains('/') && !between.contains('\n'))
            style.colon = between;
    } else if (parent.isArray() && !parent.items.empty()) {
        last = parent.items.back().begin;
    }
    style.multiLine = last >= 0 ? startsItsLine(text, last) : text.contains('\n');
    style.closeIndent = indentOf(text, parent.begin);
    style.indent = last >= 0 ? indentOf(text, last) : style.closeIndent + style.unit;
    return style;
}

/// The end of a comment behind `at` in the same line, or `at`. It belongs to the element before it.
qsizetype behindTrailingComment(const QByteArray &text, qsizetype at)
{
    qsizetype behind = at;
    for (qsizetype i = at; i < text.size();) {
        if (text[i] == ' ' || text[i] == '\t') {
            ++i;
        } else if (text.mid(i, 2) == "//") {
            const qsizetype newline = text.indexOf('\n', i);
            behind = newline < 0 ? text.size() : newline;
            return behind > 0 && text[behind - 1] == '\r' ? behind - 1 : behind;
        } else if (text.mid(i, 2) == "/*") {
            const qsizetype close = text.indexOf("*/", i) + 2;
            if (text.mid(i, close - i).contains('\n'))
                return behind;
            i = behind = close;
        } else {
            return behind;
        }
    }
    return behind;
}

/// `json` wrapped into the objects that are missing above it.
QByteArray nested(const QStringList &keys, const QByteArray &json, const InsertStyle &style)
{
    QByteArray open;
    QByteArray close;
    QByteArray indent = style.indent;
    for (const QString &key : keys) {
        const QByteArray outer = indent;
        indent += style.unit;
        const QByteArray inBreak = style.multiLine ? style.newline + indent : QByteArray();
        const QByteArray outBreak = style.multiLine ? style.newline + outer : QByteArray();
        open += '{' + inBreak + jsonQuoted(key) + style.colon;
        close.prepend(outBreak + '}');
    }
    return open + json + close;
}

Errors editError(const QString &message, const QString &pointer)
{
    return {Error{.code = ErrorCode::BadInput, .message = message, .where = pointer, .hint = {}}};
}

QString editText(const char *text)
{
    return QCoreApplication::translate("lowtide::JsonText", text);
}

} // namespace

JsonText::JsonText(QByteArray text, JsonNode root)
    : m_text(std::move(text))
    , m_root(std::move(root))
{
}

Result<JsonText, Errors> JsonText::parse(const QByteArray &text, const QString &fileName)
{
    Result<JsonNode, Errors> root = JsonParser(text, fileName).parse();
    if (!root)
        return Unexpected(root.error());
    return JsonText(text, std::move(root).value());
}

namespace {

const JsonNode *childOf(const JsonNode &node, const QString &step)
{
    if (node.isObject())
        return node.member(step);
    if (!node.isArray())
        return nullptr;
    bool ok = false;
    const uint index = step.toUInt(&ok);
    const bool canonical = ok && QString::number(index) == step;
    return canonical && index < node.items.size() ? &node.items[index] : nullptr;
}

} // namespace

const JsonNode *JsonText::at(const QString &pointer) const
{
    const JsonNode *node = &m_root;
    for (const QString &step : jsonPointerSteps(pointer)) {
        node = childOf(*node, step);
        if (!node)
            return nullptr;
    }
    return node;
}

Result<JsonText, Errors> JsonText::withValue(const QString &pointer, const QByteArray &json) const
{
    if (const auto value = parse(json, pointer); !value)
        return Unexpected(value.error());
    const QStringList steps = jsonPointerSteps(pointer);
    const JsonNode *node = &m_root;
    for (qsizetype i = 0; i < steps.size(); ++i) {
        const JsonNode *child = childOf(*node, steps[i]);
        if (!child)
            return withInserted(*node, steps.mid(i), json.trimmed());
        node = child;
    }
    QByteArray edited = m_text;
    edited.replace(node->begin, node->end - node->begin, json.trimmed());
    return parse(edited);
}

Result<JsonText, Errors> JsonText::withInserted(const JsonNode &parent, QStringList missing,
                                                const QByteArray &json) const
{
    const QString step = missing.takeFirst();
    const bool appends = step == u"-" || step == QString::number(parent.items.size());
    if (!parent.isObject() && !(parent.isArray() && appends)) {
        return Unexpected(
            editError(editText(QT_TRANSLATE_NOOP("lowtide::JsonText",
                                                 "there is nothing to put a value into")),
                      jsonPointer({step})));
    }
    const InsertStyle style = styleAt(m_text, m_root, parent);
    QByteArray element = nested(missing, json, style);
    if (parent.isObject())
        element.prepend(jsonQuoted(step) + style.colon);

    QByteArray edited = m_text;
    if (parent.members.empty() && parent.items.empty()) {
        // A comment inside is left where it is: the element goes right behind the opening bracket.
        const bool closes = m_text.mid(parent.begin + 1, parent.end - parent.begin - 2).isEmpty();
        if (style.multiLine)
            element.prepend(style.newline + style.indent);
        if (style.multiLine && closes)
            element.append(style.newline + style.closeIndent);
        edited.insert(parent.begin + 1, element);
        return parse(edited);
    }
    const qsizetype end =
        parent.isObject() ? parent.members.back().value.end : parent.items.back().end;
    const qsizetype behind = style.multiLine ? behindTrailingComment(m_text, end) : end;
    edited.insert(behind,
                  (style.multiLine ? style.newline + style.indent : QByteArray(" ")) + element);
    edited.insert(end, ',');
    return parse(edited);
}

QString jsonPointer(const QStringList &steps)
{
    QString pointer;
    for (QString step : steps)
        pointer += u'/' + step.replace(u'~', u"~0"_s).replace(u'/', u"~1"_s);
    return pointer;
}

QStringList jsonPointerSteps(const QString &pointer)
{
    QStringList steps = pointer.split(u'/');
    steps.removeFirst();
    for (QString &step : steps)
        step.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
    return steps;
}

QByteArray jsonQuoted(const QString &text)
{
    QString quoted = u"\""_s;
    for (const QChar c : text) {
        if (c == u'"' || c == u'\\')
            quoted += u'\\' + QString(c);
        else if (c == u'\n')
            quoted += u"\\n"_s;
        else if (c == u'\t')
            quoted += u"\\t"_s;
        else if (c == u'\r')
            quoted += u"\\r"_s;
        else if (c.unicode() < 0x20)
            quoted += u"\\u%1"_s.arg(uint(c.unicode()), 4, 16, QChar(u'0'));
        else
            quoted += c;
    }
    return (quoted + u'"').toUtf8();
}

QByteArray jsonNumber(double number)
{
    constexpr double exactIntegers = 9007199254740992.0; // 2^53
    if (std::trunc(number) == number && std::abs(number) < exactIntegers)
        return QByteArray::number(static_cast<qint64>(number));
    return QByteArray::number(number, 'g', QLocale::FloatingPointShortest);
}

} // namespace lowtide
