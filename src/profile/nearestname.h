#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace lowtide {

/// The known name that `name` is most likely a slip of; absent when none is near enough to be
/// meant.
[[nodiscard]] std::optional<QString> nearestName(const QString &name, const QStringList &known);

} // namespace lowtide
