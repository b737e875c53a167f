#include "report/reportbuilder.h"

#include "report/judgement.h"
#include "report/memorytrend.h"
#include "report/recommendations.h"
#include "report/reporttext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// Bound of each list of single happenings; what exceeds it is counted, and stands in the journal.
constexpr qsizetype mostEntries = 1000;
/// A sample after a longer gap: the mean of how long it is cannot be known.
constexpr double longestSampleGap = 3.0;

ContainerStatus statusOf(double seconds, const ContainerEvent &event)
{
    ContainerStatus status{.seconds = seconds,
                           .id = event.id,
                           .service = event.service,
                           .state = event.state,
                           .health = event.health,
                           .cpuPercent = event.cpuPercent,
                           .restarts = event.restarts,
                           .oomKills = event.oomKills};
    if (event.memoryBytes)
        status.memoryMb = Bytes(*event.memoryBytes).mb();
    return status;
}

/// Services that ran without their limits, those with one reason in one line.
QStringList limitWarnings(const RunStartedEvent &started)
{
    const auto isSaid = [&started](const RunStartedEvent::Service &plan) {
        return std::any_of(started.warnings.cbegin(), started.warnings.cend(),
                           [&plan](const QString &said) {
                               return said.contains(plan.name) && said.contains(plan.limitsNote);
                           });
    };
    QMap<QString, QStringList> namesByReason;
    for (const RunStartedEvent::Service &plan : started.services) {
        if (plan.limits == u"not_applied" && !isSaid(plan))
            namesByReason[ReportText::withoutStop(plan.limitsNote)].append(plan.name);
    }
    QStringList warnings;
    for (auto it = namesByReason.cbegin(); it != namesByReason.cend(); ++it)
        warnings.append(ReportText::tr("Without their limits ran %1: %2.")
                            .arg(it.value().join(u", "_s), it.key()));
    return warnings;
}

} // namespace

void ReportBuilder::add(const RunEvent &event)
{
    m_lastSeconds = std::max(m_lastSeconds, event.seconds);
    std::visit([this, &event](const auto &payload) { take(event.seconds, payload); },
               event.payload);
}

RunReport ReportBuilder::report(const JournalEnd &end) const
{
    RunReport report = m_report;
    report.journal = end;
    report.durationSeconds = m_lastSeconds;
    for (const QString &name : m_scenarioOrder) {
        const ScenarioTally &tally = m_scenarios.at(name);
        // Load of a baseline alone is no test.
        if (isAnnounced(name) || tally.hasBegun())
            report.tests.append(tally.report(m_lastSeconds));
        if (const auto baseline = tally.baseline())
            report.baseline.append(*baseline);
    }
    for (const QString &name : m_serviceOrder)
        report.services.append(m_services.at(name).report());
    report.usage = m_runUsage.figures();
    const UsageFigures inTests = m_testUsage.figures();
    report.usage.avgCpuPercent = inTests.avgCpuPercent;
    report.usage.peakCpuPercent = inTests.peakCpuPercent;
    BoundedSeries memory = m_memory;
    if (const auto open = m_runUsage.latestMemory())
        memory.add(*open);
    report.growth = memoryGrowth(memory.points(), m_baselineMemory.points());
    report.generator = m_generator.report();
    if (report.started.detailedMetrics)
        report.timeline = m_timeline.rows();
    if (report.started.resourceSnapshots)
        report.snapshots = m_snapshots.taken();
    report.lostEvents = m_lostEvents + end.skippedLines;
    report.warnings = warnings(report);
    judge(report);
    report.recommendations = recommendations(report);
    return report;
}

void ReportBuilder::take(double seconds, const RunStartedEvent &event)
{
    m_report.started = event;
    for (const RunStartedEvent::Service &plan : event.services) {
        if (m_services.try_emplace(plan.name, plan, true).second)
            m_serviceOrder.push_back(plan.name);
    }
    for (const RunStartedEvent::Scenario &plan : event.scenarios) {
        if (m_scenarios.try_emplace(plan.name, plan).second)
            m_scenarioOrder.push_back(plan.name);
    }
    if (event.scenarios.isEmpty())
        m_testsSince = seconds;
    m_snapshots.begin(event.snapshotSeconds);
}

