#include "report/usagetally.h"

#include <algorithm>

namespace lowtide {

std::optional<SeriesPoint> UsageTally::add(double seconds, const UsageSample &sample,
                                           std::optional<double> cpuSeconds)
{
    if (!sample.alive) {
        m_memory.remove(sample.service);
        m_withBallast.remove(sample.service);
        m_cpu.remove(sample.service);
        return std::nullopt;
    }
    if (sample.cpuPercent && cpuSeconds && *cpuSeconds > 0.0) {
        CpuMean &mean = m_cpuMeans[sample.service];
        mean.weightedPercent += *sample.cpuPercent * *cpuSeconds;
        mean.seconds += *cpuSeconds;
        m_cpu.add(seconds, sample.service, *sample.cpuPercent);
    }
    if (!sample.memoryMb)
        return std::nullopt;
    m_hasBallast = m_hasBallast || sample.ballastMb.value_or(0.0) > 0.0;
    m_withBallast.add(seconds, sample.service, *sample.memoryMb + sample.ballastMb.value_or(0.0));
    double &highest = m_highestMb[sample.service];
    highest = std::max(highest, *sample.memoryMb);
    return m_memory.add(seconds, sample.service, *sample.memoryMb);
}

void UsageTally::interrupt()
{
    m_memory.interrupt();
    m_withBallast.interrupt();
    m_cpu.interrupt();
}

UsageFigures UsageTally::figures() const
{
    UsageFigures figures{.maxMemoryMb = m_memory.highest(),
                         .peakCpuPercent = m_cpu.highest(),
                         .maxMemoryMbByService = m_highestMb};
    if (m_hasBallast)
        figures.maxWithBallastMb = m_withBallast.highest();
    for (const CpuMean &mean : m_cpuMeans)
        figures.avgCpuPercent =
            figures.avgCpuPercent.value_or(0.0) + mean.weightedPercent / mean.seconds;
    return figures;
}

} // namespace lowtide
