#pragma once

#include <QByteArray>

namespace lowtide {

/// JSON Schema (2020-12) of a profile in either spelling, made from the field table.
[[nodiscard]] QByteArray profileSchema();

/// Reference of all settings in Markdown, made from the field table.
[[nodiscard]] QByteArray settingsReference();

} // namespace lowtide
