#pragma once

#include "model/runreport.h"
#include "report/usagetally.h"

#include <QMap>

#include <optional>

namespace lowtide {

/// A repetition whose figures are still being collected.
struct OpenCycle {
    int index = 1;
    double beginSeconds = 0.0;
    std::optional<double> endSeconds;
    OperationCounts countsBefore;
    LatencyHistogram responseTime;
    std::optional<double> memoryMb;
};

/// Everything one scenario did, in bounded memory. Load is told by name; usage and probes count
/// while it has its turn. Its turn in the phase "baseline" is kept apart.
class ScenarioTally {
public:
    explicit ScenarioTally(RunStartedEvent::Scenario plan);

    void add(double seconds, const PhaseEvent &phase);
    void add(double seconds, const CycleEvent &cycle);
    void add(const IntervalEvent &interval);
    void add(const HistogramEvent &histogram);
    void add(const ScenarioFinishedEvent &finished);
    /// `cpuSeconds`: what the sample's CPU is the mean of.
    void add(double seconds, const UsageSample &sample, double cpuSeconds);
    void add(const ProbeEvent &probe);

    [[nodiscard]] const QString &service() const { return m_plan.service; }
    /// Something of it was seen, beyond a baseline.
    [[nodiscard]] bool hasBegun() const { return m_hasBegun; }
    [[nodiscard]] bool isActive() const { return m_activeSince.has_value(); }
    [[nodiscard]] bool isFinished() const { return m_finished.has_value(); }
    /// `endSeconds`: where the journal ends; for a scenario that is still at it.
    [[nodiscard]] TestReport report(double endSeconds) const;
    [[nodiscard]] std::optional<BaselineReport> baseline() const;

private:
    [[nodiscard]] CycleReport closed(const OpenCycle &cycle, double endSeconds) const;
    [[nodiscard]] OperationCounts counts() const;

    RunStartedEvent::Scenario m_plan;
    std::optional<double> m_activeSince;
    double m_activeSeconds = 0.0, m_intervalSeconds = 0.0;
    bool m_hasBegun = false, m_hasTurns = false;
    OperationCounts m_counts, m_baselineCounts; ///< m_counts: totals with the baseline's.
    QMap<QString, qint64> m_kinds, m_baselineKinds, m_statuses, m_baselineStatuses, m_counters;
    LatencyHistogram m_responseTime, m_serviceTime;
    std::optional<BaselineReport> m_baseline;
    std::optional<LatencyHistogram> m_baselineResponse, m_baselineService;
    QMap<QString, LatencyHistogram> m_requests;
    std::optional<OpenCycle> m_cycle;
    QList<CycleReport> m_cycles;
    UsageTally m_usage;
    HealthFigures m_health;
    double m_probeMs = 0.0;
    std::optional<ScenarioFinishedEvent> m_finished;
};

} // namespace lowtide
