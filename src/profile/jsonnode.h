#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

namespace lowtide {

struct JsonMember;

/// One value of a JSON text, with the place it was read from. Members keep the order of the text.
struct JsonNode {
    enum class Kind { Null, Boolean, Number, String, Array, Object };

    Kind kind = Kind::Null;
    qsizetype begin = 0; ///< Bytes from the start of the text to the value's first byte.
    qsizetype end = 0; ///< One past its last byte.
    int line = 1, column = 1; ///< Of the first byte; columns count characters, not bytes.
    bool boolean = false;
    double number = 0.0;
    QByteArray numberText; ///< As written: "1e3" and "1000" are the same number in other words.
    QString string;
    std::vector<JsonNode> items;
    std::vector<JsonMember> members;

    /// The member's value, or null where there is none. Valid as long as the node.
    [[nodiscard]] const JsonNode *member(QStringView key) const;
    [[nodiscard]] bool isObject() const { return kind == Kind::Object; }
    [[nodiscard]] bool isArray() const { return kind == Kind::Array; }
    [[nodiscard]] bool isString() const { return kind == Kind::String; }
    [[nodiscard]] bool isNumber() const { return kind == Kind::Number; }
    [[nodiscard]] bool isBoolean() const { return kind == Kind::Boolean; }
};

/// One member of an object.
struct JsonMember {
    QString key;
    qsizetype keyBegin = 0; ///< Of the key's opening quote.
    qsizetype keyEnd = 0;
    int line = 1, column = 1;
    JsonNode value;
};

inline const JsonNode *JsonNode::member(QStringView key) const
{
    for (const JsonMember &candidate : members) {
        if (candidate.key == key)
            return &candidate.value;
    }
    return nullptr;
}

} // namespace lowtide
