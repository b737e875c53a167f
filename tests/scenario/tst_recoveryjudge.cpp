#include "scenario/recoveryjudge.h"

#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class RecoveryJudgeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aServiceThatIsBackAtOncePassesEveryCheck();
    void checksBeginOnlyWhenTheServiceIsBack();
    void aServiceThatStaysSlowFailsItsChecksAfterTheRecoveryTime();
    void noAnswersAreNoPass();
    void aWindowInWhichNothingWasDueIsNoCheck();
    void pausedIntervalsAreNotJudged();
    void windowsOfTwoSecondsAreFullAfterTwoIntervals_data();
    void windowsOfTwoSecondsAreFullAfterTwoIntervals();
    void aLongerWindowMakesChecksLonger();
    void anUnhealthyServiceFailsTheCheckItIsUnhealthyIn();
    void slowerThanTheBaselineIsNotBackThoughTheObjectiveHolds();
    void differencesBelowTheNoiseCountAsTheBaseline();
    void errorsAboveTheLimitFailTheCheck();
};

namespace {

RecoverySettings settings()
{
    RecoverySettings values;
    values.checks = 3;
    values.recoveryTime = 10s;
    values.maxResponseMs = 2000;
    return values;
}

const RecoveryJudge::Limits limits{.maxErrorRatePercent = 20, .window = 2s};

/// A load second by second; totals go on as in a real one.
struct Load {
    LoadInterval second(int ok, int failed, Nanoseconds response)
    {
        LoadInterval interval;
        interval.length = 1s;
        counts.planned += ok + failed;
        counts.ok += ok;
        counts.failed += failed;
        interval.counts = counts;
        interval.responseTime.record(response, ok + failed);
        return interval;
    }
    /// As many fall due as users are free; nobody answers.
    LoadInterval silence(int due)
    {
        counts.planned += due;
        counts.inFlight += due;
        return second(0, 0, 0ms);
    }
    OperationCounts counts;
};

} // namespace

void RecoveryJudgeTest::aServiceThatIsBackAtOncePassesEveryCheck()
{
    RecoveryJudge judge(settings(), limits, 50.0);
    Load load;
    int seconds = 0;
    for (; !judge.isDone() && seconds < 60; ++seconds)
        judge.add(load.second(10, 0, 50ms), true);
    QCOMPARE(judge.checksPassed(), 3);
    QCOMPARE(judge.secondsToObjective(), std::optional(2.0));
    QCOMPARE(judge.secondsToBaseline(), std::optional(2.0));
    QCOMPARE(seconds, 2 + 3 * 2);
}

void RecoveryJudgeTest::checksBeginOnlyWhenTheServiceIsBack()
{
    RecoveryJudge judge(settings(), limits, 50.0);
    Load load;
    for (int second = 0; second < 5; ++second)
        judge.add(load.second(0, 10, 50ms), true);
    QCOMPARE(judge.checksDone(), 0);
    for (int second = 0; second < 60 && !judge.isDone(); ++second)
        judge.add(load.second(10, 0, 50ms), true);
    QCOMPARE(judge.checksPassed(), 3);
    QCOMPARE(judge.secondsToObjective(), std::optional(7.0));
}

void RecoveryJudgeTest::aServiceThatStaysSlowFailsItsChecksAfterTheRecoveryTime()
{
    RecoveryJudge judge(settings(), limits, 50.0);
    Load load;
    int seconds = 0;
    for (; !judge.isDone() && seconds < 60; ++seconds)
        judge.add(load.second(10, 0, 3s), true);
    QCOMPARE(judge.checksPassed(), 0);
    QCOMPARE(judge.failures().value(u"response_time"_s), 3);
    QVERIFY(!judge.secondsToObjective());
    QCOMPARE(seconds, 10 + 3 * 2);
}

void RecoveryJudgeTest::noAnswersAreNoPass()
{
    RecoveryJudge judge(settings(), limits, std::nullopt);
    Load load;
    for (int second = 0; second < 60 && !judge.isDone(); ++second)
        judge.add(load.silence(second == 0 ? 3 : 0), true);
    QVERIFY(judge.isDone());
    QCOMPARE(judge.checksPassed(), 0);
    QCOMPARE(judge.failures().value(u"no_answer"_s), 3);
}

