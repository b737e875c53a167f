#pragma once

#include "model/testreport.h"
#include "report/momentsum.h"
#include "report/usagesample.h"

namespace lowtide {

/// The usage of all stressed services over one span (the run, a scenario): sums at one moment,
/// means.
class UsageTally {
public:
    /// `cpuSeconds`: the span that the sample's CPU is the mean of; absent: CPU does not count here
    /// (that span lies partly outside). Returns the moment of memory that this sample closed.
    std::optional<SeriesPoint> add(double seconds, const UsageSample &sample,
                                   std::optional<double> cpuSeconds);
    /// The span is left for a while: sums begin anew when it goes on.
    void interrupt();

    [[nodiscard]] UsageFigures figures() const;
    /// Sum of memory at the latest moment.
    [[nodiscard]] std::optional<SeriesPoint> latestMemory() const { return m_memory.open(); }

private:
    /// Time-weighted mean of one service's CPU.
    struct CpuMean {
        double weightedPercent = 0.0, seconds = 0.0;
    };

    MomentSum m_memory, m_withBallast, m_cpu;
    QMap<QString, CpuMean> m_cpuMeans;
    QMap<QString, double> m_highestMb;
    bool m_hasBallast = false;
};

} // namespace lowtide
