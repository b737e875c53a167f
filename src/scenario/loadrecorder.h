#pragma once

#include "load/loadinterval.h"
#include "model/runevent.h"

#include <QStringList>

#include <vector>

namespace lowtide {

/// Turns what loads measured into events. One per scenario: totals go on over its turns, so that an
/// event's counts are always counted from the scenario's start. A value machine without I/O.
class LoadRecorder {
public:
    /// `requests`: names in the order of the load's requests; empty where there are none to tell
    /// apart.
    explicit LoadRecorder(QString scenario, QStringList requests = {});

    /// A new load starts from zero: what was counted so far becomes the base.
    void beginLoad(const QString &phase);
    /// The events of one interval, in the order in which they go to the journal.
    [[nodiscard]] QList<RunEventPayload> record(const LoadInterval &interval);
    /// What is left of the request names' histograms; call when the load has ended.
    [[nodiscard]] QList<RunEventPayload> endLoad();

    [[nodiscard]] const OperationCounts &totals() const { return m_totals; }
    [[nodiscard]] const QMap<QString, qint64> &counters() const { return m_counters; }
    /// Lateness since the last call.
    [[nodiscard]] LatencyHistogram takeLateness();

private:
    [[nodiscard]] QList<RunEventPayload> requestHistograms();
    [[nodiscard]] HistogramEvent histogramEvent(const QString &request, const QString &series,
                                                Nanoseconds length,
                                                const LatencyHistogram &histogram) const;

    QString m_scenario;
    QStringList m_requests;
    QString m_phase;
    OperationCounts m_base, m_totals;
    QMap<QString, qint64> m_kindBase, m_kindTotals, m_statusBase, m_statusTotals;
    QMap<QString, qint64> m_counterBase, m_counters;
    LatencyHistogram m_lateness;
    std::vector<LatencyHistogram> m_byRequest;
    Nanoseconds m_byRequestLength{};
};

} // namespace lowtide
