#pragma once

#include "model/testreport.h"

namespace lowtide {

/// How memory went over a run: from the median of the baseline (or of the first tenth) to that of
/// the last tenth, and the robust slope over all of it.
struct MemoryGrowth {
    double beforeMb = 0.0, afterMb = 0.0;
    std::optional<double> ratePerMinuteMb; ///< Theil-Sen; absent below 10 points.
    double seconds = 0.0; ///< Length of what was looked at.
    bool fromBaseline = false; ///< `beforeMb` is that of the baseline.
    [[nodiscard]] double growthMb() const { return afterMb - beforeMb; }
    friend bool operator==(const MemoryGrowth &, const MemoryGrowth &) = default;
};

/// The highest mean over a window of 30 s.
struct SustainedCpu {
    double percentOfLimit = 0.0; ///< Of one core where there is no limit.
    double windowSeconds = 0.0; ///< Below 30: all that there was.
    double endSeconds = 0.0; ///< Where the window ends.
    friend bool operator==(const SustainedCpu &, const SustainedCpu &) = default;
};

/// Totals over a run of a counter that may start anew with its process. Absent: not measured.
struct ServiceTotals {
    std::optional<qint64> periods, throttledPeriods, throttledUs;
    std::optional<qint64> diskReadBytes, diskWrittenBytes, networkReceivedBytes, networkSentBytes;
    std::optional<qint64> oomKills, restarts, majorFaults;
    friend bool operator==(const ServiceTotals &, const ServiceTotals &) = default;
};

/// A service at one moment.
struct ServiceStatus {
    double seconds = 0.0;
    std::optional<bool> healthy; ///< By the probes, all checks together.
    QString probeDetail;
    std::optional<bool> alive; ///< Process or container.
    std::optional<qint64> pid;
    std::optional<double> memoryMb, cpuPercent;
    friend bool operator==(const ServiceStatus &, const ServiceStatus &) = default;
};

/// A container at one moment.
struct ContainerStatus {
    double seconds = 0.0;
    QString id, service, state;
    std::optional<QString> health;
    std::optional<double> memoryMb, cpuPercent;
    std::optional<qint64> restarts, oomKills;
    friend bool operator==(const ContainerStatus &, const ContainerStatus &) = default;
};

/// One watched service over the whole run.
struct ServiceReport {
    RunStartedEvent::Service plan;
    bool isStressed = true; ///< Named by the profile: part of the sums.
    std::optional<double> memoryLimitMb, cpuLimitCores; ///< In force, as last read.
    std::optional<double> memoryPeakMb, memoryLastMb,
        highWaterMb; ///< highWaterMb: VmHWM of its process.
    std::optional<double> ballastPeakMb;
    std::optional<MemoryGrowth> growth;
    std::optional<double> cpuAvgPercent, cpuPeakPercent; ///< 100 is one core.
    std::optional<SustainedCpu> sustained;
    ServiceTotals totals;
    HealthFigures health;
    std::optional<ServiceStatus> initial, final;
    bool wasOomKilled = false; ///< The service itself; kills of our ballast do not count.
    QStringList criticalFailures; ///< For people: crashes, OOM kills, unhealthy at the end.
    friend bool operator==(const ServiceReport &, const ServiceReport &) = default;
};

} // namespace lowtide
