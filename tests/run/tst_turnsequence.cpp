#include "run/turnsequence.h"

#include <QSignalSpy>
#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Remembers a pause as the real ones do: also from one turn to the next.
class ToyScenario : public Scenario {
public:
    using Scenario::Scenario;

    void run(const QString &phase, Nanoseconds length) override
    {
        Q_UNUSED(phase)
        Q_UNUSED(length)
        ++turns;
        if (!isPaused)
            ++workingTurns;
    }
    void stop(StopMode mode) override
    {
        Q_UNUSED(mode)
        Q_EMIT ended();
    }
    void pause() override { isPaused = true; }
    void resume() override { isPaused = false; }
    void setRate(Rate rate) override { Q_UNUSED(rate) }
    LatencyHistogram takeLateness() override { return {}; }
    ScenarioFinishedEvent outcome() const override { return {.scenario = setup().plan.name}; }

    int turns = 0, workingTurns = 0;
    bool isPaused = false;
};

} // namespace

class TurnSequenceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_turns.reset(); }
    void turnsFollowEachOtherUntilTheLast();
    void aTurnThatEndsWhilePausedLeavesNoScenarioPaused();
    void aTurnThatBeginsWhilePausedWaits();

private:
    ToyScenario *m_a = nullptr, *m_b = nullptr; ///< Owned by the sequence.
    std::unique_ptr<TurnSequence> m_turns;
};

void TurnSequenceTest::init()
{
    RunPlan plan;
    std::vector<std::unique_ptr<Scenario>> scenarios;
    for (const QString &name : {u"a"_s, u"b"_s})
        scenarios.push_back(std::make_unique<ToyScenario>(ScenarioSetup{.plan = {.name = name}}));
    m_a = static_cast<ToyScenario *>(scenarios.at(0).get());
    m_b = static_cast<ToyScenario *>(scenarios.at(1).get());
    for (int cycle = 1; cycle <= 2; ++cycle) {
        for (const QString &name : {u"a"_s, u"b"_s}) {
            plan.turns.append({.scenario = name,
                               .phase = u"stress"_s,
                               .cycle = cycle,
                               .cycles = 2,
                               .length = 1s});
        }
    }
    m_turns = std::make_unique<TurnSequence>(plan, std::move(scenarios));
    m_turns->start();
    QCOMPARE(m_turns->current(), m_a);
}

void TurnSequenceTest::turnsFollowEachOtherUntilTheLast()
{
    QSignalSpy ended(m_turns.get(), &TurnSequence::ended);
    for (ToyScenario *scenario : {m_a, m_b, m_a, m_b}) {
        QTRY_COMPARE(m_turns->current(), scenario);
        Q_EMIT scenario->ended();
    }
    QTRY_COMPARE(ended.count(), 1);
    QCOMPARE(m_a->workingTurns, 2);
    QCOMPARE(m_b->workingTurns, 2);
}

void TurnSequenceTest::aTurnThatEndsWhilePausedLeavesNoScenarioPaused()
{
    m_turns->pause();
    Q_EMIT m_a->ended();
    QTRY_COMPARE(m_turns->current(), m_b);
    m_turns->resume();
    QVERIFY(!m_b->isPaused);
    Q_EMIT m_b->ended();
    QTRY_COMPARE(m_turns->current(), m_a);
    QCOMPARE(m_a->turns, 2);
    QVERIFY(!m_a->isPaused);
    QCOMPARE(m_a->workingTurns, 2);
}

void TurnSequenceTest::aTurnThatBeginsWhilePausedWaits()
{
    m_turns->pause();
    Q_EMIT m_a->ended();
    QTRY_COMPARE(m_turns->current(), m_b);
    QCOMPARE(m_b->turns, 1);
    QVERIFY(m_b->isPaused);
    QCOMPARE(m_b->workingTurns, 0);
}

QTEST_GUILESS_MAIN(TurnSequenceTest)
#include "tst_turnsequence.moc"
