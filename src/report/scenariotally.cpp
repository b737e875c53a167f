#include "report/scenariotally.h"

#include "model/latencyfigures.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr qsizetype mostCycles = 1000;
/// The load itself names at most 50 requests; a journal from elsewhere may not.
constexpr qsizetype mostRequests = 64;

OperationCounts difference(const OperationCounts &a, const OperationCounts &b)
{
    return {.planned = a.planned - b.planned,
            .sent = a.sent - b.sent,
            .ok = a.ok - b.ok,
            .failed = a.failed - b.failed,
            .timedOut = a.timedOut - b.timedOut,
            .dropped = a.dropped - b.dropped,
            .cancelled = a.cancelled - b.cancelled,
            .inFlight = a.inFlight - b.inFlight};
}

QMap<QString, qint64> difference(QMap<QString, qint64> totals, const QMap<QString, qint64> &before)
{
    for (auto it = before.cbegin(); it != before.cend(); ++it) {
        const qint64 left = totals.value(it.key()) - it.value();
        if (left > 0)
            totals[it.key()] = left;
        else
            totals.remove(it.key());
    }
    return totals;
}

} // namespace

ScenarioTally::ScenarioTally(RunStartedEvent::Scenario plan)
    : m_plan(std::move(plan))
{
}

void ScenarioTally::add(double seconds, const PhaseEvent &phase)
{
    if (phase.phase == u"baseline")
        return;
    if (phase.begins) {
        m_hasBegun = true;
        m_hasTurns = true;
        m_activeSince = seconds;
    } else if (m_activeSince) {
        m_activeSeconds += seconds - *m_activeSince;
        m_activeSince.reset();
        m_usage.interrupt();
    }
}

void ScenarioTally::add(double seconds, const CycleEvent &cycle)
{
    if (cycle.begins) {
        // What a turn still has to tell after its end (late intervals) belongs to it until the
        // next.
        if (m_cycle && m_cycles.size() < mostCycles)
            m_cycles.append(closed(*m_cycle, seconds));
        m_cycle.emplace();
        m_cycle->index = cycle.index;
        m_cycle->beginSeconds = seconds;
        m_cycle->countsBefore = m_counts;
    } else if (m_cycle) {
        m_cycle->endSeconds = seconds;
        if (const auto memory = m_usage.latestMemory())
            m_cycle->memoryMb = memory->value;
    }
}

void ScenarioTally::add(const IntervalEvent &interval)
{
    m_counts = interval.counts;
    m_kinds = interval.failedByKind;
    m_statuses = interval.failedByStatus;
    if (interval.phase == u"baseline") {
        if (!m_baseline)
            m_baseline = BaselineReport{.scenario = m_plan.name};
        m_baseline->counts = m_counts;
        m_baselineCounts = m_counts;
        m_baselineKinds = m_kinds;
        m_baselineStatuses = m_statuses;
        return;
    }
    m_hasBegun = true;
    m_counters = interval.counters;
    m_intervalSeconds += interval.intervalSeconds;
}

void ScenarioTally::add(const HistogramEvent &histogram)
{
    const bool isResponse = histogram.series == u"response_time";
    if (!isResponse && histogram.series != u"service_time")
        return;
    // addBase64 leaves a histogram alone when the data is damaged: the counts then tell what is
    // missing.
    if (histogram.phase == u"baseline") {
        if (!histogram.request.isEmpty())
            return;
        auto &target = isResponse ? m_baselineResponse : m_baselineService;
        if (!target)
            target.emplace();
        static_cast<void>(target->addBase64(histogram.data));
        return;
    }
    if (histogram.request.isEmpty()) {
        static_cast<void>((isResponse ? m_responseTime : m_serviceTime).addBase64(histogram.data));
        if (isResponse && m_cycle)
            static_cast<void>(m_cycle->responseTime.addBase64(histogram.data));
        return;
    }
    if (!isResponse)
        return;
    const bool isKnown = m_requests.contains(histogram.request);
    const QString name =
        isKnown || m_requests.size() < mostRequests ? histogram.request : u"other"_s;
    static_cast<void>(m_requests[name].addBase64(histogram.data));
}

