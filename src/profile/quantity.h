#pragma once

#include "base/clock.h"

#include <QString>

#include <optional>

namespace lowtide {

/// What a plain number in a setting means; stands in the key's name where the seed put it there.
enum class Unit { None, Seconds, Milliseconds, Megabytes, ByteCount, Percent, PerSecond, Cores };

/// "s", "ms", "MB", ... Empty for Unit::None.
[[nodiscard]] QString unitSymbol(Unit unit);

/// "1h30m", "500ms", "2.5s", "10us", or a plain number of `plain` (Seconds or Milliseconds).
[[nodiscard]] std::optional<Nanoseconds> durationFromText(const QString &text, Unit plain);
/// "64MiB", "10MB", "512k", or a plain number of `plain` (Megabytes or ByteCount). Result in bytes.
/// MB and MiB are both 1024 x 1024 bytes, as docker counts limits.
[[nodiscard]] std::optional<double> sizeFromText(const QString &text, Unit plain);
/// "10k", "2M", "1.5G", "80%", or a plain number.
[[nodiscard]] std::optional<double> numberFromText(const QString &text, Unit unit);

/// "90s", "500ms", "1.5s": reads back as the same duration.
[[nodiscard]] QString durationText(Nanoseconds duration);

} // namespace lowtide
