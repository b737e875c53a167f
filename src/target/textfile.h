#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace lowtide {

/// The whole of a small file of /proc or a cgroup; absent where it can't be read.
[[nodiscard]] std::optional<QByteArray> readTextFile(const QString &path);
/// Writes one setting by one write, as the kernel wants it.
[[nodiscard]] Result<void> writeSetting(const QString &path, const QByteArray &value);

} // namespace lowtide