void ScenarioTally::add(const ScenarioFinishedEvent &finished)
{
    m_hasBegun = m_hasBegun || finished.end != u"not_run";
    m_finished = finished;
    if (finished.counts.planned >= m_counts.planned)
        m_counts = finished.counts;
}

void ScenarioTally::add(double seconds, const UsageSample &sample, double cpuSeconds)
{
    if (!m_activeSince)
        return;
    // CPU is a mean over the second before: a sample that reaches back beyond the begin holds
    // another's.
    const bool isInside = seconds - cpuSeconds >= *m_activeSince;
    static_cast<void>(
        m_usage.add(seconds, sample, isInside ? std::optional(cpuSeconds) : std::nullopt));
}

void ScenarioTally::add(const ProbeEvent &probe)
{
    if (!m_activeSince)
        return;
    ++m_health.totalChecks;
    if (!probe.healthy)
        return;
    ++m_health.healthyChecks;
    m_probeMs += probe.responseMs;
}

TestReport ScenarioTally::report(double endSeconds) const
{
    TestReport test{.name = m_plan.name,
                    .type = m_plan.type,
                    .description = m_plan.description,
                    .service = m_plan.service,
                    .end = hasBegun() ? u"unfinished"_s : u"not_run"_s,
                    .plannedSeconds = m_plan.plannedSeconds,
                    .loadModel = m_plan.loadModel,
                    .users = m_plan.users,
                    .queueBound = m_plan.queueBound,
                    .counts = counts(),
                    .failedByKind = difference(m_kinds, m_baselineKinds),
                    .failedByStatus = difference(m_statuses, m_baselineStatuses),
                    .responseTime = m_responseTime,
                    .serviceTime = m_serviceTime,
                    .usage = m_usage.figures(),
                    .health = m_health,
                    .cycles = m_cycles};
    test.durationSeconds = m_activeSeconds;
    if (m_activeSince)
        test.durationSeconds += endSeconds - *m_activeSince;
    else if (!m_hasTurns)
        test.durationSeconds = m_intervalSeconds;
    if (m_health.healthyChecks > 0)
        test.health.avgResponseMs = m_probeMs / double(m_health.healthyChecks);
    if (m_cycle)
        test.cycles.append(closed(*m_cycle, endSeconds));
    for (auto it = m_requests.cbegin(); it != m_requests.cend(); ++it)
        test.requests.append({.name = it.key(), .responseTime = figuresOf(it.value())});
    if (m_finished) {
        test.end = m_finished->end;
        test.note = m_finished->note;
        test.metrics = m_finished->metrics;
        test.remarks = m_finished->remarks;
        const QString why = test.remarks.value(noDataRemark);
        if (!why.isEmpty() && !test.note.contains(why))
            test.note = test.note.isEmpty() ? why : u"%1; %2"_s.arg(test.note, why);
    } else {
        for (auto it = m_counters.cbegin(); it != m_counters.cend(); ++it)
            test.metrics[it.key()] = double(it.value());
    }
    return test;
}

std::optional<BaselineReport> ScenarioTally::baseline() const
{
    if (!m_baseline)
        return std::nullopt;
    BaselineReport baseline = *m_baseline;
    if (m_baselineResponse)
        baseline.responseTime = figuresOf(*m_baselineResponse);
    if (m_baselineService)
        baseline.serviceTime = figuresOf(*m_baselineService);
    return baseline;
}

CycleReport ScenarioTally::closed(const OpenCycle &cycle, double endSeconds) const
{
    return {.index = cycle.index,
            .beginSeconds = cycle.beginSeconds,
            .lengthSeconds = cycle.endSeconds.value_or(endSeconds) - cycle.beginSeconds,
            .counts = difference(m_counts, cycle.countsBefore),
            .responseTime = figuresOf(cycle.responseTime),
            .memoryMb = cycle.memoryMb};
}

OperationCounts ScenarioTally::counts() const { return difference(m_counts, m_baselineCounts); }

} // namespace lowtide
