#pragma once

#include "model/runevent.h"
#include "report/reportbuilder.h"
#include "stats/latencyhistogram.h"

#include <QList>

namespace lowtide::made {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Pieces of a journal for tests, with the figures that a test cares about.
inline RunStartedEvent started(const QStringList &scenarios = {u"http_load"_s})
{
    RunStartedEvent event;
    event.runId = u"20240229_120000"_s;
    event.wallClock = u"2024-02-29T12:00:00Z"_s;
    event.suite = u"Suite"_s;
    event.services = {{.name = u"shop"_s,
                       .url = u"http://127.0.0.1:1"_s,
                       .memoryLimitBytes = Bytes::fromMb(128).count(),
                       .cpuLimitCores = 0.5,
                       .limits = u"applied"_s},
                      {.name = u"board"_s, .url = u"http://127.0.0.1:2"_s, .limits = u"none"_s}};
    for (const QString &name : scenarios)
        event.scenarios.append({.name = name,
                                .type = u"http_load"_s,
                                .description = u"about "_s + name,
                                .service = u"shop"_s,
                                .plannedSeconds = 10,
                                .loadModel = u"open"_s,
                                .users = 3,
                                .queueBound = 1000});
    return event;
}

inline RunEvent phase(double seconds, const QString &scenario, bool begins,
                      const QString &name = u"stress"_s)
{
    return {seconds, PhaseEvent{.phase = name, .scenario = scenario, .begins = begins}};
}

inline RunEvent process(double seconds, const QString &service, double memoryMb,
                        std::optional<double> cpuPercent = {})
{
    return {seconds,
            ProcessEvent{.service = service,
                         .pid = 42,
                         .memoryBytes = Bytes::fromMb(memoryMb).count(),
                         .cpuPercent = cpuPercent}};
}

inline RunEvent probe(double seconds, const QString &service, bool healthy)
{
    return {seconds,
            ProbeEvent{.service = service,
                       .check = u"http"_s,
                       .healthy = healthy,
                       .responseMs = 2.0,
                       .detail = healthy ? u"200"_s : u"refused"_s}};
}

inline RunEvent interval(double seconds, const QString &scenario, const OperationCounts &counts,
                         const QString &phaseName = u"stress"_s)
{
    return {seconds, IntervalEvent{.scenario = scenario, .phase = phaseName, .counts = counts}};
}

inline RunEvent histogram(double seconds, const QString &scenario, Nanoseconds value, qint64 count,
                          const QString &series = u"response_time"_s,
                          const QString &phaseName = u"stress"_s, const QString &request = {})
{
    LatencyHistogram values;
    values.record(value, count);
    return {seconds,
            HistogramEvent{.scenario = scenario,
                           .phase = phaseName,
                           .request = request,
                           .series = series,
                           .data = values.toBase64()}};
}

inline RunEvent finished(double seconds, const QString &scenario, const OperationCounts &counts,
                         const QMap<QString, double> &metrics = {})
{
    return {seconds,
            ScenarioFinishedEvent{
                .scenario = scenario, .end = u"completed"_s, .counts = counts, .metrics = metrics}};
}

inline RunEvent runFinished(double seconds, const QString &end = u"completed"_s)
{
    return {seconds, RunFinishedEvent{.end = end}};
}

inline Objective objective(const QString &metric, double limit,
                           Comparison comparison = Comparison::Below, const QString &scope = {})
{
    Objective made{.id = metric, .metric = metric, .scope = scope};
    made.comparison = comparison;
    made.limit = limit;
    if (metric == u"response_time")
        made.percentile = 95;
    return made;
}

inline RunReport reportOf(const QList<RunEvent> &events)
{
    ReportBuilder builder;
    for (const RunEvent &event : events)
        builder.add(event);
    return builder.report();
}

} // namespace lowtide::made
