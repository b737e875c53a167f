// JSON Schema of a profile, from the field table.
#include "profile/profilereference.h"

#include "profile/bundledprofiles.h"
#include "profile/jsontext.h"
#include "profile/scenariokind.h"
#include "profile/seedspelling.h"
#include "profile/settingrows.h"
#include "profile/settingtable.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

QJsonObject typed(const QString &type) { return {{u"type"_s, type}}; }

QJsonObject bounded(QJsonObject schema, const Field &row)
{
    schema[u"minimum"_s] = row.minimum;
    schema[u"maximum"_s] = row.maximum;
    return schema;
}

/// A number, or a text with a unit. The schema checks the text's form only; the reader its range
/// too.
QJsonObject quantity(const Field &row, const QString &numberType, const QString &pattern)
{
    QJsonObject schema = bounded({}, row);
    schema[u"type"_s] = QJsonArray{numberType, u"string"_s};
    schema[u"pattern"_s] = pattern;
    return schema;
}

QJsonObject objectSchema(const QList<Field> &rows);

QJsonObject listSchema(const QJsonObject &items, const Field &row)
{
    QJsonObject schema = typed(u"array"_s);
    schema[u"items"_s] = items;
    if (row.minimum > 0)
        schema[u"minItems"_s] = row.minimum;
    schema[u"maxItems"_s] = row.maximum;
    return schema;
}

QJsonObject valueSchema(const Field &row)
{
    switch (row.type) {
    case FieldType::Boolean:
        return typed(u"boolean"_s);
    case FieldType::Integer:
        return quantity(row, u"integer"_s, u"^[0-9.]+([kKmMgG]|[eE]\\+?[0-9]+)?$"_s);
    case FieldType::Number:
        return quantity(row, u"number"_s, u"^[0-9.]+([kKmMgG%]|[eE][+-]?[0-9]+)?$"_s);
    case FieldType::Duration:
        return quantity(row, u"number"_s, u"^([0-9.]+(ns|us|µs|ms|s|m|min|h|d)?)+$"_s);
    case FieldType::Size:
        return quantity(row, u"number"_s, u"^[0-9.]+ ?([kKmMgG]?([iI]?[bB])?)$"_s);
    case FieldType::Text: {
        QJsonObject schema = typed(u"string"_s);
        if (row.minimum > 0)
            schema[u"minLength"_s] = row.minimum;
        return schema;
    }
    case FieldType::Choice: {
        QJsonObject schema;
        schema[u"enum"_s] = QJsonArray::fromStringList(row.choices);
        return schema;
    }
    case FieldType::HttpUrl:
        return {{u"type"_s, u"string"_s}, {u"pattern"_s, u"^https?://[^/]"_s}};
    case FieldType::WebSocketUrl:
        return {{u"type"_s, u"string"_s}, {u"pattern"_s, u"^wss?://[^/]"_s}};
    case FieldType::TextList:
        return listSchema(typed(u"string"_s), row);
    case FieldType::IntegerList: {
        const QJsonObject item = bounded(typed(u"integer"_s), row);
        return {{u"anyOf"_s,
                 QJsonArray{item, QJsonObject{{u"type"_s, u"array"_s}, {u"items"_s, item}}}}};
    }
    case FieldType::Headers:
        return {{u"type"_s, u"object"_s}, {u"additionalProperties"_s, typed(u"string"_s)}};
    case FieldType::Body:
        return {};
    case FieldType::ObjectList:
        return listSchema(objectSchema(row.items), row);
    }
    return {};
}

QJsonObject rowSchema(const Field &row)
{
    QJsonObject schema = valueSchema(row);
    schema[u"title"_s] = row.titleText();
    QString description = row.helpText();
    if (!row.absentText().isEmpty())
        description += u" Default: "_s + row.absentText() + u'.';
    else if (!row.follows.isEmpty())
        description += u" Default: as "_s + row.follows + u'.';
    schema[u"description"_s] = description;
    if (!row.defaultJson.isEmpty()) {
        const auto wrapped = QJsonDocument::fromJson('[' + row.defaultJson + ']').array();
        schema[u"default"_s] = wrapped.first();
    }
    return schema;
}

QJsonObject closedObject(const QJsonObject &properties)
{
    return {{u"type"_s, u"object"_s},
            {u"properties"_s, properties},
            {u"additionalProperties"_s, false}};
}

QJsonObject objectSchema(const QList<Field> &rows)
{
    QJsonObject properties;
    QJsonArray required;
    for (const Field &row : rows) {
        properties[row.key] = rowSchema(row);
        if (row.required)
            required.append(row.key);
    }
    QJsonObject schema = closedObject(properties);
    if (!required.isEmpty())
        schema[u"required"_s] = required;
    return schema;
}

