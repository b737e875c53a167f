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
        judge.add(load.second(0, 0, 0ms), true);
    QVERIFY(judge.isDone());
    QCOMPARE(judge.checksPassed(), 0);
    QCOMPARE(judge.failures().value(u"no_answer"_s), 3);
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
