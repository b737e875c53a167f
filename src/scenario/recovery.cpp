// Scenario "recovery": is the service back to where it was, under the profile's own load?
#include "model/scenarios/recovery.h"

#include "scenario/httploadturn.h"
#include "scenario/recoveryjudge.h"
#include "scenario/scenariokinds.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// A process keeps some of what it once had (allocator, caches); less than this is not called kept.
constexpr double keptNoiseMb = 10.0;
constexpr Nanoseconds longestWindow = std::chrono::seconds(60);
const QString baselineName = u"baseline"_s;

class RecoveryScenario : public Scenario {
public:
    RecoveryScenario(const ScenarioSetup &setup, RecoverySettings settings)
        : Scenario(setup)
        , m_settings(std::move(settings))
        , m_baselineLoad(baselineName, setup, m_settings.requests, m_settings.shape, "-b")
        , m_load(setup.plan.name, setup, m_settings.requests, m_settings.shape)
    {
        for (HttpLoadTurn *turn : {&m_baselineLoad, &m_load}) {
            connect(turn, &HttpLoadTurn::recorded, this, &Scenario::recorded);
            connect(turn, &HttpLoadTurn::ended, this, &Scenario::ended);
        }
        connect(&m_baselineLoad, &HttpLoadTurn::measured, this,
                [this](const LoadInterval &interval) { m_baseline.add(interval.responseTime); });
        connect(&m_load, &HttpLoadTurn::measured, this, &RecoveryScenario::onMeasured);
    }

    QString phase() const override { return u"recovery"_s; }
    bool takesBaseline() const override { return true; }
    Nanoseconds expectedLength() const override
    {
        return m_settings.recoveryTime + m_settings.checks * window();
    }

    void run(const QString &phase, Nanoseconds length) override
    {
        if (phase == baselineName) {
            m_baselineLoad.run(phase, length);
            return;
        }
        std::optional<double> baselineP50Ms;
        if (!m_baseline.isEmpty())
            baselineP50Ms = toMs(m_baseline.valueAtPercentile(50));
        m_judge.emplace(
            m_settings,
            RecoveryJudge::Limits{.maxErrorRatePercent = setup().plan.maxErrorRatePercent,
                                  .window = window()},
            baselineP50Ms);
        m_wasPaused = m_isPaused;
        // The judge ends the turn; the longer length only bounds it, also at a rate lowered later.
        m_load.run(phase,
                   2 * (m_settings.recoveryTime + m_settings.checks * longestWindow)
                       + std::chrono::seconds(10));
    }

    void stop(StopMode mode) override
    {
        m_baselineLoad.stop(mode);
        m_load.stop(mode);
    }
    void pause() override
    {
        m_isPaused = m_wasPaused = true;
        m_baselineLoad.pause();
        m_load.pause();
    }
    void resume() override
    {
        m_isPaused = false;
        m_baselineLoad.resume();
        m_load.resume();
    }
    void setRate(Rate rate) override
    {
        m_settings.shape.stages = {LoadStage{.from = rate, .to = rate, .duration = {}}};
        m_load.setRate(rate);
        if (m_judge)
            m_judge->setWindow(window());
    }
    LatencyHistogram takeLateness() override
    {
        LatencyHistogram lateness = m_baselineLoad.takeLateness();
        lateness.add(m_load.takeLateness());
        return lateness;
    }

    void observe(const RunEventPayload &seen) override
    {
        if (const auto *process = std::get_if<ProcessEvent>(&seen)) {
            if (!process->memoryBytes)
                return;
            m_memoryMb[process->service] = Bytes(*process->memoryBytes).mb();
            if (m_baselineLoad.isRunning())
                m_baselineMemoryMb[process->service] = m_memoryMb[process->service];
        } else if (const auto *probe = std::get_if<ProbeEvent>(&seen)) {
            m_isHealthy[probe->service + u'/' + probe->check] = probe->healthy;
        }
    }

