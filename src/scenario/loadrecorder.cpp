#include "scenario/loadrecorder.h"

#include "model/latencyfigures.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr std::size_t mostRequestNames = 50;
constexpr Nanoseconds requestHistogramPeriod = std::chrono::seconds(10);

OperationCounts sum(const OperationCounts &a, const OperationCounts &b)
{
    return {.planned = a.planned + b.planned,
            .sent = a.sent + b.sent,
            .ok = a.ok + b.ok,
            .failed = a.failed + b.failed,
            .timedOut = a.timedOut + b.timedOut,
            .dropped = a.dropped + b.dropped,
            .cancelled = a.cancelled + b.cancelled,
            .inFlight = a.inFlight + b.inFlight};
}

QMap<QString, qint64> sum(QMap<QString, qint64> base, const QMap<QString, qint64> &more)
{
    for (auto it = more.cbegin(); it != more.cend(); ++it)
        base[it.key()] += it.value();
    return base;
}

/// Counters named "..._open" are states and "..._max_..." maxima; all others are totals.
QMap<QString, qint64> sumCounters(QMap<QString, qint64> base, const QMap<QString, qint64> &more)
{
    for (auto it = more.cbegin(); it != more.cend(); ++it) {
        qint64 &value = base[it.key()];
        if (it.key().endsWith(u"_open"))
            value = it.value();
        else if (it.key().contains(u"_max_"))
            value = std::max(value, it.value());
        else
            value += it.value();
    }
    return base;
}

} // namespace

LoadRecorder::LoadRecorder(QString scenario, QStringList requests)
    : m_scenario(std::move(scenario))
    , m_requests(std::move(requests))
{
    if (m_requests.size() > qsizetype(mostRequestNames)) {
        m_requests.resize(qsizetype(mostRequestNames));
        m_requests.back() = u"other"_s;
    }
    m_byRequest.resize(std::size_t(m_requests.size()));
}

void LoadRecorder::beginLoad(const QString &phase)
{
    m_phase = phase;
    m_base = m_totals;
    m_kindBase = m_kindTotals;
    m_statusBase = m_statusTotals;
    m_counterBase = m_counters;
}

QList<RunEventPayload> LoadRecorder::record(const LoadInterval &interval)
{
    m_totals = sum(m_base, interval.counts);
    m_kindTotals = sum(m_kindBase, interval.failedByKind);
    m_statusTotals = sum(m_statusBase, interval.failedByStatus);
    m_counters = sumCounters(m_counterBase, interval.counters);
    m_lateness.add(interval.lateness);

    QList<RunEventPayload> events;
    events.append(IntervalEvent{.scenario = m_scenario,
                                .phase = m_phase,
                                .intervalSeconds = toSeconds(interval.length),
                                .counts = m_totals,
                                .waiting = interval.waiting,
                                .failedByKind = m_kindTotals,
                                .failedByStatus = m_statusTotals,
                                .responseTime = figuresOf(interval.responseTime),
                                .serviceTime = figuresOf(interval.serviceTime),
                                .counters = m_counters});
    if (!interval.responseTime.isEmpty()) {
        events.append(
            histogramEvent({}, u"response_time"_s, interval.length, interval.responseTime));
        events.append(histogramEvent({}, u"service_time"_s, interval.length, interval.serviceTime));
    }
    for (std::size_t i = 0; !m_byRequest.empty() && i < interval.responseTimeByRequest.size(); ++i)
        m_byRequest[std::min(i, m_byRequest.size() - 1)].add(interval.responseTimeByRequest[i]);
    m_byRequestLength += interval.length;
    if (m_byRequestLength >= requestHistogramPeriod)
        events.append(requestHistograms());
    return events;
}

QList<RunEventPayload> LoadRecorder::endLoad() { return requestHistograms(); }

LatencyHistogram LoadRecorder::takeLateness()
{
    return std::exchange(m_lateness, LatencyHistogram());
}

QList<RunEventPayload> LoadRecorder::requestHistograms()
{
    QList<RunEventPayload> events;
    for (std::size_t i = 0; i < m_byRequest.size(); ++i) {
        if (m_byRequest[i].isEmpty())
            continue;
        events.append(histogramEvent(m_requests.at(qsizetype(i)), u"response_time"_s,
                                     m_byRequestLength, m_byRequest[i]));
        m_byRequest[i].clear();
    }
    m_byRequestLength = {};
    return events;
}

HistogramEvent LoadRecorder::histogramEvent(const QString &request, const QString &series,
                                            Nanoseconds length,
                                            const LatencyHistogram &histogram) const
{
    return {.scenario = m_scenario,
            .phase = m_phase,
            .request = request,
            .series = series,
            .intervalSeconds = toSeconds(length),
            .data = histogram.toBase64()};
}

} // namespace lowtide