/// Puts a row's schema below the sections in its path.
QJsonObject withRow(QJsonObject properties, const QStringList &steps, const QJsonObject &schema)
{
    if (steps.size() == 1) {
        properties[steps.front()] = schema;
        return properties;
    }
    QJsonObject section = properties[steps.front()].toObject();
    section = closedObject(withRow(section[u"properties"_s].toObject(), steps.mid(1), schema));
    properties[steps.front()] = section;
    return properties;
}

/// A scenario of one kind. In the seed's spelling the name decides the kind, so "type" is not
/// needed.
QJsonObject kindSchema(const QString &type, bool isNamedByType)
{
    QJsonObject schema = objectSchema(scenarioRowsOf(type));
    QJsonObject properties = schema[u"properties"_s].toObject();
    properties[u"type"_s] = QJsonObject{{u"const"_s, type}};
    schema[u"properties"_s] = properties;
    if (!isNamedByType)
        schema.remove(u"required"_s);
    schema[u"title"_s] = settingsText(scenarioTable(type)->title);
    schema[u"description"_s] = settingsText(scenarioTable(type)->help);
    return schema;
}

QJsonObject reference(const QString &definition)
{
    return {{u"$ref"_s, u"#/$defs/"_s + definition}};
}

QJsonObject seedScenarios()
{
    QJsonObject properties;
    const auto text = bundledProfile(castProfileName());
    const auto cast = JsonText::parse(text ? *text : QByteArray("{}"));
    const JsonNode *scenarios = cast ? cast->root().member(u"scenarios") : nullptr;
    if (!scenarios)
        return closedObject({});
    for (const JsonMember &member : scenarios->members) {
        if (const JsonNode *type = member.value.member(u"type"))
            properties[member.key] = reference(u"seed_"_s + type->string);
    }
    return closedObject(properties);
}

QJsonObject seedEndpointSchema()
{
    QJsonObject properties;
    for (const SeedEndpoint &endpoint : seedEndpoints()) {
        for (const Field &row : serviceRows()) {
            if (row.key == endpoint.row)
                properties[endpoint.key] = rowSchema(row);
        }
    }
    return closedObject(properties);
}

} // namespace

QByteArray profileSchema()
{
    QJsonObject properties;
    for (const Field &row : profileRows())
        properties = withRow(properties, row.key.split(u'.'), rowSchema(row));
    QJsonObject definitions{{u"service"_s, objectSchema(serviceRows())}};
    QJsonArray kinds;
    for (const QString &type : scenarioTypes()) {
        definitions[u"scenario_"_s + type] = kindSchema(type, true);
        definitions[u"seed_"_s + type] = kindSchema(type, false);
        kinds.append(reference(u"scenario_"_s + type));
    }
    properties[u"services"_s] = QJsonObject{{u"type"_s, u"object"_s},
                                            {u"minProperties"_s, 1},
                                            {u"additionalProperties"_s, reference(u"service"_s)}};
    properties[u"scenarios"_s] = QJsonObject{
        {u"type"_s, u"object"_s},
        {u"minProperties"_s, 1},
        // What is measured before the stress has this name.
        {u"propertyNames"_s, QJsonObject{{u"not"_s, QJsonObject{{u"const"_s, u"baseline"_s}}}}},
        {u"additionalProperties"_s, QJsonObject{{u"oneOf"_s, kinds}}}};
    properties[seedEndpointSection.toString()] = seedEndpointSchema();
    properties[seedScenarioSection.toString()] = seedScenarios();

    QJsonObject schema = closedObject(properties);
    schema[u"$schema"_s] = u"https://json-schema.org/draft/2020-12/schema"_s;
    schema[u"title"_s] = u"Lowtide profile"_s;
    schema[u"$defs"_s] = definitions;
    // One spelling or the other: services and scenarios go together, the seed's sections without
    // them.
    const auto needs = [](const QString &key) {
        return QJsonObject{{u"required"_s, QJsonArray{key}}};
    };
    schema[u"dependentRequired"_s] = QJsonObject{{u"services"_s, QJsonArray{u"scenarios"_s}},
                                                 {u"scenarios"_s, QJsonArray{u"services"_s}}};
    schema[u"not"_s] =
        QJsonObject{{u"allOf"_s,
                     QJsonArray{needs(u"services"_s),
                                QJsonObject{{u"anyOf"_s,
                                             QJsonArray{needs(seedEndpointSection.toString()),
                                                        needs(seedScenarioSection.toString())}}}}}};
    return QJsonDocument(schema).toJson(QJsonDocument::Indented);
}

} // namespace lowtide
