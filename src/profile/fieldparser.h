#pragma once

#include "base/result.h"
#include "profile/field.h"
#include "profile/jsonnode.h"

#include <QString>

namespace lowtide {

/// Why a value cannot be used.
struct ValueProblem {
    QString message;
    QString hint;
    QString below; ///< JSON pointer from the value to the part that is wrong.
    const JsonNode *node = nullptr; ///< That part; null for a value given as text.
};
using ValueProblems = QList<ValueProblem>;

/// Reads a row's value out of a profile's text.
[[nodiscard]] Result<FieldValue, ValueProblems> fieldValue(const Field &field,
                                                           const JsonNode &node);
/// Reads a row's value as typed in a flag or variable: plain texts, and JSON for lists and objects.
[[nodiscard]] Result<FieldValue, ValueProblems> fieldValue(const Field &field, const QString &text);

/// What a row takes, for people: "a whole number from 1 to 100000".
[[nodiscard]] QString allowedText(const Field &field);

} // namespace lowtide
