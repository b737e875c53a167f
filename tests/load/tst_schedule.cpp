#include "load/schedule.h"

#include "load/loadtimeline.h"

#include <QTest>

#include <cmath>

using namespace lowtide;
using namespace std::chrono_literals;

namespace {

LoadStage stage(double from, double to, Nanoseconds duration)
{
    return {.from = Rate::perSecond(from), .to = Rate::perSecond(to), .duration = duration};
}

LoadShape shapeOf(const QList<LoadStage> &stages, Nanoseconds duration)
{
    LoadShape shape;
    shape.stages = stages;
    shape.duration = duration;
    return shape;
}

qint64 countOf(const Schedule &schedule)
{
    qint64 n = 0;
    while (schedule.dueAt(n))
        ++n;
    return n;
}

} // namespace

class ScheduleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void operationIsDueWhereTheIntegralReachesIt_data();
    void operationIsDueWhereTheIntegralReachesIt();
    void countIsTheIntegral_data();
    void countIsTheIntegral();
    void everyArrivalStandsAtItsIntegral();
    void dueTimesNeverGoBack();
    void constantRateDoesNotDrift();
    void shapeWithoutBoundIsOverAtOnce();
    void operationsAloneBoundTheShape();
    void tinyRateIsNeverReached();
    void rateChangeKeepsTheStartedFraction();
    void rateChangeToZeroAndBackGoesOn();
    void manyRateChangesNeitherLoseNorAdd();
    void pauseShiftsTheTimeline();
};

void ScheduleTest::operationIsDueWhereTheIntegralReachesIt_data()
{
    QTest::addColumn<LoadShape>("shape");
    QTest::addColumn<qint64>("n");
    QTest::addColumn<bool>("exists");
    QTest::addColumn<double>("seconds");
    const auto row = [](const char *name, const LoadShape &shape, qint64 n,
                        std::optional<double> seconds) {
        QTest::newRow(name) << shape << n << seconds.has_value() << seconds.value_or(0.0);
    };
    const LoadShape constant = shapeOf({stage(10, 10, 1s)}, 10s);
    row("constant, first at once", constant, 0, 0.0);
    row("constant, second", constant, 1, 0.1);
    row("constant, goes on after its stage", constant, 99, 9.9);
    row("constant, none at the end", constant, 100, std::nullopt);
    row("negative number", constant, -1, std::nullopt);

    const LoadShape ramp = shapeOf({stage(0, 10, 10s)}, 10s);
    row("ramp from zero, first at once", ramp, 0, 0.0);
    row("ramp from zero, second", ramp, 1, std::sqrt(2.0));
    row("ramp from zero, last", ramp, 49, std::sqrt(98.0));
    row("ramp from zero, none at the end", ramp, 50, std::nullopt);

    const LoadShape down = shapeOf({stage(10, 0, 10s)}, 100s);
    row("ramp to zero, second", down, 1, 10.0 - std::sqrt(98.0));
    row("ramp to zero, last", down, 49, 10.0 - std::sqrt(2.0));
    row("ramp to zero, none after it", down, 50, std::nullopt);

    const LoadShape gap = shapeOf({stage(10, 10, 1s), stage(0, 0, 5s), stage(10, 10, 1s)}, 8s);
    row("gap, last before", gap, 9, 0.9);
    row("gap, first after", gap, 10, 6.0);
    row("gap, goes on at the last rate", gap, 29, 7.9);

    const LoadShape late = shapeOf({stage(0, 0, 3s), stage(5, 5, 1s)}, 10s);
    row("zero rate first, first after it", late, 0, 3.0);

    const LoadShape spike = shapeOf({stage(1, 1, 2s), stage(100, 100, 1s), stage(1, 1, 2s)}, 5s);
    row("spike, its first", spike, 2, 2.0);
    row("spike, its last", spike, 101, 2.99);
    row("spike, first after it", spike, 102, 3.0);

    const LoadShape step = shapeOf({stage(1, 1, 0s), stage(4, 4, 1s)}, 2s);
    row("stage without length has no arrivals", step, 1, 0.25);
    row("setting without stages", shapeOf({}, 5s), 0, std::nullopt);

    LoadShape bounded = constant;
    bounded.operations = 5;
    row("number of operations, last", bounded, 4, 0.4);
    row("number of operations, beyond", bounded, 5, std::nullopt);
}

void ScheduleTest::operationIsDueWhereTheIntegralReachesIt()
{
    QFETCH(const LoadShape, shape);
    QFETCH(const qint64, n);
    QFETCH(const bool, exists);
    QFETCH(const double, seconds);
    const auto due = Schedule(shape).dueAt(n);
    QCOMPARE(due.has_value(), exists);
    if (exists)
        QCOMPARE(due->count(), fromSeconds(seconds).count());
}

void ScheduleTest::countIsTheIntegral_data()
{
    QTest::addColumn<LoadShape>("shape");
    QTest::addColumn<qint64>("count");
    QTest::newRow("5/s for 60 s") << shapeOf({stage(5, 5, 60s)}, 60s) << qint64(300);
    QTest::newRow("7/s for 3 s") << shapeOf({stage(7, 7, 3s)}, 3s) << qint64(21);
    QTest::newRow("0.3/s for 100 s") << shapeOf({stage(0.3, 0.3, 1s)}, 100s) << qint64(30);
    QTest::newRow("20,000/s for 3 s") << shapeOf({stage(20000, 20000, 3s)}, 3s) << qint64(60000);
    QTest::newRow("up, hold, down")
        << shapeOf({stage(0, 30, 10s), stage(30, 30, 10s), stage(30, 0, 10s)}, 30s) << qint64(600);
    QTest::newRow("ten uneven steps")
        << shapeOf({stage(0.1, 0.1, 10s), stage(0.2, 0.2, 10s), stage(0.7, 0.7, 10s),
                    stage(0.1, 0.1, 10s), stage(0.9, 0.9, 10s)},
                   50s)
        << qint64(20);
    QTest::newRow("part of an operation at the end rounds up: it began")
        << shapeOf({stage(1, 1, 1s)}, 2500ms) << qint64(3);
}

