// Scenario "memory_pressure": does the service answer while memory around it gets scarce?
#include "model/scenarios/memorypressure.h"

#include "scenario/httploadturn.h"
#include "scenario/pressuresteps.h"
#include "scenario/scenariokinds.h"
#include "target/ballast.h"
#include "target/cgroup.h"

#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// Less is no pressure; the same within which the top counts as held.
constexpr Bytes leastPressure = Bytes(1 << 20);

/// "Memory is back" within this of what it was before: pages of the kernel and of caches come and
/// go.
constexpr Bytes backWithin = Bytes(8 << 20);

class MemoryPressureScenario : public Scenario {
public:
    MemoryPressureScenario(const ScenarioSetup &setup, MemoryPressureSettings settings)
        : Scenario(setup)
        , m_settings(std::move(settings))
        , m_load(setup.plan.name, setup, m_settings.requests, m_settings.shape)
        , m_cgroup(setup.cgroup)
    {
        connect(&m_load, &HttpLoadTurn::recorded, this, &Scenario::recorded);
        connect(&m_load, &HttpLoadTurn::measured, this, &MemoryPressureScenario::onMeasured);
        connect(&m_load, &HttpLoadTurn::ended, this, &MemoryPressureScenario::onLoadEnded);
        m_step.setSingleShot(true);
        m_step.setTimerType(Qt::PreciseTimer);
        connect(&m_step, &QTimer::timeout, this, &MemoryPressureScenario::onStep);
    }

    void run(const QString &phase, Nanoseconds length) override;

    void stop(StopMode mode) override
    {
        m_step.stop();
        release();
        m_load.stop(mode);
    }

    void pause() override
    {
        m_isPaused = true;
        m_load.pause();
    }

    void resume() override
    {
        m_isPaused = false;
        m_load.resume();
    }

    void setRate(Rate rate) override { m_load.setRate(rate); }
    LatencyHistogram takeLateness() override { return m_load.takeLateness(); }
    void observe(const RunEventPayload &seen) override;
    ScenarioFinishedEvent outcome() const override;

private:
    [[nodiscard]] PressureRoom room() const;
    [[nodiscard]] std::optional<Bytes> usedNow() const;
    void startBallast(Nanoseconds turn);
    void onStep();
    void noteWhereTheSystemStopped();
    void onHeld(Bytes total);
    void onDied(const QString &why, bool outOfMemory);
    void release();
    void onReleased();
    void onMeasured(const LoadInterval &interval);
    void onLoadEnded();
    void endIfDone();
    void tellPressure(Bytes held, const QString &detail, const QString &action = u"ballast"_s);

    MemoryPressureSettings m_settings;
    HttpLoadTurn m_load;
    QPointer<CgroupScope> m_cgroup; ///< Goes with its service.
    QTimer m_step;
    PressureSteps m_steps;
    int m_stepsTaken = 0;
    std::unique_ptr<Ballast> m_ballast;
    bool m_isPaused = false, m_isReleased = false;
    bool m_isTopAsked = false; ///< The last step was taken,
    bool m_isAtTop = false; ///< and the ballast holds that much.

    SteadyTime m_releasedAt;
    std::optional<Bytes> m_usedBefore;
    LatencyHistogram m_beforePressure, m_atTop;
    Bytes m_held, m_planned;
    Bytes m_highest; ///< Of all turns.
    int m_killed = 0, m_turns = 0;
    QString m_mode, m_note;
    // Of the present turn, so that they belong together.
    std::optional<double> m_secondsToMemoryBack;
    std::optional<double> m_serviceBeforeMb, m_serviceNowMb, m_servicePeakMb;
};

void MemoryPressureScenario::run(const QString &phase, Nanoseconds length)
{
    ++m_turns;
    m_isTopAsked = m_isAtTop = m_isReleased = false;
    m_stepsTaken = 0;
    m_held = {};
    for (auto *figure :
         {&m_secondsToMemoryBack, &m_serviceBeforeMb, &m_serviceNowMb, &m_servicePeakMb})
        figure->reset();
    m_usedBefore = usedNow();
    m_load.run(phase, length);
    startBallast(length);
}

