#include "profile/fieldlists.h"

#include "profile/jsontext.h"
#include "profile/nearestname.h"
#include "profile/redaction.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(lowtide::FieldParser)
};

ValueProblem problem(const QString &message, const JsonNode &node, const QString &below,
                     const QString &hint = {})
{
    return {.message = message, .hint = hint, .below = below, .node = &node};
}

ValueProblem notAllowed(const Field &field, const JsonNode &node, const QString &below = {})
{
    return problem(Texts::tr("%1 is not %2.")
                       .arg(QString::fromUtf8(redactedJson(node)).left(60), allowedText(field)),
                   node, below);
}

Result<FieldValue, ValueProblems> textList(const Field &field, const JsonNode &node)
{
    const auto size = static_cast<double>(node.items.size());
    if (!node.isArray() || size < field.minimum || size > field.maximum)
        return Unexpected(ValueProblems{notAllowed(field, node)});
    QStringList list;
    ValueProblems problems;
    for (const JsonNode &item : node.items) {
        if (!item.isString() || item.string.isEmpty())
            problems.append(notAllowed(field, item, u'/' + QString::number(list.size())));
        list.append(item.string);
    }
    if (!problems.isEmpty())
        return Unexpected(problems);
    return FieldValue(list, redactedJson(node));
}

Result<FieldValue, ValueProblems> integerList(const Field &field, const JsonNode &node)
{
    std::vector<const JsonNode *> items;
    if (node.isArray()) {
        for (const JsonNode &item : node.items)
            items.push_back(&item);
    } else {
        items.push_back(&node);
    }
    QList<int> list;
    ValueProblems problems;
    for (const JsonNode *item : items) {
        bool ok = item->isNumber();
        double number = item->number;
        if (item->isString()) // as typed in a flag
            number = item->string.toDouble(&ok);
        if (!ok || number < field.minimum || number > field.maximum || std::trunc(number) != number)
            problems.append(notAllowed(
                field, *item, node.isArray() ? u'/' + QString::number(list.size()) : QString()));
        else
            list.append(static_cast<int>(number));
    }
    if (!problems.isEmpty())
        return Unexpected(problems);
    return FieldValue(list, compactJson(node));
}

Result<FieldValue, ValueProblems> headers(const Field &field, const JsonNode &node)
{
    // RFC 9110: a name is a token; a value has no line end, or it would smuggle a header in.
    static const QRegularExpression token(u"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"_s);
    static const QRegularExpression control(u"[\\x00-\\x08\\x0A-\\x1F\\x7F]"_s);
    if (!node.isObject())
        return Unexpected(ValueProblems{notAllowed(field, node)});
    HeaderList list;
    ValueProblems problems;
    for (const JsonMember &member : node.members) {
        const QString below = jsonPointer({member.key});
        if (!token.match(member.key).hasMatch())
            problems.append(problem(Texts::tr("\"%1\" is no header name.").arg(member.key),
                                    member.value, below));
        else if (!member.value.isString() || control.match(member.value.string).hasMatch())
            problems.append(problem(
                Texts::tr("The value of header %1 must be a text in one line.").arg(member.key),
                member.value, below));
        else
            list.append({member.key.toLatin1(), member.value.string.toUtf8()});
    }
    if (!problems.isEmpty())
        return Unexpected(problems);
    return FieldValue(list, redactedJson(node));
}

const Field *rowOf(const QList<Field> &rows, const QString &key)
{
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&key](const Field &candidate) { return candidate.key == key; });
    return row == rows.end() ? nullptr : &*row;
}

FieldObject objectOf(const QList<Field> &rows, const JsonNode &node, const QString &at,
                     ValueProblems &problems)
{
    FieldObject object;
    for (const JsonMember &member : node.members) {
        const QString below = at + jsonPointer({member.key});
        const Field *row = rowOf(rows, member.key);
        if (!row) {
            const auto nearest = nearestName(member.key, keysOf(rows));
            problems.append(
                problem(Texts::tr("\"%1\" is not a key here.").arg(member.key), member.value, below,
                        nearest ? Texts::tr("Did you mean \"%1\"?").arg(*nearest)
                                : Texts::tr("Known keys: %1.").arg(keysOf(rows).join(u", "_s))));
            continue;
        }
        auto value = fieldValue(*row, member.value);
        if (value) {
            object.push_back({row, std::make_shared<const FieldValue>(std::move(value).value())});
            continue;
        }
        for (ValueProblem inner : value.error()) {
            inner.below.prepend(below);
            problems.append(inner);
        }
    }
    for (const Field &row : rows) {
        if (row.required && !node.member(row.key))
            problems.append(problem(
                Texts::tr("\"%1\" is missing: %2.").arg(row.key, allowedText(row)), node, at));
    }
    return object;
}

Result<FieldValue, ValueProblems> objectList(const Field &field, const JsonNode &node)
{
    const auto size = static_cast<double>(node.items.size());
    if (!node.isArray() || size < field.minimum || size > field.maximum)
        return Unexpected(ValueProblems{notAllowed(field, node)});
    std::vector<FieldObject> objects;
    ValueProblems problems;
    for (const JsonNode &item : node.items) {
        const QString at = u'/' + QString::number(objects.size());
        objects.emplace_back();
        if (item.isObject())
            objects.back() = objectOf(field.items, item, at, problems);
        else
            problems.append(problem(Texts::tr("An object with the keys %1 is needed.")
                                        .arg(keysOf(field.items).join(u", "_s)),
                                    item, at));
    }
    if (!problems.isEmpty())
        return Unexpected(problems);
    return FieldValue(std::move(objects), redactedJson(node));
}

} // namespace

QStringList keysOf(const QList<Field> &rows)
{
    QStringList keys;
    for (const Field &row : rows)
        keys.append(row.key);
    return keys;
}

Result<FieldValue, ValueProblems> listValue(const Field &field, const JsonNode &node)
{
    switch (field.type) {
    case FieldType::TextList:
        return textList(field, node);
    case FieldType::IntegerList:
        return integerList(field, node);
    case FieldType::Headers:
        return headers(field, node);
    default:
        return objectList(field, node);
    }
}

} // namespace lowtide