    ScenarioFinishedEvent outcome() const override;

private:
    /// Long enough to hold a few operations of the present rate.
    Nanoseconds window() const
    {
        constexpr Nanoseconds shortest = std::chrono::seconds(2);
        if (m_settings.shape.model == LoadModel::Closed || m_settings.shape.stages.isEmpty())
            return shortest;
        const double rate = m_settings.shape.stages.constLast().to.perSecond();
        return rate > 0 ? std::clamp(fromSeconds(3.0 / rate), shortest, longestWindow) : shortest;
    }

    void onMeasured(const LoadInterval &interval)
    {
        if (interval.firstOk && !m_toFirstSuccess)
            m_toFirstSuccess = toSeconds(*interval.firstOk);
        const bool healthy = std::all_of(m_isHealthy.cbegin(), m_isHealthy.cend(),
                                         [](bool isHealthy) { return isHealthy; });
        if (m_wasPaused)
            m_judge->skip(interval);
        else
            m_judge->add(interval, healthy);
        m_wasPaused = m_isPaused;
        if (m_judge->isDone())
            m_load.stop(StopMode::Drain);
    }

    RecoverySettings m_settings;
    HttpLoadTurn m_baselineLoad, m_load;
    LatencyHistogram m_baseline;
    std::optional<RecoveryJudge> m_judge;
    bool m_isPaused = false;
    bool m_wasPaused = false; ///< At any time of the interval that now runs.
    std::optional<double> m_toFirstSuccess;
    QMap<QString, double> m_memoryMb, m_baselineMemoryMb;
    QMap<QString, bool> m_isHealthy;
};

ScenarioFinishedEvent RecoveryScenario::outcome() const
{
    ScenarioFinishedEvent outcome{.scenario = setup().plan.name, .counts = m_load.totals()};
    outcome.remarks[u"load_model"_s] =
        m_settings.shape.model == LoadModel::Closed ? u"closed"_s : u"open"_s;
    const auto put = [&outcome](const QString &key, std::optional<double> value) {
        if (value)
            outcome.metrics[key] = *value;
        else
            outcome.remarks[key] = u"not reached"_s;
    };
    if (!m_baseline.isEmpty()) {
        outcome.metrics[u"baseline_p50_ms"_s] = toMs(m_baseline.valueAtPercentile(50));
        outcome.metrics[u"baseline_p95_ms"_s] = toMs(m_baseline.valueAtPercentile(95));
    }
    if (!m_judge)
        return outcome;
    put(u"seconds_to_first_success"_s, m_toFirstSuccess);
    put(u"seconds_to_objective"_s, m_judge->secondsToObjective());
    put(u"seconds_to_baseline"_s, m_judge->secondsToBaseline());
    if (m_judge->lastP50Ms())
        outcome.metrics[u"recovered_p50_ms"_s] = *m_judge->lastP50Ms();
    if (m_judge->checksDone() > 0) {
        outcome.metrics[u"checks_passed_percent"_s] =
            100.0 * m_judge->checksPassed() / m_settings.checks;
    }
    outcome.metrics[u"checks_total"_s] = m_settings.checks;
    outcome.metrics[u"checks_done"_s] = m_judge->checksDone();
    outcome.metrics[u"checks_passed"_s] = m_judge->checksPassed();
    for (auto it = m_judge->failures().cbegin(); it != m_judge->failures().cend(); ++it)
        outcome.metrics[u"checks_failed_by_"_s + it.key()] = it.value();
    for (auto it = m_baselineMemoryMb.cbegin(); it != m_baselineMemoryMb.cend(); ++it) {
        const double kept = m_memoryMb.value(it.key()) - it.value();
        outcome.metrics[u"memory_kept_mb_"_s + it.key()] = std::max(0.0, kept);
        outcome.remarks[u"memory_given_back_"_s + it.key()] =
            kept <= keptNoiseMb ? u"yes"_s : u"no"_s;
    }
    return outcome;
}

const ScenarioKind kind(u"recovery"_s, [](ScenarioSetup setup) -> std::unique_ptr<Scenario> {
    const auto *settings = dynamic_cast<const RecoverySettings *>(setup.plan.settings.get());
    return settings ? std::make_unique<RecoveryScenario>(setup, *settings) : nullptr;
});

} // namespace

} // namespace lowtide