void RecoveryJudgeTest::aWindowInWhichNothingWasDueIsNoCheck()
{
    RecoveryJudge judge(settings(), limits, std::nullopt);
    Load load;
    for (int second = 0; second < 20; ++second)
        judge.add(load.second(0, 0, 0ms), true);
    QCOMPARE(judge.checksDone(), 0);
    for (int second = 0; second < 60 && !judge.isDone(); ++second)
        judge.add(second % 4 == 0 ? load.second(1, 0, 50ms) : load.second(0, 0, 0ms), true);
    QCOMPARE(judge.checksPassed(), 3);
    QCOMPARE(judge.checksDone(), 3);
}

void RecoveryJudgeTest::pausedIntervalsAreNotJudged()
{
    RecoveryJudge judge(settings(), limits, 50.0);
    Load load;
    for (int second = 0; second < 3; ++second)
        judge.add(load.second(10, 0, 50ms), true);
    for (int second = 0; second < 30; ++second)
        judge.skip(load.second(0, second == 0 ? 10 : 0, 50ms));
    QCOMPARE(judge.checksDone(), 0);
    int seconds = 0;
    for (; seconds < 60 && !judge.isDone(); ++seconds)
        judge.add(load.second(10, 0, 50ms), true);
    QCOMPARE(judge.checksPassed(), 3);
    QCOMPARE(seconds, 3 * 2);
}

void RecoveryJudgeTest::windowsOfTwoSecondsAreFullAfterTwoIntervals_data()
{
    QTest::addColumn<qint64>("intervalNs");
    QTest::newRow("a timer a trifle early") << qint64(999'990'000);
    QTest::newRow("on time") << qint64(1'000'000'000);
    QTest::newRow("a timer a trifle late") << qint64(1'000'010'000);
}

void RecoveryJudgeTest::windowsOfTwoSecondsAreFullAfterTwoIntervals()
{
    QFETCH(qint64, intervalNs);
    RecoveryJudge judge(settings(), limits, 50.0);
    Load load;
    int intervals = 0;
    for (; !judge.isDone() && intervals < 60; ++intervals) {
        LoadInterval interval = load.second(10, 0, 50ms);
        interval.length = Nanoseconds(intervalNs);
        judge.add(interval, true);
    }
    QCOMPARE(intervals, 2 + 3 * 2);
}

void RecoveryJudgeTest::aLongerWindowMakesChecksLonger()
{
    RecoveryJudge judge(settings(), limits, 50.0);
    Load load;
    for (int second = 0; second < 2; ++second)
        judge.add(load.second(10, 0, 50ms), true);
    judge.setWindow(4s);
    int seconds = 0;
    for (; !judge.isDone() && seconds < 60; ++seconds)
        judge.add(load.second(10, 0, 50ms), true);
    QCOMPARE(seconds, 3 * 4);
}

void RecoveryJudgeTest::anUnhealthyServiceFailsTheCheckItIsUnhealthyIn()
{
    RecoveryJudge judge(settings(), limits, 50.0);
    Load load;
    for (int second = 0; second < 4; ++second)
        judge.add(load.second(10, 0, 50ms), true);
    for (int second = 0; second < 60 && !judge.isDone(); ++second)
        judge.add(load.second(10, 0, 50ms), second >= 2);
    QCOMPARE(judge.checksPassed(), 2);
    QCOMPARE(judge.failures().value(u"unhealthy"_s), 1);
}

void RecoveryJudgeTest::slowerThanTheBaselineIsNotBackThoughTheObjectiveHolds()
{
    RecoveryJudge judge(settings(), limits, 50.0);
    Load load;
    for (int second = 0; second < 60 && !judge.isDone(); ++second)
        judge.add(load.second(10, 0, 100ms), true);
    QCOMPARE(judge.secondsToObjective(), std::optional(2.0));
    QVERIFY(!judge.secondsToBaseline());
    QCOMPARE(judge.checksPassed(), 3);
}

void RecoveryJudgeTest::differencesBelowTheNoiseCountAsTheBaseline()
{
    RecoveryJudge judge(settings(), limits, 1.0);
    Load load;
    for (int second = 0; second < 60 && !judge.isDone(); ++second)
        judge.add(load.second(10, 0, 5ms), true);
    QVERIFY(judge.secondsToBaseline());
}

void RecoveryJudgeTest::errorsAboveTheLimitFailTheCheck()
{
    RecoveryJudge judge(settings(), limits, 50.0);
    Load load;
    for (int second = 0; second < 60 && !judge.isDone(); ++second)
        judge.add(load.second(7, 3, 50ms), true);
    QCOMPARE(judge.failures().value(u"error_rate"_s), 3);
}

QTEST_GUILESS_MAIN(RecoveryJudgeTest)
#include "tst_recoveryjudge.moc"
