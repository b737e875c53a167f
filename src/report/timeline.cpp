#include "report/timeline.h"

#include <algorithm>
#include <cmath>

namespace lowtide {

namespace {

constexpr std::size_t mostRows = 1800;

void raise(std::optional<double> &highest, std::optional<double> value)
{
    if (value)
        highest = std::max(highest.value_or(*value), *value);
}

void raise(UsagePoint &highest, const UsagePoint &value)
{
    raise(highest.memoryMb, value.memoryMb);
    raise(highest.ballastMb, value.ballastMb);
}

} // namespace

void Timeline::add(double seconds, const IntervalEvent &interval)
{
    // An interval ends at its moment: its middle says which row it belongs to.
    Row &row = rowAt(seconds - interval.intervalSeconds / 2.0);
    OperationCounts &before = m_before[interval.scenario];
    row.shown.scenario = interval.scenario;
    row.shown.phase = interval.phase;
    row.shown.planned += interval.counts.planned - before.planned;
    row.shown.ok += interval.counts.ok - before.ok;
    row.shown.notOk += interval.counts.notOk() - before.notOk();
    row.shown.inFlight = interval.counts.inFlight;
    before = interval.counts;
    raise(row.shown.p50Ms, interval.responseTime.p50Ms);
    raise(row.shown.p95Ms, interval.responseTime.p95Ms);
    raise(row.shown.p99Ms, interval.responseTime.p99Ms);
    raise(row.shown.maxMs, interval.responseTime.maxMs);
}

void Timeline::add(double seconds, const UsageSample &sample)
{
    Row &row = rowAt(seconds);
    raise(row.shown.services[sample.service],
          {.memoryMb = sample.alive ? sample.memoryMb : std::nullopt,
           .cpuPercent = {},
           .ballastMb = sample.ballastMb});
    if (!sample.alive || !sample.cpuPercent)
        return;
    CpuSum &cpu = row.cpu[sample.service];
    cpu.percent += *sample.cpuPercent;
    ++cpu.samples;
}

void Timeline::add(double seconds, const ProbeEvent &probe)
{
    Row &row = rowAt(seconds);
    row.shown.healthy = row.shown.healthy.value_or(true) && probe.healthy;
}

QList<TimelineRow> Timeline::rows() const
{
    QList<TimelineRow> rows;
    rows.reserve(qsizetype(m_rows.size()));
    for (const auto &[index, row] : m_rows) {
        TimelineRow shown = row.shown;
        shown.beginSeconds = double(index) * m_rowSeconds;
        shown.lengthSeconds = m_rowSeconds;
        for (auto it = row.cpu.cbegin(); it != row.cpu.cend(); ++it)
            shown.services[it.key()].cpuPercent = it->percent / it->samples;
        rows.append(shown);
    }
    return rows;
}

Timeline::Row &Timeline::rowAt(double seconds)
{
    const auto index = [this, seconds] {
        return qint64(std::floor(std::max(0.0, seconds) / m_rowSeconds));
    };
    while (m_rows.size() >= mostRows && !m_rows.contains(index()))
        halve();
    return m_rows[index()];
}

void Timeline::halve()
{
    m_rowSeconds *= 2.0;
    std::map<qint64, Row> merged;
    for (const auto &[index, row] : m_rows) {
        const auto [place, isNew] = merged.try_emplace(index / 2, row);
        if (!isNew)
            merge(place->second, row);
    }
    m_rows = std::move(merged);
}

void Timeline::merge(Row &into, const Row &later)
{
    if (!later.shown.scenario.isEmpty()) {
        into.shown.scenario = later.shown.scenario;
        into.shown.phase = later.shown.phase;
        into.shown.inFlight = later.shown.inFlight;
    }
    into.shown.planned += later.shown.planned;
    into.shown.ok += later.shown.ok;
    into.shown.notOk += later.shown.notOk;
    raise(into.shown.p50Ms, later.shown.p50Ms);
    raise(into.shown.p95Ms, later.shown.p95Ms);
    raise(into.shown.p99Ms, later.shown.p99Ms);
    raise(into.shown.maxMs, later.shown.maxMs);
    for (auto it = later.shown.services.cbegin(); it != later.shown.services.cend(); ++it)
        raise(into.shown.services[it.key()], it.value());
    for (auto it = later.cpu.cbegin(); it != later.cpu.cend(); ++it) {
        into.cpu[it.key()].percent += it->percent;
        into.cpu[it.key()].samples += it->samples;
    }
    if (later.shown.healthy)
        into.shown.healthy = into.shown.healthy.value_or(true) && *later.shown.healthy;
}

} // namespace lowtide
