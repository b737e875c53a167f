#pragma once

#include "profile/jsonnode.h"

#include <QByteArray>
#include <QString>
#include <QStringView>

namespace lowtide {

/// Whether a header, key or option of that name holds something that must not be shown.
[[nodiscard]] bool isSecretName(QStringView name);

/// `text` without passwords in URLs, `token=...` and `Bearer ...`; each replaced by "***".
[[nodiscard]] QString redacted(const QString &text);

/// A value as compact JSON, members in their order, numbers as written.
[[nodiscard]] QByteArray compactJson(const JsonNode &node);
/// The same with secrets replaced: values under secret names, and texts as `redacted` has them.
[[nodiscard]] QByteArray redactedJson(const JsonNode &node);

} // namespace lowtide
