#pragma once

#include <QByteArray>

#include <optional>

namespace lowtide {

/// What matters of /proc/PID/stat. Times are in clock ticks (sysconf(_SC_CLK_TCK) a second).
struct ProcessStat {
    qint64 pid = 0;
    char state = '?'; ///< 'Z' and 'X': dead.
    qint64 parent = 0;
    qint64 userTicks = 0, systemTicks = 0;
    qint64 reapedTicks = 0; ///< User and system time of children that were waited for.
    qint64 startTicks = 0; ///< Since boot; with the pid it names a process for good.
    friend bool operator==(const ProcessStat &, const ProcessStat &) = default;
};

/// What matters of /proc/PID/status. Absent for kernel threads and zombies.
struct ProcessMemory {
    std::optional<qint64> rssBytes;
    std::optional<qint64> peakRssBytes; ///< VmHWM
    friend bool operator==(const ProcessMemory &, const ProcessMemory &) = default;
};

/// /proc/PID/io: what really went to or came from the storage, children that were waited for
/// included.
struct ProcessIo {
    qint64 readBytes = 0, writtenBytes = 0;
    friend bool operator==(const ProcessIo &, const ProcessIo &) = default;
};

/// /proc/PID/net/dev without the loopback interface.
struct NetworkTotals {
    qint64 receivedBytes = 0, sentBytes = 0;
    friend bool operator==(const NetworkTotals &, const NetworkTotals &) = default;
};

// All absent where the text does not have its format.
[[nodiscard]] std::optional<ProcessStat> parseProcessStat(const QByteArray &text);
[[nodiscard]] ProcessMemory parseProcessStatus(const QByteArray &text);
[[nodiscard]] std::optional<ProcessIo> parseProcessIo(const QByteArray &text);
[[nodiscard]] std::optional<NetworkTotals> parseNetworkDevices(const QByteArray &text);
/// A value of /proc/meminfo ("MemAvailable"), in bytes.
[[nodiscard]] std::optional<qint64> parseMeminfo(const QByteArray &text, const QByteArray &key);

} // namespace lowtide
