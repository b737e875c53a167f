// The JSON report's record of the run: objectives, what happened when, timeline, profile, journal.
#include "report/jsonsections.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

QString comparisonId(Comparison comparison)
{
    switch (comparison) {
    case Comparison::Below:
        return u"<"_s;
    case Comparison::AtMost:
        return u"<="_s;
    case Comparison::AtLeast:
        return u">="_s;
    }
    return {};
}

void writeUsage(JsonPen &pen, const QMap<QString, UsagePoint> &services)
{
    pen.beginObject("services");
    for (auto it = services.cbegin(); it != services.cend(); ++it) {
        pen.beginObject(it.key());
        pen.number("memory_mb", it->memoryMb);
        pen.number("cpu_percent", it->cpuPercent);
        if (it->ballastMb)
            pen.number("ballast_mb", it->ballastMb);
        pen.endObject();
    }
    pen.endObject();
}

void writeRow(JsonPen &pen, const TimelineRow &row)
{
    pen.beginObject();
    pen.number("t", row.beginSeconds);
    pen.number("seconds", row.lengthSeconds);
    pen.text("scenario", row.scenario);
    pen.text("phase", row.phase);
    pen.count("planned", row.planned);
    pen.count("ok", row.ok);
    pen.count("not_ok", row.notOk);
    pen.count("in_flight", row.inFlight);
    pen.number("p50_ms", row.p50Ms);
    pen.number("p95_ms", row.p95Ms);
    pen.number("p99_ms", row.p99Ms);
    pen.number("max_ms", row.maxMs);
    pen.flag("healthy", row.healthy);
    writeUsage(pen, row.services);
    pen.endObject();
}

void writeAlerts(JsonPen &pen, const RunReport &report)
{
    pen.beginArray("alerts");
    for (const Timed<AlertEvent> &alert : report.alerts) {
        pen.beginObject();
        pen.number("t", alert.seconds);
        pen.text("id", alert.what.id);
        pen.text("scope", alert.what.scope);
        pen.flag("raised", alert.what.raised);
        pen.number("measured", alert.what.measured);
        pen.number("limit", alert.what.limit);
        pen.text("unit", alert.what.unit);
        pen.text("text", alert.what.text);
        pen.endObject();
    }
    pen.endArray();
}

void writeActions(JsonPen &pen, const RunReport &report)
{
    pen.beginArray("actions");
    for (const Timed<ActionEvent> &action : report.actions) {
        pen.beginObject();
        pen.number("t", action.seconds);
        pen.text("id", action.what.id);
        pen.text("scope", action.what.scope);
        pen.text("detail", action.what.detail);
        pen.number("value", action.what.value);
        pen.endObject();
    }
    pen.endArray();
}

void writeLimits(JsonPen &pen, const RunReport &report)
{
    pen.beginArray("limit_changes");
    for (const Timed<LimitEvent> &limit : report.limits) {
        pen.beginObject();
        pen.number("t", limit.seconds);
        pen.text("target", limit.what.target);
        pen.text("what", limit.what.what);
        pen.number("before", limit.what.before);
        pen.number("after", limit.what.after);
        pen.text("why", limit.what.why);
        pen.endObject();
    }
    pen.endArray();
}

/// The value's own JSON text where it is valid, else that text as a string.
QByteArray valueText(const QString &value)
{
    const QByteArray wrapped = "[" + value.toUtf8() + "]";
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(wrapped, &error);
    if (error.error != QJsonParseError::NoError)
        return {};
    const QByteArray compact = document.toJson(QJsonDocument::Compact);
    return compact.mid(1, compact.size() - 2);
}

} // namespace

void writeObjectives(JsonPen &pen, const RunReport &report)
{
    pen.beginArray("objectives");
    for (const ObjectiveResult &result : report.objectives) {
        const Objective &objective = result.objective;
        pen.beginObject();
        pen.text("id", objective.id);
        pen.text("metric", objective.metric);
        pen.text("scope", objective.scope);
        pen.text("verdict", verdictId(result.verdict));
        pen.number("measured", result.measured);
        pen.text("comparison", comparisonId(objective.comparison));
        pen.number("limit", objective.limit);
        pen.text("unit", objective.unit);
        pen.number("percentile", objective.percentile);
        pen.flag("decides", objective.decides);
        pen.text("note", result.note);
        pen.endObject();
    }
    pen.endArray();
}

void writeHappeningParts(JsonPen &pen, const RunReport &report)
{
    writeAlerts(pen, report);
    writeActions(pen, report);
    writeLimits(pen, report);
    pen.beginArray("phases");
    for (const PhaseSpan &phase : report.phases) {
        pen.beginObject();
        pen.text("phase", phase.phase);
        pen.text("scenario", phase.scenario);
        pen.number("begin_seconds", phase.beginSeconds);
        pen.number("end_seconds", phase.endSeconds);
        pen.endObject();
    }
    pen.endArray();
    pen.count("omitted_entries", report.omittedEntries);
}

void writeTimelineParts(JsonPen &pen, const RunReport &report)
{
    pen.setCompact(true);
    if (report.started.detailedMetrics) {
        pen.beginArray("timeline");
        for (const TimelineRow &row : report.timeline)
            writeRow(pen, row);
        pen.endArray();
    }
    if (report.started.resourceSnapshots) {
        pen.beginArray("snapshots");
        for (const Timed<QMap<QString, UsagePoint>> &snapshot : report.snapshots) {
            pen.beginObject();
            pen.number("t", snapshot.seconds);
            writeUsage(pen, snapshot.what);
            pen.endObject();
        }
        pen.endArray();
    }
    pen.setCompact(false);
}

void writeProfile(JsonPen &pen, const RunReport &report)
{
    pen.setCompact(true);
    pen.beginArray("effective_profile");
    for (const EffectiveValue &value : report.started.settings) {
        pen.beginObject();
        pen.text("path", value.path);
        const QByteArray json = valueText(value.value);
        if (json.isEmpty())
            pen.text("value", value.value);
        else
            pen.json("value", json);
        pen.text("source", valueSourceId(value.source));
        pen.text("origin", value.origin);
        pen.endObject();
    }
    pen.endArray();
    pen.setCompact(false);
}

void writeJournal(JsonPen &pen, const RunReport &report)
{
    pen.beginObject("journal");
    pen.flag("finished", report.journal.finished);
    pen.flag("truncated", report.journal.truncated);
    pen.count("lines", report.journal.lines);
    pen.flag("still_running", report.journal.stillRunning);
    pen.count("skipped_lines", report.journal.skippedLines);
    pen.count("lost_events", report.lostEvents);
    pen.count("unknown_kinds", report.journal.unknownKinds);
    pen.number("last_seconds", report.journal.lastSeconds);
    pen.texts("notes", report.journal.notes);
    pen.endObject();
}

} // namespace lowtide
