#include "report/servicetally.h"

#include "report/memorytrend.h"
#include "report/reporttext.h"

#include <algorithm>
#include <utility>

namespace lowtide {

namespace {

constexpr qsizetype mostCrashTexts = 20;
constexpr double sameCrashWithinSeconds = 5.0;

void raise(std::optional<double> &highest, std::optional<double> value)
{
    if (value)
        highest = std::max(highest.value_or(*value), *value);
}

} // namespace

ServiceTally::ServiceTally(RunStartedEvent::Service plan, bool isStressed)
    : m_plan(std::move(plan))
    , m_isStressed(isStressed)
{
    if (m_plan.limits == u"applied") {
        m_figures.cpuLimitCores = m_plan.cpuLimitCores;
        if (m_plan.memoryLimitBytes)
            m_figures.memoryLimitMb = Bytes(*m_plan.memoryLimitBytes).mb();
    }
}

void ServiceTally::add(double seconds, const UsageSample &sample, double cpuSeconds,
                       bool isBaseline)
{
    m_lastSample = seconds;
    m_latest = {.memoryMb = sample.alive ? sample.memoryMb : std::nullopt,
                .cpuPercent = sample.alive ? sample.cpuPercent : std::nullopt,
                .ballastMb = sample.ballastMb};
    updateStatus(seconds, sample);
    if (sample.memoryLimitMb)
        m_figures.memoryLimitMb = sample.memoryLimitMb;
    if (sample.cpuLimitCores)
        m_figures.cpuLimitCores = sample.cpuLimitCores;
    raise(m_figures.ballastPeakMb, sample.ballastMb);
    raise(m_figures.highWaterMb, sample.highWaterMb);
    if (sample.alive && sample.memoryMb) {
        m_memory.add({seconds, *sample.memoryMb});
        if (isBaseline)
            m_baselineMemory.add({seconds, *sample.memoryMb});
        raise(m_figures.memoryPeakMb, sample.memoryMb);
        m_figures.memoryLastMb = sample.memoryMb;
    }
    if (sample.alive && sample.cpuPercent) {
        m_cpuSum += *sample.cpuPercent * cpuSeconds;
        m_cpuSeconds += cpuSeconds;
        raise(m_figures.cpuPeakPercent, sample.cpuPercent);
        m_sustained.add(seconds, cpuSeconds, *sample.cpuPercent / limitCores());
    }
    m_periods.add(sample.periods);
    m_throttledPeriods.add(sample.throttledPeriods);
    m_throttledUs.add(sample.throttledUs);
    m_diskRead.add(sample.diskReadBytes);
    m_diskWritten.add(sample.diskWrittenBytes);
    m_networkReceived.add(sample.networkReceivedBytes);
    m_networkSent.add(sample.networkSentBytes);
    m_oomKills.add(sample.oomKills);
    m_restarts.add(sample.restarts);
    m_majorFaults.add(sample.majorFaults);
}

void ServiceTally::add(double seconds, const ProbeEvent &probe)
{
    ++m_figures.health.totalChecks;
    if (probe.healthy) {
        ++m_figures.health.healthyChecks;
        m_probeMs += probe.responseMs;
    }
    m_lastProbes[probe.check] = {.isHealthy = probe.healthy, .detail = probe.detail};
    // The failing check tells what is wrong, whichever was asked last.
    const auto failing = failingProbe();
    const bool areAllHealthy = !failing.has_value();
    const auto update = [&](std::optional<ServiceStatus> &status) {
        if (!status)
            status = ServiceStatus{.seconds = seconds};
        status->healthy = areAllHealthy;
        status->probeDetail = failing.value_or(probe.detail);
    };
    // Each check's first probe belongs to how the service was found.
    if (m_figures.health.totalChecks <= m_lastProbes.size())
        update(m_figures.initial);
    update(m_figures.final);
    m_figures.final->seconds = seconds;
}

void ServiceTally::add(double seconds, const ContainerEventEvent &event)
{
    if (m_isEndExpected)
        return;
    if (event.what == u"oom")
        ++m_oomEvents;
    if (event.what != u"die" && event.what != u"vanished")
        return;
    // Who started the service and who watches its process both tell of one end.
    const bool isTold = m_crashCount > 0 && event.what != m_crashWhat
        && seconds - m_crashSeconds <= sameCrashWithinSeconds;
    if (isTold)
        return;
    m_crashSeconds = seconds;
    m_crashWhat = event.what;
    ++m_crashCount;
    if (m_crashes.size() < mostCrashTexts) {
        m_crashes.append(
            event.detail.isEmpty()
                ? ReportText::tr("ended at %1").arg(ReportText::clock(seconds))
                : ReportText::tr("ended at %1: %2")
                      .arg(ReportText::clock(seconds), ReportText::withoutStop(event.detail)));
    }
}

ServiceReport ServiceTally::report() const
{
    ServiceReport report = m_figures;
    report.plan = m_plan;
    report.isStressed = m_isStressed;
    report.growth = memoryGrowth(m_memory.points(), m_baselineMemory.points());
    if (m_cpuSeconds > 0.0)
        report.cpuAvgPercent = m_cpuSum / m_cpuSeconds;
    report.sustained = m_sustained.highest();
    report.totals = {.periods = m_periods.risen(),
                     .throttledPeriods = m_throttledPeriods.risen(),
                     .throttledUs = m_throttledUs.risen(),
                     .diskReadBytes = m_diskRead.risen(),
                     .diskWrittenBytes = m_diskWritten.risen(),
                     .networkReceivedBytes = m_networkReceived.risen(),
                     .networkSentBytes = m_networkSent.risen(),
                     .oomKills = m_oomKills.risen(),
                     .restarts = m_restarts.risen(),
                     .majorFaults = m_majorFaults.risen()};
    if (report.health.healthyChecks > 0)
        report.health.avgResponseMs = m_probeMs / double(report.health.healthyChecks);
    report.criticalFailures = criticalFailures();
    report.wasOomKilled = ownOomKills() > 0;
    return report;
}

/// Those of the service: our ballast's are none of them.
qint64 ServiceTally::ownOomKills() const
{
    return std::max(m_oomEvents, m_oomKills.risen().value_or(0) - m_ballastKills);
}

std::optional<QString> ServiceTally::failingProbe() const
{
    for (const LastProbe &probe : m_lastProbes) {
        if (!probe.isHealthy)
            return probe.detail;
    }
    return std::nullopt;
}

void ServiceTally::updateStatus(double seconds, const UsageSample &sample)
{
    const auto update = [&](std::optional<ServiceStatus> &status) {
        if (!status)
            status = ServiceStatus{};
        status->seconds = seconds;
        status->alive = sample.alive;
        status->pid = sample.pid;
        status->memoryMb = sample.alive ? sample.memoryMb : std::nullopt;
        status->cpuPercent = sample.alive ? sample.cpuPercent : std::nullopt;
    };
    if (!m_figures.initial || !m_figures.initial->alive)
        update(m_figures.initial);
    update(m_figures.final);
}

/// An engine tells of an OOM kill twice ("oom", then "die"), the control group's count once more:
/// what exceeds the crashes is told apart, so that one incident is not counted as three.
QStringList ServiceTally::criticalFailures() const
{
    QStringList failures = m_crashes;
    const qint64 kills = ownOomKills();
    if (kills > 0 && kills <= m_crashCount && !failures.isEmpty())
        failures.first() = ReportText::tr("killed for lack of memory, %1").arg(failures.first());
    for (qint64 i = m_crashCount; i < kills && failures.size() < 2 * mostCrashTexts; ++i)
        failures.append(ReportText::tr("killed for lack of memory"));
    if (const auto failing = failingProbe())
        failures.append(ReportText::tr("unhealthy at the end (%1)").arg(*failing));
    return failures;
}

double ServiceTally::limitCores() const
{
    const double cores = m_figures.cpuLimitCores.value_or(1.0);
    return cores > 0.0 ? cores : 1.0;
}

} // namespace lowtide
