#pragma once

#include "base/result.h"
#include "model/runevent.h"

#include <QByteArray>
#include <QStringList>

#include <optional>

namespace lowtide {

/// Version of the event format, "v" of each line.
inline constexpr int eventFormatVersion = 1;

/// One line without the newline, keys in a fixed order beginning with "v", "kind", "t" (so that a
/// reader may skip a kind unparsed by its prefix). Format: resources/schema/event.schema.json.
[[nodiscard]] QByteArray encodeEvent(const RunEvent &event);

/// Reads one line. An unknown kind is nullopt (skip it); a newer "v", broken JSON, or a known kind
/// with a missing or mistyped member is an error (ErrorCode::Malformed) that names the member.
[[nodiscard]] Result<std::optional<RunEvent>> decodeEvent(const QByteArray &line);

/// The "kind" of an event: "run_started", "phase", "cycle", "interval", "histogram", "container",
/// "process", "generator", "probe", "container_event", "container_log", "limit", "alert", "action",
/// "log", "gap", "search", "scenario_finished", "run_finished".
[[nodiscard]] QString eventKind(const RunEventPayload &payload);
[[nodiscard]] QStringList eventKinds();

} // namespace lowtide
