#pragma once

#include "model/runevent.h"

#include <optional>

namespace lowtide {

/// What a process or a container used, in one form for both. Absent: not measured.
struct UsageSample {
    QString service; ///< The container's name where it stands for no service.
    bool alive = true;
    std::optional<qint64> pid;
    std::optional<double> memoryMb; ///< Ballast taken out.
    std::optional<double> ballastMb; ///< Ours.
    std::optional<double> highWaterMb;
    std::optional<double> cpuPercent; ///< 100 is one core.
    std::optional<double> memoryLimitMb, cpuLimitCores;
    std::optional<qint64> periods, throttledPeriods, throttledUs; ///< Totals, as all below.
    std::optional<qint64> diskReadBytes, diskWrittenBytes, networkReceivedBytes, networkSentBytes;
    std::optional<qint64> oomKills, restarts, majorFaults;
};

[[nodiscard]] UsageSample usageSample(const ProcessEvent &event);
/// `ballastMb`: what we hold in it, by our own account; it is part of the container's memory.
[[nodiscard]] UsageSample usageSample(const ContainerEvent &event, std::optional<double> ballastMb);

} // namespace lowtide
