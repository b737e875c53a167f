#include "target/selfsampler.h"

#include "target/processsample.h"
#include "target/textfile.h"

#include <QDir>

#include <algorithm>
#include <sys/resource.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

Nanoseconds processorTime()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto duration = [](const timeval &time) -> Nanoseconds {
        return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
    };
    return duration(usage.ru_utime) + duration(usage.ru_stime);
}

} // namespace

SelfSampler::SelfSampler()
    : m_lastAt(steadyNow())
    , m_lastCpu(processorTime())
{
}

GeneratorEvent SelfSampler::sample()
{
    const SteadyTime now = steadyNow();
    const Nanoseconds cpu = processorTime();
    GeneratorEvent event;
    if (now > m_lastAt)
        event.cpuPercent = 100.0 * toSeconds(cpu - m_lastCpu) / toSeconds(now - m_lastAt);
    m_lastAt = now;
    m_lastCpu = cpu;
    const QByteArray status = readTextFile(u"/proc/self/status"_s).value_or(QByteArray());
    const ProcessMemory memory = parseProcessStatus(status);
    event.memoryBytes = memory.rssBytes.value_or(0);
    event.peakMemoryBytes = memory.peakRssBytes.value_or(0);
    // The listing's own descriptor is in the list.
    const qsizetype entries = QDir(u"/proc/self/fd"_s)
                                  .entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)
                                  .size();
    event.descriptors = std::max<qsizetype>(entries - 1, 0);
    return event;
}

} // namespace lowtide
