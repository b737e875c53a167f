// The JSON report's services, containers and our own process.
#include "report/jsonsections.h"

namespace lowtide {

namespace {

std::optional<double> mb(std::optional<qint64> bytes)
{
    return bytes ? std::optional(Bytes(*bytes).mb()) : std::nullopt;
}

std::optional<double> percentOf(std::optional<double> part, std::optional<double> whole)
{
    if (!part || !whole || *whole <= 0.0)
        return std::nullopt;
    return 100.0 * *part / *whole;
}

void writeThrottling(JsonPen &pen, const ServiceTotals &totals)
{
    pen.beginObject("throttling");
    pen.count("periods", totals.periods);
    pen.count("throttled_periods", totals.throttledPeriods);
    pen.number("throttled_seconds",
               totals.throttledUs ? std::optional(double(*totals.throttledUs) / 1e6)
                                  : std::nullopt);
    const auto asDouble = [](std::optional<qint64> value) {
        return value ? std::optional(double(*value)) : std::nullopt;
    };
    pen.number("throttled_percent",
               percentOf(asDouble(totals.throttledPeriods), asDouble(totals.periods)));
    pen.endObject();
}

void writeMemory(JsonPen &pen, MeasuredPen &measured, const ServiceReport &service)
{
    measured.number("memory_peak_mb", service.memoryPeakMb);
    pen.number("memory_high_water_mb", service.highWaterMb);
    pen.number("memory_last_mb", service.memoryLastMb);
    pen.number("memory_peak_percent_of_limit",
               percentOf(service.memoryPeakMb, service.memoryLimitMb));
    pen.number("ballast_peak_mb", service.ballastPeakMb);
    writeGrowth(pen, "memory_growth", service.growth);
}

void writeCpu(JsonPen &pen, MeasuredPen &measured, const ServiceReport &service)
{
    measured.number("cpu_avg_percent", service.cpuAvgPercent);
    measured.number("cpu_peak_percent", service.cpuPeakPercent);
    const double cores = service.cpuLimitCores.value_or(1.0);
    pen.number("cpu_avg_percent_of_limit", percentOf(service.cpuAvgPercent, 100.0 * cores));
    pen.beginObject("cpu_sustained");
    const auto &sustained = service.sustained;
    pen.number("percent_of_limit",
               sustained ? std::optional(sustained->percentOfLimit) : std::nullopt);
    pen.number("window_seconds",
               sustained ? std::optional(sustained->windowSeconds) : std::nullopt);
    pen.number("end_seconds", sustained ? std::optional(sustained->endSeconds) : std::nullopt);
    pen.endObject();
    writeThrottling(pen, service.totals);
}

void writeService(JsonPen &pen, const ServiceReport &service)
{
    MeasuredPen measured(pen);
    pen.beginObject();
    pen.text("name", service.plan.name);
    pen.text("url", service.plan.url);
    pen.text("websocket_url", service.plan.websocketUrl);
    pen.text("container", service.plan.container);
    pen.flag("stressed", service.isStressed);
    pen.flag("started_by_run", service.plan.startedByRun);
    pen.text("limits", service.plan.limits);
    pen.text("limits_note", service.plan.limitsNote);
    pen.number("memory_limit_mb", service.memoryLimitMb);
    pen.number("cpu_limit_cores", service.cpuLimitCores);
    writeMemory(pen, measured, service);
    writeCpu(pen, measured, service);
    measured.number("disk_read_mb", mb(service.totals.diskReadBytes));
    measured.number("disk_written_mb", mb(service.totals.diskWrittenBytes));
    measured.number("network_received_mb", mb(service.totals.networkReceivedBytes));
    measured.number("network_sent_mb", mb(service.totals.networkSentBytes));
    pen.count("oom_kills", service.totals.oomKills);
    pen.count("restarts", service.totals.restarts);
    pen.beginObject("health");
    pen.count("total_checks", service.health.totalChecks);
    pen.count("healthy_checks", service.health.healthyChecks);
    pen.number("avg_response_time_ms", service.health.avgResponseMs);
    pen.endObject();
    pen.texts("critical_failures", service.criticalFailures);
    measured.writeNotMeasured();
    pen.endObject();
}

} // namespace

void writeContainerStatus(JsonPen &pen, const char *key,
                          const QMap<QString, ContainerStatus> &containers)
{
    pen.beginObject(key);
    for (auto it = containers.cbegin(); it != containers.cend(); ++it) {
        pen.beginObject(it.key());
        pen.text("status", it->state);
        pen.text("health", it->health.value_or(QString()));
        pen.text("id", it->id);
        pen.text("service", it->service);
        pen.number("at_seconds", it->seconds);
        pen.number("memory_mb", it->memoryMb);
        pen.number("cpu_percent", it->cpuPercent);
        pen.count("restarts", it->restarts);
        pen.count("oom_kills", it->oomKills);
        pen.endObject();
    }
    pen.endObject();
}

void writeServiceStatus(JsonPen &pen, const char *key, const RunReport &report,
                        std::optional<ServiceStatus> ServiceReport::*status)
{
    pen.beginObject(key);
    for (const ServiceReport &service : report.services) {
        const ServiceStatus shown = (service.*status).value_or(ServiceStatus{});
        pen.beginObject(service.plan.name);
        pen.flag("healthy", shown.healthy);
        pen.text("probe", shown.probeDetail);
        pen.flag("alive", shown.alive);
        pen.count("pid", shown.pid);
        pen.number("memory_mb", shown.memoryMb);
        pen.number("cpu_percent", shown.cpuPercent);
        pen.number("at_seconds", shown.seconds);
        pen.endObject();
    }
    pen.endObject();
}

void writeServices(JsonPen &pen, const RunReport &report)
{
    pen.beginArray("services");
    for (const ServiceReport &service : report.services)
        writeService(pen, service);
    pen.endArray();
}

void writeGenerator(JsonPen &pen, const RunReport &report)
{
    if (!report.generator) {
        pen.json("generator", "null");
        return;
    }
    const GeneratorReport &generator = *report.generator;
    pen.beginObject("generator");
    pen.number("avg_cpu_percent", generator.avgCpuPercent);
    pen.number("peak_cpu_percent", generator.peakCpuPercent);
    pen.number("peak_memory_mb", generator.peakMemoryMb);
    pen.beginObject("lateness_ms");
    pen.count("count", generator.latenessCount);
    pen.number("p50_worst_second", generator.latenessP50Ms);
    pen.number("p99_worst_second", generator.latenessP99Ms);
    pen.number("max", generator.latenessMaxMs);
    pen.endObject();
    pen.endObject();
}

void writeGrowth(JsonPen &pen, const char *key, const std::optional<MemoryGrowth> &growth)
{
    if (!growth) {
        pen.json(key, "null");
        return;
    }
    pen.beginObject(key);
    pen.number("growth_mb", growth->growthMb());
    pen.number("before_mb", growth->beforeMb);
    pen.number("after_mb", growth->afterMb);
    pen.number("rate_mb_per_minute", growth->ratePerMinuteMb);
    pen.number("seconds", growth->seconds);
    pen.flag("from_baseline", growth->fromBaseline);
    pen.endObject();
}

} // namespace lowtide