PressureRoom MemoryPressureScenario::room() const
{
    PressureRoom room{.hostBound = setup().hostPressureBound};
    if (!m_cgroup)
        return room;
    const CgroupUsage usage = m_cgroup->usage();
    if (usage.memoryLimitBytes) {
        room.limit = Bytes(*usage.memoryLimitBytes);
        room.used = Bytes(usage.memoryBytes.value_or(0));
    }
    return room;
}

std::optional<Bytes> MemoryPressureScenario::usedNow() const
{
    if (!m_cgroup)
        return std::nullopt;
    const CgroupUsage usage = m_cgroup->usage();
    return usage.memoryBytes ? std::optional(Bytes(*usage.memoryBytes)) : std::nullopt;
}

void MemoryPressureScenario::startBallast(Nanoseconds turn)
{
    const PressureRoom free = room();
    m_steps =
        planPressure(m_settings.maxPressure, m_settings.increment, m_settings.holdTime, turn, free);
    m_planned = m_steps.top;
    m_mode = free.limit ? u"cgroup"_s : u"host"_s;
    if (m_steps.isCut) {
        m_note = tr("%1 MB of pressure were asked for; there was room for %2 MB.")
                     .arg(m_settings.maxPressure.mb(), 0, 'f', 0)
                     .arg(m_steps.top.mb(), 0, 'f', 0);
    }
    if (m_steps.steps == 0) {
        onReleased();
        return;
    }
    m_ballast = std::make_unique<Ballast>(
        BallastOptions{.cgroup = free.limit ? m_cgroup.data() : nullptr,
                       .bound = m_steps.top,
                       .timeLimit = std::chrono::duration_cast<std::chrono::seconds>(2 * turn)
                           + std::chrono::seconds(60)});
    connect(m_ballast.get(), &Ballast::held, this, &MemoryPressureScenario::onHeld);
    connect(m_ballast.get(), &Ballast::died, this, &MemoryPressureScenario::onDied);
    connect(m_ballast.get(), &Ballast::released, this, &MemoryPressureScenario::onReleased);
    if (const Result<void> started = m_ballast->start(); !started) {
        m_note = started.error().text();
        m_mode = u"none"_s;
        m_ballast.reset();
        onReleased();
        return;
    }
    m_step.start(std::chrono::duration_cast<std::chrono::milliseconds>(m_steps.settle));
}

void MemoryPressureScenario::onStep()
{
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    if (m_isPaused) {
        m_step.start(milliseconds(200));
        return;
    }
    if (m_isTopAsked || !m_ballast) {
        noteWhereTheSystemStopped();
        release();
        return;
    }
    ++m_stepsTaken;
    m_ballast->grow(m_steps.afterStep(m_stepsTaken));
    m_isTopAsked = m_stepsTaken >= m_steps.steps;
    const Nanoseconds wait = m_steps.stepLength + (m_isTopAsked ? m_steps.hold : Nanoseconds());
    m_step.start(duration_cast<milliseconds>(wait));
}

void MemoryPressureScenario::noteWhereTheSystemStopped()
{
    if (m_isAtTop || !m_ballast)
        return;
    const QString note = tr("The system gave %1 of %2 MB of pressure.")
                             .arg(m_held.mb(), 0, 'f', 0)
                             .arg(m_steps.top.mb(), 0, 'f', 0);
    if (!m_note.contains(note)) // an earlier turn's
        m_note += (m_note.isEmpty() ? QString() : u" "_s) + note;
}

void MemoryPressureScenario::onHeld(Bytes total)
{
    m_held = total;
    m_isAtTop = m_isTopAsked && !m_isReleased && total + leastPressure >= m_steps.top;
    m_highest = std::max(m_highest, total);
    tellPressure(total, tr("ballast holds %1 MB (%2)").arg(total.mb(), 0, 'f', 0).arg(m_mode));
}

void MemoryPressureScenario::onDied(const QString &why, bool outOfMemory)
{
    if (outOfMemory)
        ++m_killed;
    m_note = why;
    m_held = {};
    m_step.stop();
    // An id of its own: the kernel's count of kills in that group is ours, not the service's.
    tellPressure({}, why, outOfMemory ? u"ballast_killed"_s : u"ballast"_s);
    onReleased();
}

void MemoryPressureScenario::release()
{
    m_step.stop();
    m_isTopAsked = m_isAtTop = false;
    if (m_ballast && m_ballast->isRunning())
        m_ballast->release();
}

