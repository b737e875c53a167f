#include "report/usagesample.h"

#include "base/units.h"

#include <algorithm>

namespace lowtide {

namespace {

std::optional<double> toMb(std::optional<qint64> bytes)
{
    return bytes ? std::optional(Bytes(*bytes).mb()) : std::nullopt;
}

} // namespace

UsageSample usageSample(const ProcessEvent &event)
{
    UsageSample sample{.service = event.service,
                       .alive = event.alive,
                       .memoryMb = toMb(event.memoryBytes),
                       .ballastMb = toMb(event.ballastBytes),
                       .highWaterMb = toMb(event.peakMemoryBytes),
                       .cpuPercent = event.cpuPercent,
                       .memoryLimitMb = toMb(event.memoryLimitBytes),
                       .cpuLimitCores = event.cpuLimitCores,
                       .periods = event.periods,
                       .throttledPeriods = event.throttledPeriods,
                       .throttledUs = event.throttledUs,
                       .diskReadBytes = event.diskReadBytes,
                       .diskWrittenBytes = event.diskWrittenBytes,
                       .networkReceivedBytes = event.networkReceivedBytes,
                       .networkSentBytes = event.networkSentBytes,
                       .oomKills = event.oomKills};
    if (event.pid > 0)
        sample.pid = event.pid;
    return sample;
}

UsageSample usageSample(const ContainerEvent &event, std::optional<double> ballastMb)
{
    UsageSample sample{.service = event.service.isEmpty() ? event.container : event.service,
                       .alive = event.state == u"running" || event.state == u"paused",
                       .memoryMb = toMb(event.memoryBytes),
                       .ballastMb = ballastMb,
                       .cpuPercent = event.cpuPercent,
                       .memoryLimitMb = toMb(event.memoryLimitBytes),
                       .cpuLimitCores = event.cpuLimitCores,
                       .periods = event.periods,
                       .throttledPeriods = event.throttledPeriods,
                       .throttledUs = event.throttledUs,
                       .diskReadBytes = event.diskReadBytes,
                       .diskWrittenBytes = event.diskWrittenBytes,
                       .networkReceivedBytes = event.networkReceivedBytes,
                       .networkSentBytes = event.networkSentBytes,
                       .oomKills = event.oomKills,
                       .restarts = event.restarts,
                       .majorFaults = event.majorFaults};
    if (sample.memoryMb && ballastMb)
        sample.memoryMb = std::max(0.0, *sample.memoryMb - *ballastMb);
    return sample;
}

} // namespace lowtide
