#pragma once

#include <QString>

#include <optional>

namespace lowtide {

/// Shortest message that carries an id, in bytes.
inline constexpr int minWebSocketMessageBytes = 32;

/// The message that a server is asked to echo: `{"type":"echo","id":"ltID","pad":"..."}`, ASCII,
/// exactly `sizeBytes` long (at least minWebSocketMessageBytes). Where no pad fits, the id gets
/// leading zeros. `id` below 36^7.
[[nodiscard]] QString echoMessage(quint64 id, int sizeBytes);

/// The id of one of our messages, wherever in `text` it stands as the member "id": servers may wrap
/// or reformat what they echo. None for messages of others: their ids don't begin with "lt".
[[nodiscard]] std::optional<quint64> echoId(QStringView text);

} // namespace lowtide
