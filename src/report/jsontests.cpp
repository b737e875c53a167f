// The JSON report's `test_results`: the seed's keys first, what we add after them.
#include "model/latencyfigures.h"

#include "report/jsonsections.h"
#include "report/judgement.h"

namespace lowtide {

namespace {

void writeSeedKeys(JsonPen &pen, MeasuredPen &measured, const TestReport &test)
{
    const LatencyFigures response = figuresOf(test.responseTime);
    pen.text("test_name", test.name);
    pen.text("description", test.description);
    pen.number("duration_seconds", test.durationSeconds);
    pen.flag("success", test.success);
    pen.count("operations_completed", test.counts.completed());
    pen.count("operations_failed", test.counts.notOk());
    measured.number("avg_response_time_ms", response.meanMs);
    measured.number("p95_response_time_ms", response.p95Ms);
    measured.number("p99_response_time_ms", response.p99Ms);
    measured.number("max_memory_mb", test.usage.maxMemoryMb);
    measured.number("avg_cpu_percent", test.usage.avgCpuPercent);
    measured.number("peak_cpu_percent", test.usage.peakCpuPercent);
    measured.number("error_rate_percent", errorRatePercent(test.counts));
    pen.beginObject("additional_metrics");
    for (auto it = test.metrics.cbegin(); it != test.metrics.cend(); ++it)
        pen.number(it.key(), it.value());
    for (auto it = test.remarks.cbegin(); it != test.remarks.cend(); ++it) {
        if (!test.metrics.contains(it.key()))
            pen.text(it.key(), it.value());
    }
    pen.endObject();
    pen.beginObject("service_health_summary");
    pen.count("total_checks", test.health.totalChecks);
    pen.count("healthy_checks", test.health.healthyChecks);
    pen.number("avg_response_time_ms", test.health.avgResponseMs);
    pen.endObject();
}

void writeCycles(JsonPen &pen, const TestReport &test)
{
    pen.beginArray("cycles");
    for (const CycleReport &cycle : test.cycles) {
        pen.beginObject();
        pen.count("cycle", qint64(cycle.index));
        pen.number("begin_seconds", cycle.beginSeconds);
        pen.number("duration_seconds", cycle.lengthSeconds);
        writeCounts(pen, "counts", cycle.counts);
        pen.number("p95_response_time_ms", cycle.responseTime.p95Ms);
        pen.number("error_rate_percent", errorRatePercent(cycle.counts));
        pen.number("memory_mb_at_end", cycle.memoryMb);
        pen.endObject();
    }
    pen.endArray();
}

void writeLoad(JsonPen &pen, const TestReport &test)
{
    pen.text("type", test.type);
    pen.text("service", test.service);
    pen.text("end", test.end);
    pen.text("note", test.note);
    pen.text("verdict", verdictId(test.verdict));
    pen.number("planned_seconds", test.plannedSeconds);
    pen.text("load_model", test.loadModel);
    pen.count("users", test.users > 0 ? std::optional(qint64(test.users)) : std::nullopt);
    pen.count("queue_bound",
              test.users > 0 ? std::optional(qint64(test.queueBound)) : std::nullopt);
    writeCounts(pen, "counts", test.counts);
    pen.counts("failed_by_kind", test.failedByKind);
    pen.counts("failed_by_status", test.failedByStatus);
}

} // namespace

void writeCounts(JsonPen &pen, const char *key, const OperationCounts &counts)
{
    pen.beginObject(key);
    pen.count("planned", counts.planned);
    pen.count("sent", counts.sent);
    pen.count("ok", counts.ok);
    pen.count("failed", counts.failed);
    pen.count("timed_out", counts.timedOut);
    pen.count("dropped", counts.dropped);
    pen.count("cancelled", counts.cancelled);
    pen.count("in_flight", counts.inFlight);
    pen.endObject();
}

void writeFigures(JsonPen &pen, const char *key, const LatencyFigures &figures)
{
    pen.beginObject(key);
    pen.count("count", figures.count);
    pen.number("p50", figures.p50Ms);
    pen.number("p90", figures.p90Ms);
    pen.number("p95", figures.p95Ms);
    pen.number("p99", figures.p99Ms);
    pen.number("max", figures.maxMs);
    pen.number("mean", figures.meanMs);
    pen.endObject();
}

void MeasuredPen::number(const char *key, std::optional<double> value)
{
    m_pen.number(key, value);
    if (!value)
        m_missing.append(QString::fromLatin1(key));
}

void writeTests(JsonPen &pen, const RunReport &report)
{
    pen.beginArray("test_results");
    for (const TestReport &test : report.tests) {
        pen.beginObject();
        MeasuredPen measured(pen);
        writeSeedKeys(pen, measured, test);
        measured.writeNotMeasured();
        writeLoad(pen, test);
        writeFigures(pen, "response_time_ms", figuresOf(test.responseTime));
        writeFigures(pen, "service_time_ms", figuresOf(test.serviceTime));
        const QString lack = percentilesLack(test);
        if (!lack.isEmpty())
            pen.text("percentiles_lack", lack);
        pen.number("max_memory_with_ballast_mb", test.usage.maxWithBallastMb);
        pen.beginObject("max_memory_mb_by_service");
        for (auto it = test.usage.maxMemoryMbByService.cbegin();
             it != test.usage.maxMemoryMbByService.cend(); ++it)
            pen.number(it.key(), it.value());
        pen.endObject();
        pen.beginObject("histograms");
        pen.text("response_time", QString::fromLatin1(test.responseTime.toBase64()));
        pen.text("service_time", QString::fromLatin1(test.serviceTime.toBase64()));
        pen.endObject();
        writeCycles(pen, test);
        if (report.started.detailedMetrics) {
            pen.beginArray("requests");
            for (const RequestReport &request : test.requests) {
                pen.beginObject();
                pen.text("name", request.name);
                writeFigures(pen, "response_time_ms", request.responseTime);
                pen.endObject();
            }
            pen.endArray();
        }
        pen.endObject();
    }
    pen.endArray();
}

} // namespace lowtide