void ScheduleTest::countIsTheIntegral()
{
    QFETCH(const LoadShape, shape);
    QFETCH(const qint64, count);
    QCOMPARE(countOf(Schedule(shape)), count);
}

void ScheduleTest::everyArrivalStandsAtItsIntegral()
{
    const Schedule schedule(shapeOf({stage(3, 50, 7s), stage(0, 0, 2s), stage(50, 11, 13s)}, 30s));
    const qint64 count = countOf(schedule);
    QVERIFY(count > 500);
    for (qint64 n = 0; n < count; ++n) {
        const double reached = schedule.arrivalsUntil(*schedule.dueAt(n));
        QVERIFY2(std::abs(reached - double(n)) < 1e-5, qPrintable(QString::number(reached)));
    }
}

void ScheduleTest::dueTimesNeverGoBack()
{
    const Schedule schedule(
        shapeOf({stage(0, 900, 3s), stage(900, 1, 2s), stage(1, 1000, 1s), stage(0, 0, 1s)}, 10s));
    Nanoseconds last{};
    for (qint64 n = 0; schedule.dueAt(n); ++n) {
        QVERIFY(*schedule.dueAt(n) >= last);
        last = *schedule.dueAt(n);
    }
    QVERIFY(last > 5s);
    QVERIFY(last < 6s);
}

void ScheduleTest::constantRateDoesNotDrift()
{
    // A third of a second is no whole number of nanoseconds: added up it would drift.
    const Schedule schedule(shapeOf({stage(3, 3, 1s)}, 2400h));
    QCOMPARE(schedule.dueAt(3LL * 3600 * 1000)->count(), Nanoseconds(1000h).count());
    const Nanoseconds third = *schedule.dueAt(3LL * 3600 * 1000 + 1) - Nanoseconds(1000h);
    QVERIFY(qAbs(third.count() - 333333333) <= 1);
}

void ScheduleTest::shapeWithoutBoundIsOverAtOnce()
{
    const Schedule schedule(shapeOf({stage(10, 10, 1s)}, 0s));
    QVERIFY(!schedule.dueAt(0));
    QCOMPARE(schedule.end(), std::optional(Nanoseconds(0)));
}

void ScheduleTest::operationsAloneBoundTheShape()
{
    LoadShape shape = shapeOf({stage(10, 10, 1s)}, 0s);
    shape.operations = 1000;
    const Schedule schedule(shape);
    QCOMPARE(countOf(schedule), qint64(1000));
    QVERIFY(!schedule.end());
}

void ScheduleTest::tinyRateIsNeverReached()
{
    LoadShape shape = shapeOf({stage(1e-12, 1e-12, 1s)}, 0s);
    shape.operations = 10;
    QVERIFY(Schedule(shape).dueAt(0));
    QVERIFY(!Schedule(shape).dueAt(1));
}

void ScheduleTest::rateChangeKeepsTheStartedFraction()
{
    // At 1.75 s operation 2 is three quarters there; at 10/s the rest takes 25 ms.
    const Schedule changed =
        Schedule(shapeOf({stage(1, 1, 1s)}, 60s)).rebased(1750ms, Rate::perSecond(10));
    QCOMPARE(changed.dueAt(2)->count(), Nanoseconds(1775ms).count());
    QCOMPARE(changed.dueAt(3)->count(), Nanoseconds(1875ms).count());
    QCOMPARE(changed.end(), std::optional(Nanoseconds(60s)));
}

void ScheduleTest::rateChangeToZeroAndBackGoesOn()
{
    const Schedule silent =
        Schedule(shapeOf({stage(10, 10, 1s)}, 60s)).rebased(950ms, Rate::perSecond(0));
    QVERIFY(!silent.dueAt(10));
    const Schedule again = silent.rebased(20s, Rate::perSecond(1));
    QCOMPARE(again.dueAt(10)->count(), Nanoseconds(20500ms).count());
}

void ScheduleTest::manyRateChangesNeitherLoseNorAdd()
{
    Schedule schedule(shapeOf({stage(100, 100, 1s)}, 3600s));
    for (int i = 1; i <= 1000; ++i)
        schedule = schedule.rebased(i * 100ms, Rate::perSecond(i % 2 == 0 ? 100 : 300));
    // 100 ms at 100/s, then 500 times 100 ms at 300/s and as often at 100/s, until 100.1 s.
    QVERIFY(std::abs(schedule.arrivalsUntil(100100ms) - (10 + 500 * 30 + 500 * 10)) < 1e-6);
}

void ScheduleTest::pauseShiftsTheTimeline()
{
    const SteadyTime start{1000s};
    LoadTimeline timeline(start);
    QCOMPARE(timeline.at(start + 3s).count(), Nanoseconds(3s).count());
    timeline.pause(start + 5s);
    timeline.pause(start + 6s);
    QCOMPARE(timeline.at(start + 9s).count(), Nanoseconds(5s).count());
    timeline.resume(start + 15s);
    timeline.resume(start + 16s);
    QVERIFY(!timeline.isPaused());
    QCOMPARE(timeline.at(start + 15s).count(), Nanoseconds(5s).count());
    QVERIFY(timeline.steady(6s) == start + 16s);
}

QTEST_GUILESS_MAIN(ScheduleTest)

#include "tst_schedule.moc"