void ReportBuilder::take(double seconds, const PhaseEvent &event)
{
    if (event.begins) {
        if (m_report.phases.size() < mostEntries)
            m_report.phases.append({event.phase, event.scenario, seconds, {}});
        else
            ++m_report.omittedEntries;
    } else {
        const auto span =
            std::find_if(m_report.phases.rbegin(), m_report.phases.rend(), [&](const auto &open) {
                return !open.endSeconds && open.phase == event.phase
                    && open.scenario == event.scenario;
            });
        if (span != m_report.phases.rend())
            span->endSeconds = seconds;
    }
    if (event.phase == u"baseline")
        m_isBaseline = event.begins;
    m_isFinishing = m_isFinishing || (event.begins && event.phase == u"finish");
    if (!event.scenario.isEmpty())
        scenario(event.scenario).add(seconds, event);
    updateTestsSince(seconds);
}

void ReportBuilder::take(double seconds, const CycleEvent &event)
{
    scenario(event.scenario).add(seconds, event);
}

void ReportBuilder::take(double seconds, const IntervalEvent &event)
{
    scenario(event.scenario).add(event);
    m_timeline.add(seconds, event);
}

void ReportBuilder::take(double /*seconds*/, const HistogramEvent &event)
{
    scenario(event.scenario).add(event);
}

void ReportBuilder::take(double seconds, const ContainerEvent &event)
{
    const ContainerStatus status = statusOf(seconds, event);
    if (!m_report.initialContainers.contains(event.container))
        m_report.initialContainers.insert(event.container, status);
    m_report.finalContainers.insert(event.container, status);
    std::optional<double> ballastMb;
    if (m_containerBallastMb.contains(event.service))
        ballastMb = m_containerBallastMb.value(event.service);
    const UsageSample sample = usageSample(event, ballastMb);
    m_inContainers.insert(sample.service);
    takeUsage(seconds, sample);
}

void ReportBuilder::take(double seconds, const ProcessEvent &event)
{
    // The container tells the same and more; both together would count twice.
    if (!m_inContainers.contains(event.service))
        takeUsage(seconds, usageSample(event));
}

void ReportBuilder::take(double /*seconds*/, const GeneratorEvent &event)
{
    m_generator.add(event);
}

void ReportBuilder::take(double seconds, const ProbeEvent &event)
{
    if (isEnding())
        return;
    service(event.service).add(seconds, event);
    m_timeline.add(seconds, event);
    for (auto &[name, tally] : m_scenarios)
        tally.add(event);
}

void ReportBuilder::take(double seconds, const ContainerEventEvent &event)
{
    if (!isEnding())
        service(event.service.isEmpty() ? event.container : event.service).add(seconds, event);
}

void ReportBuilder::take(double seconds, const LimitEvent &event)
{
    keep(m_report.limits, seconds, event);
}

void ReportBuilder::take(double seconds, const AlertEvent &event)
{
    keep(m_report.alerts, seconds, event);
}

void ReportBuilder::take(double seconds, const ActionEvent &event)
{
    keep(m_report.actions, seconds, event);
    if (event.scope.isEmpty())
        return;
    if (event.id == u"service_started") {
        service(event.scope).expectEnd(false);
    } else if (event.id == u"service_ended" || event.id == u"service_ending") {
        service(event.scope).expectEnd(true);
    } else if (event.id == u"ballast" && event.value) {
        m_containerBallastMb[event.scope] = *event.value;
    } else if (event.id == u"ballast_killed") {
        m_containerBallastMb[event.scope] = 0.0;
        ++m_ballastKillsTold[event.scope];
        service(event.scope).countBallastKills(1);
    }
}

void ReportBuilder::take(double /*seconds*/, const GapEvent &event)
{
    m_lostEvents += event.lostEvents;
}

void ReportBuilder::take(double /*seconds*/, const ScenarioFinishedEvent &event)
{
    ScenarioTally &tally = scenario(event.scenario);
    tally.add(event);
    // The kernel counts what it killed in a group, our ballast too: that is no failure of the
    // service.
    const auto kills = qint64(event.metrics.value(u"ballast_killed"_s))
        - m_ballastKillsTold.value(tally.service());
    if (const auto hit = m_services.find(tally.service()); kills > 0 && hit != m_services.end())
        hit->second.countBallastKills(kills);
}

void ReportBuilder::take(double /*seconds*/, const RunFinishedEvent &event)
{
    m_report.end = event.end;
    m_report.endNote = event.note;
}

void ReportBuilder::take(double /*seconds*/, const ContainerLogEvent & /*event*/) { }
void ReportBuilder::take(double /*seconds*/, const LogEvent & /*event*/) { }
void ReportBuilder::take(double /*seconds*/, const SearchEvent & /*event*/) { }

