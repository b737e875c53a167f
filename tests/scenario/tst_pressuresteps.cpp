#include "scenario/pressuresteps.h"

#include <QTest>

using namespace lowtide;
using namespace std::chrono_literals;

class PressureStepsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pressureGrowsByTheIncrementUpToTheTop();
    void pressureIsCutToWhatTheLimitLeavesWithAReserve();
    void aFullGroupGetsNoPressure();
    void onTheHostTheBudgetIsTheBound();
    void theReleaseIsWatchedForAFifthOfTheTurn();
};

void PressureStepsTest::pressureGrowsByTheIncrementUpToTheTop()
{
    const PressureSteps steps = planPressure(Bytes::fromMb(25), Bytes::fromMb(10), 5s, 100s,
                                             {.hostBound = Bytes::fromMb(512)});
    QCOMPARE(steps.steps, 3);
    QCOMPARE(steps.afterStep(1), Bytes::fromMb(10));
    QCOMPARE(steps.afterStep(3), Bytes::fromMb(25));
    QVERIFY(!steps.isCut);
}

void PressureStepsTest::pressureIsCutToWhatTheLimitLeavesWithAReserve()
{
    const PressureSteps steps =
        planPressure(Bytes::fromMb(200), Bytes::fromMb(10), 5s, 100s,
                     {.limit = Bytes::fromMb(128), .used = Bytes::fromMb(20)});
    QCOMPARE(steps.top.count(),
             (Bytes::fromMb(108) - Bytes(Bytes::fromMb(128).count() / 20)).count());
    QVERIFY(steps.isCut);
    QCOMPARE(steps.steps, 11);
}

void PressureStepsTest::aFullGroupGetsNoPressure()
{
    const PressureSteps steps =
        planPressure(Bytes::fromMb(200), Bytes::fromMb(10), 5s, 100s,
                     {.limit = Bytes::fromMb(64), .used = Bytes::fromMb(63)});
    QCOMPARE(steps.top, Bytes());
    QCOMPARE(steps.steps, 0);
    QVERIFY(steps.isCut);
}

void PressureStepsTest::onTheHostTheBudgetIsTheBound()
{
    const PressureSteps steps = planPressure(Bytes::fromMb(200), Bytes::fromMb(10), 5s, 100s,
                                             {.hostBound = Bytes::fromMb(50)});
    QCOMPARE(steps.top, Bytes::fromMb(50));
    QVERIFY(steps.isCut);
}

void PressureStepsTest::theReleaseIsWatchedForAFifthOfTheTurn()
{
    for (const Nanoseconds turn : {Nanoseconds(2s), Nanoseconds(18s), Nanoseconds(90s)}) {
        const PressureSteps steps = planPressure(Bytes::fromMb(100), Bytes::fromMb(10), 5s, turn,
                                                 {.hostBound = Bytes::fromMb(512)});
        const Nanoseconds underPressure =
            steps.settle + steps.steps * steps.stepLength + steps.hold;
        QVERIFY(steps.stepLength > 0ns);
        QVERIFY(underPressure < turn);
        QVERIFY(turn - underPressure >= turn / 6);
    }
}

QTEST_GUILESS_MAIN(PressureStepsTest)
#include "tst_pressuresteps.moc"
