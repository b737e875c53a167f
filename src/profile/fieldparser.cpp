#include "profile/fieldparser.h"

#include "profile/fieldlists.h"
#include "profile/jsontext.h"
#include "profile/nearestname.h"
#include "profile/redaction.h"

#include <QCoreApplication>

#include <cmath>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(lowtide::FieldParser)
};

QString shortened(QString text)
{
    constexpr qsizetype longest = 60;
    if (text.size() > longest)
        text = text.left(longest - 3) + u"..."_s;
    return text;
}

/// The value as a message may show it.
QString shown(const Field &field, const JsonNode &node)
{
    return isSecretName(field.key) ? u"***"_s : shortened(QString::fromUtf8(redactedJson(node)));
}

Unexpected<ValueProblems> notAllowed(const Field &field, const JsonNode &node,
                                     const QString &hint = {})
{
    return Unexpected(ValueProblems{
        {.message = Texts::tr("%1 is not %2.").arg(shown(field, node), allowedText(field)),
         .hint = hint,
         .below = {},
         .node = &node}});
}

QString numberText(double number) { return QString::fromUtf8(jsonNumber(number)); }

bool isWithin(const Field &field, double number)
{
    // A tolerance for what parsing "0.1s" as nanoseconds rounds away, relative to each bound: a
    // large maximum must not widen a small minimum.
    const double share = field.type == FieldType::Integer ? 0.0 : 1e-9;
    return number >= field.minimum - share * std::abs(field.minimum)
        && number <= field.maximum + share * std::abs(field.maximum);
}

using Value = Result<FieldValue, ValueProblems>;

Value durationValue(const Field &field, const JsonNode &node)
{
    const QString text =
        node.isNumber() ? QString::fromUtf8(node.numberText) : node.string.trimmed();
    const auto duration =
        node.isNumber() || node.isString() ? durationFromText(text, field.unit) : std::nullopt;
    if (!duration)
        return notAllowed(field, node);
    const double number = field.unit == Unit::Milliseconds ? toMs(*duration) : toSeconds(*duration);
    if (!isWithin(field, number))
        return notAllowed(field, node);
    const bool named = field.key.endsWith(u"_seconds") || field.key.endsWith(u"_ms");
    return FieldValue(*duration, named ? jsonNumber(number) : jsonQuoted(durationText(*duration)));
}

Value sizeValue(const Field &field, const JsonNode &node)
{
    const QString text =
        node.isNumber() ? QString::fromUtf8(node.numberText) : node.string.trimmed();
    const auto bytes =
        node.isNumber() || node.isString() ? sizeFromText(text, field.unit) : std::nullopt;
    const double number = bytes.value_or(0.0) / (field.unit == Unit::Megabytes ? 1048576.0 : 1.0);
    if (!bytes || !isWithin(field, number))
        return notAllowed(field, node);
    return FieldValue(Bytes(static_cast<qint64>(std::llround(*bytes))), jsonNumber(number));
}

Value numberValue(const Field &field, const JsonNode &node)
{
    std::optional<double> number;
    if (node.isNumber())
        number = node.number;
    else if (node.isString())
        number = numberFromText(node.string.trimmed(), field.unit);
    const bool fits = number && isWithin(field, *number)
        && (field.type == FieldType::Number || std::trunc(*number) == *number);
    if (!fits)
        return notAllowed(field, node);
    return FieldValue(*number, jsonNumber(*number));
}

Value textValue(const Field &field, const JsonNode &node)
{
    const auto length = static_cast<double>(node.string.size());
    if (!node.isString() || length < field.minimum || length > field.maximum)
        return notAllowed(field, node);
    return FieldValue(node.string, redactedJson(node));
}

Value choiceValue(const Field &field, const JsonNode &node)
{
    if (node.isString() && field.choices.contains(node.string))
        return FieldValue(node.string, redactedJson(node));
    const auto nearest = node.isString() ? nearestName(node.string, field.choices) : std::nullopt;
    return notAllowed(field, node,
                      nearest ? Texts::tr("Did you mean \"%1\"?").arg(*nearest) : QString());
}

Value urlValue(const Field &field, const JsonNode &node)
{
    const bool web = field.type == FieldType::HttpUrl;
    const QStringList schemes =
        web ? QStringList{u"http"_s, u"https"_s} : QStringList{u"ws"_s, u"wss"_s};
    const QString text = node.string.trimmed();
    if (!node.isString() || text.isEmpty())
        return notAllowed(field, node);
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || !schemes.contains(url.scheme()) || url.host().isEmpty() || url.port() == 0
        || url.hasFragment()) {
        QString hint;
        if (!text.contains(u"://"_s))
            hint = Texts::tr("Did you mean \"%1://%2\"?").arg(schemes.front(), redacted(text));
        else if (web && (url.scheme() == u"ws" || url.scheme() == u"wss"))
            hint = Texts::tr("A WebSocket address belongs under websocket_url.");
        return notAllowed(field, node, hint);
    }
    return FieldValue(url, jsonQuoted(redacted(text)));
}

Value bodyValue(const JsonNode &node)
{
    const QByteArray body = node.isString() ? node.string.toUtf8() : compactJson(node);
    return FieldValue(body, redactedJson(node));
}

