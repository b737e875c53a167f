#include "run/turnsequence.h"

#include <QMetaObject>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

TurnSequence::TurnSequence(RunPlan plan, std::vector<std::unique_ptr<Scenario>> scenarios,
                           QObject *parent)
    : QObject(parent)
    , m_plan(std::move(plan))
    , m_scenarios(std::move(scenarios))
{
    for (const auto &scenario : m_scenarios) {
        m_byName.insert(scenario->setup().plan.name, scenario.get());
        connect(scenario.get(), &Scenario::recorded, this, &TurnSequence::recorded);
        connect(scenario.get(), &Scenario::pressureChanged, this, &TurnSequence::pressureChanged);
        connect(scenario.get(), &Scenario::ended, this, &TurnSequence::onEnded);
    }
}

TurnSequence::~TurnSequence() = default;

void TurnSequence::start() { next(); }

void TurnSequence::stop(StopMode mode)
{
    m_isStopping = true;
    if (m_current)
        m_current->stop(mode);
}

void TurnSequence::pause()
{
    m_isPaused = true;
    for (const auto &scenario : m_scenarios)
        scenario->pause();
}

void TurnSequence::resume()
{
    m_isPaused = false;
    // All of them: one whose turn ended meanwhile would else begin its next turn paused.
    for (const auto &scenario : m_scenarios)
        scenario->resume();
}

void TurnSequence::setRate(Rate rate)
{
    for (const auto &scenario : m_scenarios) {
        if (scenario.get() == m_current || hasLaterTurn(scenario->setup().plan.name))
            scenario->setRate(rate);
    }
}

void TurnSequence::observe(const RunEventPayload &seen)
{
    for (const auto &scenario : m_scenarios)
        scenario->observe(seen);
}

void TurnSequence::next()
{
    ++m_turn;
    if (m_isStopping || m_turn >= m_plan.turns.size()) {
        for (const auto &scenario : m_scenarios) {
            const QString &name = scenario->setup().plan.name;
            finishScenario(name, m_begun.contains(name) ? u"stopped"_s : u"not_run"_s);
        }
        Q_EMIT ended();
        return;
    }
    const PlannedTurn &turn = m_plan.turns.at(m_turn);
    m_current = m_byName.value(turn.scenario);
    Q_ASSERT(m_current);
    if (turn.phase != u"baseline" && !m_begun.contains(turn.scenario))
        m_begun.append(turn.scenario);
    announce(true);
    Q_EMIT turnBegan(turn);
    m_current->run(turn.phase, turn.length);
}

void TurnSequence::onEnded()
{
    announce(false);
    const PlannedTurn &turn = m_plan.turns.at(m_turn);
    if (!m_isStopping && turn.phase != u"baseline" && !hasLaterTurn(turn.scenario))
        finishScenario(turn.scenario, u"completed"_s);
    m_current = nullptr;
    // The scenario's signal is still on the stack.
    QMetaObject::invokeMethod(this, &TurnSequence::next, Qt::QueuedConnection);
}

void TurnSequence::announce(bool begins)
{
    const PlannedTurn &turn = m_plan.turns.at(m_turn);
    const PhaseEvent phase{.phase = turn.phase,
                           .scenario = turn.scenario,
                           .begins = begins,
                           .plannedSeconds = toSeconds(turn.length)};
    const CycleEvent cycle{
        .scenario = turn.scenario, .index = turn.cycle, .of = turn.cycles, .begins = begins};
    if (begins)
        Q_EMIT recorded(phase);
    if (turn.cycles > 1)
        Q_EMIT recorded(cycle);
    if (!begins)
        Q_EMIT recorded(phase);
}

void TurnSequence::finishScenario(const QString &name, const QString &end)
{
    if (m_finished.contains(name))
        return;
    m_finished.append(name);
    ScenarioFinishedEvent outcome = m_byName.value(name)->outcome();
    outcome.end = end;
    Q_EMIT recorded(outcome);
}

bool TurnSequence::hasLaterTurn(const QString &scenario) const
{
    return std::any_of(m_plan.turns.cbegin() + std::min(m_turn + 1, m_plan.turns.size()),
                       m_plan.turns.cend(),
                       [&scenario](const PlannedTurn &turn) { return turn.scenario == scenario; });
}

} // namespace lowtide