void ReportBuilder::takeUsage(double seconds, const UsageSample &sample)
{
    ServiceTally &tally = service(sample.service);
    if (isEnding() || tally.isEndExpected())
        return;
    double cpuSeconds = 1.0;
    if (const auto last = tally.lastSampleSeconds();
        last && seconds > *last && seconds - *last <= longestSampleGap)
        cpuSeconds = seconds - *last;
    tally.add(seconds, sample, cpuSeconds, m_isBaseline);
    m_timeline.add(seconds, sample);
    m_snapshots.add(seconds, sample);
    if (!tally.isStressed())
        return;
    if (const auto moment = m_runUsage.add(seconds, sample, std::nullopt)) {
        m_memory.add(*moment);
        if (m_isBaseline)
            m_baselineMemory.add(*moment);
    }
    for (auto &[name, scenarioTally] : m_scenarios)
        scenarioTally.add(seconds, sample, cpuSeconds);
    if (!m_testsSince)
        return;
    const bool isInside = seconds - cpuSeconds >= *m_testsSince;
    m_testUsage.add(seconds, sample, isInside ? std::optional(cpuSeconds) : std::nullopt);
}

/// By name, also one that run_started did not announce: it is reported rather than lost.
ScenarioTally &ReportBuilder::scenario(const QString &name)
{
    const auto [place, isNew] =
        m_scenarios.try_emplace(name, RunStartedEvent::Scenario{.name = name});
    if (isNew)
        m_scenarioOrder.push_back(name);
    return place->second;
}

ServiceTally &ReportBuilder::service(const QString &name)
{
    const auto [place, isNew] =
        m_services.try_emplace(name, RunStartedEvent::Service{.name = name}, false);
    if (isNew)
        m_serviceOrder.push_back(name);
    return place->second;
}

void ReportBuilder::updateTestsSince(double seconds)
{
    if (m_report.started.scenarios.isEmpty())
        return;
    const bool isAnyActive = std::any_of(m_scenarios.cbegin(), m_scenarios.cend(),
                                         [](const auto &entry) { return entry.second.isActive(); });
    if (isAnyActive && !m_testsSince) {
        m_testsSince = seconds;
    } else if (!isAnyActive && m_testsSince) {
        m_testsSince.reset();
        m_testUsage.interrupt();
    }
}

bool ReportBuilder::isAnnounced(const QString &scenario) const
{
    const auto &announced = m_report.started.scenarios;
    return std::any_of(announced.cbegin(), announced.cend(),
                       [&scenario](const auto &plan) { return plan.name == scenario; });
}

/// From here on services end because the run does.
bool ReportBuilder::isEnding() const
{
    if (m_isFinishing)
        return true;
    const auto &announced = m_report.started.scenarios;
    return !announced.isEmpty()
        && std::all_of(announced.cbegin(), announced.cend(),
                       [this](const auto &plan) { return m_scenarios.at(plan.name).isFinished(); });
}

QStringList ReportBuilder::warnings(const RunReport &report) const
{
    QStringList warnings = report.started.warnings;
    warnings += limitWarnings(report.started);
    for (const QString &name : leftOutServices(report))
        warnings.append(ReportText::tr("%1 was not measured, and no scenario works on it: figures "
                                       "over all services are without it.")
                            .arg(name));
    for (const TestReport &test : report.tests) {
        if (const double resent = test.metrics.value(u"requests_resent"_s); resent > 0.0)
            warnings.append(ReportText::tr("%1: requests_resent is %2: Qt sent these requests "
                                           "again after their connection closed before an answer; "
                                           "the first attempt counts as reset.")
                                .arg(test.name, ReportText::number(resent)));
    }
    const QString until = ReportText::number(report.durationSeconds);
    if (report.isRecovered() && report.journal.stillRunning)
        warnings.append(ReportText::tr("The run still goes on: this report was made from its "
                                       "journal, up to second %1.")
                            .arg(until));
    else if (report.isRecovered())
        warnings.append(ReportText::tr("The run did not end in order: this report was made from "
                                       "its journal, up to second %1.")
                            .arg(until));
    if (report.journal.skippedLines > 0)
        warnings.append(ReportText::tr("The journal has %1 damaged lines that were skipped.")
                            .arg(report.journal.skippedLines));
    if (report.lostEvents > 0)
        warnings.append(ReportText::tr("%1 events of the journal were lost: percentiles and events "
                                       "may be incomplete.")
                            .arg(report.lostEvents));
    return warnings;
}

template <typename What>
void ReportBuilder::keep(QList<Timed<What>> &list, double seconds, const What &what)
{
    if (list.size() < mostEntries)
        list.append({seconds, what});
    else
        ++m_report.omittedEntries;
}

} // namespace lowtide
