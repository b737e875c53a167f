#include "run/runplan.h"

#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class RunPlanTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void loadScenariosShareTheLengthByWeight();
    void ownDurationsStandOutsideTheShares();
    void cyclesRepeatAllLoadScenariosWithinTheLength();
    void baselineIsATenthAndTenSecondsAtMost_data();
    void baselineIsATenthAndTenSecondsAtMost();
    void recoveryComesLastAndIsNoStress();
    void whatFollowsALoadIsPartOfTheLongestRun_data();
    void whatFollowsALoadIsPartOfTheLongestRun();
};

namespace {

PlannableScenario load(const QString &name, double share)
{
    return {.plan = {.name = name, .lengthShare = share}};
}

PlannableScenario recovery()
{
    return {.plan = {.name = u"recovery"_s},
            .isRecovery = true,
            .takesBaseline = true,
            .expectedLength = 40s};
}

Profile lasting(Nanoseconds length, int cycles = 1)
{
    Profile profile;
    profile.testDuration = length;
    profile.cycles = cycles;
    return profile;
}

} // namespace

void RunPlanTest::loadScenariosShareTheLengthByWeight()
{
    const RunPlan plan =
        planOf(lasting(100s), {load(u"a"_s, 40), load(u"b"_s, 30), load(u"c"_s, 30)});
    QCOMPARE(plan.turns.size(), 3);
    QCOMPARE(plan.turns.at(0).length, Nanoseconds(40s));
    QCOMPARE(plan.turns.at(1).length, Nanoseconds(30s));
    QCOMPARE(plan.turns.at(2).length, Nanoseconds(30s));
    QCOMPARE(plan.stressLength, Nanoseconds(100s));
}

void RunPlanTest::ownDurationsStandOutsideTheShares()
{
    PlannableScenario own = load(u"own"_s, 40);
    own.plan.duration = 7s;
    const RunPlan plan = planOf(lasting(100s), {own, load(u"b"_s, 30), load(u"c"_s, 30)});
    QCOMPARE(plan.turns.at(0).length, Nanoseconds(7s));
    QCOMPARE(plan.turns.at(1).length, Nanoseconds(50s));
    QCOMPARE(plan.stressLength, Nanoseconds(107s));
}

void RunPlanTest::cyclesRepeatAllLoadScenariosWithinTheLength()
{
    const RunPlan plan = planOf(lasting(60s, 3), {load(u"a"_s, 1), load(u"b"_s, 1), recovery()});
    QStringList order;
    for (const PlannedTurn &turn : plan.turns)
        order.append(u"%1%2"_s.arg(turn.scenario).arg(turn.cycle));
    QCOMPARE(order,
             QStringList({u"recovery1"_s, u"a1"_s, u"b1"_s, u"a2"_s, u"b2"_s, u"a3"_s, u"b3"_s,
                          u"recovery1"_s}));
    QCOMPARE(plan.turns.at(1).length, Nanoseconds(10s));
    QCOMPARE(plan.stressLength, Nanoseconds(60s));
}

void RunPlanTest::baselineIsATenthAndTenSecondsAtMost_data()
{
    QTest::addColumn<int>("testSeconds");
    QTest::addColumn<double>("baselineSeconds");
    QTest::newRow("short test: a tenth") << 60 << 6.0;
    QTest::newRow("long test: ten seconds") << 600 << 10.0;
}

void RunPlanTest::baselineIsATenthAndTenSecondsAtMost()
{
    QFETCH(int, testSeconds);
    QFETCH(double, baselineSeconds);
    const RunPlan plan =
        planOf(lasting(std::chrono::seconds(testSeconds)), {load(u"a"_s, 1), recovery()});
    QCOMPARE(plan.turns.constFirst().phase, u"baseline"_s);
    QCOMPARE(toSeconds(plan.turns.constFirst().length), baselineSeconds);
}

void RunPlanTest::recoveryComesLastAndIsNoStress()
{
    const RunPlan plan = planOf(lasting(60s), {recovery(), load(u"a"_s, 1)});
    QCOMPARE(plan.turns.constLast().phase, u"recovery"_s);
    QCOMPARE(plan.stressLength, Nanoseconds(60s));
    QCOMPARE(plan.longest, Nanoseconds(6s + 60s + 40s));
}

void RunPlanTest::whatFollowsALoadIsPartOfTheLongestRun_data()
{
    QTest::addColumn<int>("testSeconds");
    QTest::addColumn<int>("cycles");
    QTest::addColumn<int>("longestSeconds");
    QTest::newRow("fits in half of the turn") << 60 << 1 << 60;
    QTest::newRow("longer than half of the turn") << 20 << 1 << 20 + (13 - 10);
    QTest::newRow("in every cycle") << 40 << 2 << 40 + 2 * (13 - 10);
}

void RunPlanTest::whatFollowsALoadIsPartOfTheLongestRun()
{
    QFETCH(int, testSeconds);
    QFETCH(int, cycles);
    QFETCH(int, longestSeconds);
    PlannableScenario webSocket = load(u"ws"_s, 1);
    webSocket.expectedLength = 13s;
    const RunPlan plan = planOf(lasting(std::chrono::seconds(testSeconds), cycles), {webSocket});
    QCOMPARE(plan.stressLength, Nanoseconds(std::chrono::seconds(testSeconds)));
    QCOMPARE(plan.longest, Nanoseconds(std::chrono::seconds(longestSeconds)));
}

QTEST_GUILESS_MAIN(RunPlanTest)
#include "tst_runplan.moc"
