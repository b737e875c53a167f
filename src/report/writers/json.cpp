// Format "json": the seed's keys first, in the seed's order, and what we add beside them. Its form
// is resources/schema/report.schema.json.
#include "report/jsonsections.h"
#include "report/reporttext.h"
#include "report/reportwriter.h"

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

void writeSummary(JsonPen &pen, const RunReport &report)
{
    const OperationCounts counts = report.counts();
    const auto tests = double(report.tests.size());
    MeasuredPen measured(pen);
    pen.beginObject("summary");
    pen.flag("overall_success", report.verdict == Verdict::Pass);
    measured.number("success_rate_percent",
                    report.tests.isEmpty()
                        ? std::nullopt
                        : std::optional(100.0 * double(report.successfulTests()) / tests));
    measured.number("avg_response_time_ms", report.avgResponseMs());
    measured.number("max_memory_mb", report.usage.maxMemoryMb);
    measured.number("avg_cpu_percent", report.usage.avgCpuPercent);
    pen.count("total_operations", counts.planned - counts.cancelled);
    pen.count("total_failures", counts.notOk());
    pen.texts("recommendations", report.recommendations);
    measured.number("peak_cpu_percent", report.usage.peakCpuPercent);
    measured.number("error_rate_percent", errorRatePercent(counts));
    pen.number("max_memory_with_ballast_mb", report.usage.maxWithBallastMb);
    pen.beginObject("max_memory_mb_by_service");
    for (auto it = report.usage.maxMemoryMbByService.cbegin();
         it != report.usage.maxMemoryMbByService.cend(); ++it)
        pen.number(it.key(), it.value());
    pen.endObject();
    writeGrowth(pen, "memory_growth", report.growth);
    writeCounts(pen, "counts", counts);
    measured.writeNotMeasured();
    pen.endObject();
}

void writeSeedKeys(JsonPen &pen, const RunReport &report)
{
    pen.text("test_suite", report.started.suite);
    pen.text("timestamp", report.started.wallClock);
    pen.number("duration_seconds", report.durationSeconds);
    pen.count("total_tests", qint64(report.tests.size()));
    pen.count("successful_tests", report.successfulTests());
    pen.count("failed_tests", qint64(report.tests.size()) - report.successfulTests());
    writeTests(pen, report);
    writeSummary(pen, report);
    writeContainerStatus(pen, "initial_container_status", report.initialContainers);
    writeContainerStatus(pen, "final_container_status", report.finalContainers);
}

void writeAbout(JsonPen &pen, const RunReport &report)
{
    pen.count("schema_version", qint64(reportSchemaVersion));
    pen.text("run_id", report.started.runId);
    pen.text("mode", report.started.mode);
    pen.text("verdict", verdictId(report.verdict));
    pen.count("exit_code", qint64(report.exitCode));
    pen.flag("interrupted", report.isInterrupted());
    pen.flag("recovered_from_journal", report.isRecovered());
    pen.text("end", report.end);
    pen.text("end_note", report.endNote);
    pen.text("description", report.started.description);
    pen.text("environment", report.started.environment);
    pen.number("planned_seconds", report.started.plannedSeconds);
    pen.beginObject("made_by");
    pen.text("version", report.started.version);
    pen.text("qt_version", report.started.qtVersion);
    pen.text("kernel", report.started.kernel);
    pen.text("machine", report.started.machine);
    pen.endObject();
}

void writeBaseline(JsonPen &pen, const RunReport &report)
{
    pen.beginArray("baseline");
    for (const BaselineReport &baseline : report.baseline) {
        pen.beginObject();
        pen.text("scenario", baseline.scenario);
        writeCounts(pen, "counts", baseline.counts);
        writeFigures(pen, "response_time_ms", baseline.responseTime);
        writeFigures(pen, "service_time_ms", baseline.serviceTime);
        pen.endObject();
    }
    pen.endArray();
}

class JsonWriter : public ReportWriter {
public:
    QString id() const override { return u"json"_s; }
    QString title() const override { return ReportText::tr("JSON report"); }

    QByteArray write(const RunReport &report) const override
    {
        JsonPen pen;
        pen.beginObject();
        writeSeedKeys(pen, report);
        writeAbout(pen, report);
        writeObjectives(pen, report);
        writeServiceStatus(pen, "initial_service_status", report, &ServiceReport::initial);
        writeServiceStatus(pen, "final_service_status", report, &ServiceReport::final);
        writeServices(pen, report);
        writeGenerator(pen, report);
        writeBaseline(pen, report);
        writeHappeningParts(pen, report);
        writeTimelineParts(pen, report);
        writeProfile(pen, report);
        pen.texts("warnings", report.warnings);
        writeJournal(pen, report);
        pen.endObject();
        return pen.take();
    }
};

const ReportFormat format(std::make_unique<JsonWriter>());

} // namespace

} // namespace lowtide
