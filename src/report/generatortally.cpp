#include "report/generatortally.h"

#include "base/units.h"

#include <algorithm>

namespace lowtide {

namespace {

void raise(std::optional<double> &highest, std::optional<double> value)
{
    if (value)
        highest = std::max(highest.value_or(*value), *value);
}

} // namespace

void GeneratorTally::add(const GeneratorEvent &event)
{
    ++m_samples;
    m_cpuSum += event.cpuPercent;
    m_report.peakCpuPercent = std::max(m_report.peakCpuPercent, event.cpuPercent);
    const qint64 memory = std::max(event.memoryBytes, event.peakMemoryBytes);
    m_report.peakMemoryMb = std::max(m_report.peakMemoryMb, Bytes(memory).mb());
    m_report.latenessCount += event.lateness.count;
    raise(m_report.latenessP50Ms, event.lateness.p50Ms);
    raise(m_report.latenessP99Ms, event.lateness.p99Ms);
    raise(m_report.latenessMaxMs, event.lateness.maxMs);
}

std::optional<GeneratorReport> GeneratorTally::report() const
{
    if (m_samples == 0)
        return std::nullopt;
    GeneratorReport report = m_report;
    report.avgCpuPercent = m_cpuSum / double(m_samples);
    return report;
}

} // namespace lowtide
