#pragma once

#include "model/runreport.h"
#include "report/boundedseries.h"
#include "report/generatortally.h"
#include "report/scenariotally.h"
#include "report/servicetally.h"
#include "report/snapshots.h"
#include "report/timeline.h"

#include <QSet>

#include <map>
#include <optional>
#include <vector>

namespace lowtide {

/// Makes a report from the events of a journal, in bounded memory whatever the run's length. A
/// value; may be asked at any moment for the report up to there.
class ReportBuilder {
public:
    /// Events in the order of the journal.
    void add(const RunEvent &event);
    /// Judged, with recommendations. `end`: what the reader found out about the journal.
    [[nodiscard]] RunReport report(const JournalEnd &end = {}) const;

private:
    void take(double seconds, const RunStartedEvent &event);
    void take(double seconds, const PhaseEvent &event);
    void take(double seconds, const CycleEvent &event);
    void take(double seconds, const IntervalEvent &event);
    void take(double seconds, const HistogramEvent &event);
    void take(double seconds, const ContainerEvent &event);
    void take(double seconds, const ProcessEvent &event);
    void take(double seconds, const GeneratorEvent &event);
    void take(double seconds, const ProbeEvent &event);
    void take(double seconds, const ContainerEventEvent &event);
    void take(double seconds, const LimitEvent &event);
    void take(double seconds, const AlertEvent &event);
    void take(double seconds, const ActionEvent &event);
    void take(double seconds, const GapEvent &event);
    void take(double seconds, const ScenarioFinishedEvent &event);
    void take(double seconds, const RunFinishedEvent &event);
    void take(double seconds, const ContainerLogEvent &event);
    void take(double seconds, const LogEvent &event);
    void take(double seconds, const SearchEvent &event);

    void takeUsage(double seconds, const UsageSample &sample);
    [[nodiscard]] ScenarioTally &scenario(const QString &name);
    [[nodiscard]] ServiceTally &service(const QString &name);
    [[nodiscard]] bool isAnnounced(const QString &scenario) const;
    void updateTestsSince(double seconds);
    [[nodiscard]] bool isEnding() const;
    [[nodiscard]] QStringList warnings(const RunReport &report) const;
    template <typename What> void keep(QList<Timed<What>> &list, double seconds, const What &what);

    RunReport m_report; ///< What needs no tally.
    double m_lastSeconds = 0.0;
    bool m_isFinishing = false;
    std::vector<QString> m_scenarioOrder;
    std::map<QString, ScenarioTally> m_scenarios;
    std::vector<QString> m_serviceOrder;
    std::map<QString, ServiceTally> m_services;
    QMap<QString, double> m_containerBallastMb; ///< By service: what we hold in its container.
    QMap<QString, qint64> m_ballastKillsTold; ///< By service: told as they happened.
    QSet<QString> m_inContainers; ///< Services whose usage comes from their containers.
    UsageTally m_runUsage, m_testUsage;
    std::optional<double> m_testsSince; ///< Since when some scenario has its turn.
    BoundedSeries m_memory, m_baselineMemory; ///< Sums over the stressed services.
    bool m_isBaseline = false;
    GeneratorTally m_generator;
    Timeline m_timeline;
    Snapshots m_snapshots;
    qint64 m_lostEvents = 0;
};

} // namespace lowtide
