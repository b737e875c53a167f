#include "profile/redaction.h"

#include "profile/jsontext.h"

#include <QRegularExpression>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr const char *mask = "***";

enum class Secrets { Shown, Replaced };

QByteArray stringJson(const QString &text, Secrets secrets)
{
    if (secrets == Secrets::Shown)
        return jsonQuoted(text);
    // A body given as text may be JSON with secrets of its own.
    if (text.startsWith(u'{') || text.startsWith(u'[')) {
        if (const auto inner = JsonText::parse(text.toUtf8()))
            return jsonQuoted(QString::fromUtf8(redactedJson(inner->root())));
    }
    return jsonQuoted(redacted(text));
}

QByteArray serialized(const JsonNode &node, Secrets secrets);

QByteArray arrayJson(const JsonNode &node, Secrets secrets)
{
    QByteArrayList items;
    bool isSecret = false;
    for (const JsonNode &item : node.items) {
        items.append(isSecret && secrets == Secrets::Replaced
                         ? jsonQuoted(QString::fromLatin1(mask))
                         : serialized(item, secrets));
        // A command's "--password", "x": the word behind a secret option.
        isSecret = item.isString() && item.string.startsWith(u'-') && !item.string.contains(u'=')
            && isSecretName(item.string);
    }
    return '[' + items.join(',') + ']';
}

QByteArray objectJson(const JsonNode &node, Secrets secrets)
{
    QByteArrayList members;
    for (const JsonMember &member : node.members) {
        const bool isSecret = secrets == Secrets::Replaced && isSecretName(member.key);
        members.append(jsonQuoted(member.key) + ':'
                       + (isSecret ? jsonQuoted(QString::fromLatin1(mask))
                                   : serialized(member.value, secrets)));
    }
    return '{' + members.join(',') + '}';
}

QByteArray serialized(const JsonNode &node, Secrets secrets)
{
    switch (node.kind) {
    case JsonNode::Kind::Null:
        return "null";
    case JsonNode::Kind::Boolean:
        return node.boolean ? "true" : "false";
    case JsonNode::Kind::Number:
        return node.numberText;
    case JsonNode::Kind::String:
        return stringJson(node.string, secrets);
    case JsonNode::Kind::Array:
        return arrayJson(node, secrets);
    case JsonNode::Kind::Object:
        return objectJson(node, secrets);
    }
    return {};
}

} // namespace

bool isSecretName(QStringView name)
{
    static const QRegularExpression pattern(
        u"token|secret|passw|authorization|cookie|api[-_]?key|credential|private[-_]?key"_s,
        QRegularExpression::CaseInsensitiveOption);
    return pattern.match(name.toString()).hasMatch();
}

QString redacted(const QString &text)
{
    static const QRegularExpression userInfo(u"//[^/@\\s]*@"_s);
    static const QRegularExpression assignment(
        u"([A-Za-z0-9_.%-]*(?:token|secret|passw|api[-_]?key|credential)[A-Za-z0-9_.%-]*)=([^&\\s;,]+)"_s,
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression scheme(u"\\b(Bearer|Basic|Digest)\\s+[^\\s,]+"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    QString clean = text;
    clean.replace(userInfo, u"//***@"_s);
    clean.replace(assignment, u"\\1=***"_s);
    clean.replace(scheme, u"\\1 ***"_s);
    return clean;
}

QByteArray compactJson(const JsonNode &node) { return serialized(node, Secrets::Shown); }

QByteArray redactedJson(const JsonNode &node) { return serialized(node, Secrets::Replaced); }

} // namespace lowtide
