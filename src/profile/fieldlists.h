#pragma once

#include "base/result.h"
#include "profile/fieldparser.h"

#include <QStringList>

namespace lowtide {

/// Reads the value of a row that is a list or an object.
[[nodiscard]] Result<FieldValue, ValueProblems> listValue(const Field &field, const JsonNode &node);

[[nodiscard]] QStringList keysOf(const QList<Field> &rows);

} // namespace lowtide