Value rawValue(const Field &field, const JsonNode &node)
{
    switch (field.type) {
    case FieldType::Boolean:
        if (!node.isBoolean())
            return notAllowed(field, node);
        return FieldValue(node.boolean, redactedJson(node));
    case FieldType::Integer:
    case FieldType::Number:
        return numberValue(field, node);
    case FieldType::Duration:
        return durationValue(field, node);
    case FieldType::Size:
        return sizeValue(field, node);
    case FieldType::Text:
        return textValue(field, node);
    case FieldType::Choice:
        return choiceValue(field, node);
    case FieldType::HttpUrl:
    case FieldType::WebSocketUrl:
        return urlValue(field, node);
    case FieldType::Body:
        return bodyValue(node);
    case FieldType::TextList:
    case FieldType::IntegerList:
    case FieldType::Headers:
    case FieldType::ObjectList:
        return listValue(field, node);
    }
    return notAllowed(field, node);
}

bool isTypedAsJson(const Field &field, const QString &text)
{
    switch (field.type) {
    case FieldType::TextList:
    case FieldType::IntegerList:
    case FieldType::Headers:
    case FieldType::ObjectList:
        return true;
    case FieldType::Body:
        return text.startsWith(u'{') || text.startsWith(u'[');
    default:
        return false;
    }
}

QString rangeText(const Field &field)
{
    const QString symbol = unitSymbol(field.unit);
    const QString unit =
        symbol.isEmpty() || field.unit == Unit::PerSecond || field.unit == Unit::Percent
        ? symbol
        : u' ' + symbol;
    return Texts::tr("from %1 to %2%3")
        .arg(numberText(field.minimum), numberText(field.maximum), unit);
}

} // namespace

Result<FieldValue, ValueProblems> fieldValue(const Field &field, const JsonNode &node)
{
    if (node.kind == JsonNode::Kind::Null && field.type != FieldType::Body) {
        return Unexpected(ValueProblems{{.message = Texts::tr("null is no value here."),
                                         .hint = Texts::tr("Leave the key out to get the default."),
                                         .below = {},
                                         .node = &node}});
    }
    Result<FieldValue, ValueProblems> value = rawValue(field, node);
    if (value && field.check) {
        if (const auto complaint = field.check(*value))
            return Unexpected(
                ValueProblems{{.message = *complaint, .hint = {}, .below = {}, .node = &node}});
    }
    return value;
}

Result<FieldValue, ValueProblems> fieldValue(const Field &field, const QString &text)
{
    JsonNode node;
    if (isTypedAsJson(field, text)) {
        const auto json = JsonText::parse(text.toUtf8());
        if (!json) {
            return Unexpected(ValueProblems{
                {.message = Texts::tr("%1 is not JSON: %2")
                                .arg(shortened(redacted(text)), json.error().front().message),
                 .hint = Texts::tr("Needed is %1.").arg(allowedText(field)),
                 .below = {},
                 .node = nullptr}});
        }
        node = json->root();
    } else if (field.type == FieldType::Boolean && (text == u"true" || text == u"false")) {
        node.kind = JsonNode::Kind::Boolean;
        node.boolean = text == u"true";
    } else {
        node.kind = JsonNode::Kind::String;
        node.string = text;
    }
    Result<FieldValue, ValueProblems> value = fieldValue(field, node);
    if (value)
        return value;
    // The nodes end with this function.
    ValueProblems problems = value.error();
    for (ValueProblem &problem : problems)
        problem.node = nullptr;
    return Unexpected(problems);
}

QString allowedText(const Field &field)
{
    switch (field.type) {
    case FieldType::Boolean:
        return Texts::tr("true or false");
    case FieldType::Integer:
        return Texts::tr("a whole number %1").arg(rangeText(field));
    case FieldType::Number:
        return Texts::tr("a number %1").arg(rangeText(field));
    case FieldType::Duration:
        return Texts::tr("a duration %1, as a number or as text like \"500ms\", \"30s\", \"1h30m\"")
            .arg(rangeText(field));
    case FieldType::Size:
        return Texts::tr("a size %1, as a number or as text like \"64MiB\"").arg(rangeText(field));
    case FieldType::Text:
        return field.minimum > 0 ? Texts::tr("a text that is not empty") : Texts::tr("a text");
    case FieldType::Choice:
        return Texts::tr("one of %1").arg(field.choices.join(u", "_s));
    case FieldType::HttpUrl:
        return Texts::tr("an address like http://host:port (http or https, with a host)");
    case FieldType::WebSocketUrl:
        return Texts::tr("an address like ws://host:port/path (ws or wss, with a host)");
    case FieldType::TextList:
        return Texts::tr("a list of texts, as [\"a\", \"b\"]");
    case FieldType::IntegerList:
        return Texts::tr("a whole number %1, or a list of them").arg(rangeText(field));
    case FieldType::Headers:
        return Texts::tr("an object of header names and texts, as {\"Accept\": \"*/*\"}");
    case FieldType::Body:
        return Texts::tr("a text or JSON");
    case FieldType::ObjectList:
        return Texts::tr("a list of objects with the keys %1")
            .arg(keysOf(field.items).join(u", "_s));
    }
    return {};
}

} // namespace lowtide