void MemoryPressureScenario::onReleased()
{
    if (std::exchange(m_isReleased, true))
        return;
    m_releasedAt = steadyNow();
    m_held = {};
    m_isTopAsked = m_isAtTop = false;
    if (m_ballast) {
        tellPressure({}, tr("ballast released"));
        // The sender may be on the stack: it may not be destroyed here.
        m_ballast.release()->deleteLater();
    }
    endIfDone();
}

void MemoryPressureScenario::tellPressure(Bytes held, const QString &detail, const QString &action)
{
    Q_EMIT pressureChanged(setup().service.name, held);
    Q_EMIT recorded(ActionEvent{
        .id = action, .scope = setup().service.name, .detail = detail, .value = held.mb()});
}

void MemoryPressureScenario::onMeasured(const LoadInterval &interval)
{
    if (m_isAtTop)
        m_atTop.add(interval.responseTime);
    else if (!m_isReleased && m_stepsTaken == 0)
        m_beforePressure.add(interval.responseTime);
    const auto used = m_isReleased && !m_secondsToMemoryBack ? usedNow() : std::nullopt;
    if (used && m_usedBefore && *used <= *m_usedBefore + backWithin)
        m_secondsToMemoryBack = toSeconds(steadyNow() - m_releasedAt);
}

void MemoryPressureScenario::onLoadEnded()
{
    release();
    endIfDone();
}

void MemoryPressureScenario::endIfDone()
{
    if (m_isReleased && !m_load.isRunning())
        Q_EMIT ended();
}

void MemoryPressureScenario::observe(const RunEventPayload &seen)
{
    const auto *process = std::get_if<ProcessEvent>(&seen);
    if (!process || process->service != setup().service.name || !process->memoryBytes
        || m_turns == 0)
        return;
    const double mb = Bytes(*process->memoryBytes).mb();
    if (!m_serviceBeforeMb)
        m_serviceBeforeMb = mb;
    if (m_load.isRunning()) {
        m_serviceNowMb = mb;
        m_servicePeakMb = std::max(m_servicePeakMb.value_or(mb), mb);
    }
}

ScenarioFinishedEvent MemoryPressureScenario::outcome() const
{
    ScenarioFinishedEvent outcome{.scenario = setup().plan.name, .counts = m_load.totals()};
    outcome.remarks[u"load_model"_s] =
        m_settings.shape.model == LoadModel::Closed ? u"closed"_s : u"open"_s;
    if (m_turns == 0)
        return outcome;
    outcome.note = m_note;
    if (m_highest < std::min(leastPressure, m_settings.maxPressure)) {
        // The service answered without any pressure: that is no result.
        outcome.remarks[u"no_data"_s] = m_note.isEmpty() ? tr("No pressure was reached.") : m_note;
    }
    outcome.remarks[u"pressure_mode"_s] = m_mode;
    outcome.metrics[u"pressure_asked_mb"_s] = m_settings.maxPressure.mb();
    outcome.metrics[u"pressure_planned_mb"_s] = m_planned.mb();
    outcome.metrics[u"pressure_reached_mb"_s] = m_highest.mb();
    outcome.metrics[u"pressure_steps"_s] = m_stepsTaken;
    outcome.metrics[u"ballast_killed"_s] = m_killed;
    const auto put = [&outcome](const QString &key, std::optional<double> value) {
        if (value)
            outcome.metrics[key] = *value;
    };
    put(u"seconds_to_memory_back"_s, m_secondsToMemoryBack);
    put(u"service_memory_before_mb"_s, m_serviceBeforeMb);
    put(u"service_memory_after_mb"_s, m_serviceNowMb);
    put(u"service_memory_peak_mb"_s, m_servicePeakMb);
    if (!m_beforePressure.isEmpty())
        outcome.metrics[u"p95_ms_before_pressure"_s] = toMs(m_beforePressure.valueAtPercentile(95));
    if (!m_atTop.isEmpty())
        outcome.metrics[u"p95_ms_at_top"_s] = toMs(m_atTop.valueAtPercentile(95));
    return outcome;
}

const ScenarioKind kind(u"memory_pressure"_s, [](ScenarioSetup setup) -> std::unique_ptr<Scenario> {
    const auto *settings = dynamic_cast<const MemoryPressureSettings *>(setup.plan.settings.get());
    return settings ? std::make_unique<MemoryPressureScenario>(setup, *settings) : nullptr;
});

} // namespace

} // namespace lowtide
