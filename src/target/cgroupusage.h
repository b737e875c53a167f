#pragma once

#include "target/cgrouplayout.h"

#include <QByteArray>

#include <optional>

namespace lowtide {

/// What one control group uses and how it was held back. Absent: not told here. Counts are totals.
struct CgroupUsage {
    std::optional<qint64> memoryBytes; ///< With page cache and with ballast.
    std::optional<qint64> memoryLimitBytes; ///< Absent: unlimited.
    std::optional<qint64> anonymousBytes, fileBytes;
    std::optional<qint64> cpuUs;
    std::optional<double> cpuLimitCores; ///< Absent: unlimited.
    std::optional<qint64> throttledPeriods, periods, throttledUs;
    std::optional<qint64> oomKills;
    std::optional<double> cpuPressureUs, memoryPressureUs, ioPressureUs; ///< PSI "some" totals.
    friend bool operator==(const CgroupUsage &, const CgroupUsage &) = default;
};

/// Reads the files of a group; about ten small reads. Folders of no use are skipped.
[[nodiscard]] CgroupUsage readCgroupUsage(const CgroupFolders &folders);

/// The value after `key` in lines of "key value"; absent where it isn't there or no number.
[[nodiscard]] std::optional<qint64> flatKeyedValue(const QByteArray &text, const QByteArray &key);
/// "12345\n" as a number; "max" and v1's "no limit" (beyond 2^62) are absent.
[[nodiscard]] std::optional<qint64> limitValue(const QByteArray &text);
/// The total of "some ... total=N", in microseconds.
[[nodiscard]] std::optional<double> pressureTotalUs(const QByteArray &text);
/// "QUOTA PERIOD" of cpu.max as cores; "max 100000" is absent.
[[nodiscard]] std::optional<double> cpuMaxCores(const QByteArray &text);

} // namespace lowtide
