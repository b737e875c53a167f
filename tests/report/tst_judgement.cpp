#include "report/judgement.h"
#include "report/madeevents.h"

#include <QTest>

using namespace lowtide;
using namespace lowtide::made;

class JudgementTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void responseTimeIsJudgedByItsPercentile();
    void noAnswerIsNoDataButNotNoFailure();
    void droppedOperationsDoNotFlatterAPercentile();
    void lostTimesDecideNothing_data();
    void lostTimesDecideNothing();
    void lostEventsTakeAPassAway();
    void failedOperationsAloneHaveNoResponseTime();
    void aLoadedServiceWithoutSamplesTakesThePassOfASumAway_data();
    void aLoadedServiceWithoutSamplesTakesThePassOfASumAway();
    void aTestThatSaysItMeasuredNothingDoesNotPass();
    void aLeakFailsTheGrowthObjectiveAndNamesItsRate_data();
    void aLeakFailsTheGrowthObjectiveAndNamesItsRate();
    void steadyMemoryWithANoisyStartPasses();
    void sustainedCpuIsTheWorstHalfMinuteOfTheWorstService();
    void aShortRunsSustainedCpuSaysSo();
    void criticalFailuresAreCounted_data();
    void criticalFailuresAreCounted();
    void ourOwnBallastKilledIsNoFailureOfTheService();
    void recoveryChecksComeFromTheScenario();
    void anObjectiveThatDoesNotDecideFailsNothing();
    void anUnknownMetricIsNoData();
    void theExitCodeSaysHowItEnded_data();
    void theExitCodeSaysHowItEnded();

private:
    static ObjectiveResult judgedBy(const Objective &objective, const QList<RunEvent> &events,
                                    RunReport *report = nullptr);
};

/// A run of one scenario whose events are given.
ObjectiveResult JudgementTest::judgedBy(const Objective &objective, const QList<RunEvent> &events,
                                        RunReport *report)
{
    RunStartedEvent start = started();
    start.objectives = {objective};
    QList<RunEvent> all = {{0.0, start}};
    all += events;
    const RunReport made = reportOf(all);
    if (report)
        *report = made;
    return made.objectives.constFirst();
}

void JudgementTest::responseTimeIsJudgedByItsPercentile()
{
    const QList<RunEvent> events = {interval(1.0, u"http_load"_s, {.planned = 100, .ok = 100}),
                                    histogram(1.0, u"http_load"_s, 100ms, 94),
                                    histogram(1.0, u"http_load"_s, 900ms, 6)};
    Objective p95 = objective(u"response_time"_s, 500.0, Comparison::Below, u"http_load"_s);
    ObjectiveResult result = judgedBy(p95, events);
    QCOMPARE(result.verdict, Verdict::Fail);
    QVERIFY(std::abs(result.measured.value() - 900.0) < 1.0);
    p95.percentile = 90;
    result = judgedBy(p95, events);
    QCOMPARE(result.verdict, Verdict::Pass);
    QVERIFY(std::abs(result.measured.value() - 100.0) < 0.2);
}

void JudgementTest::noAnswerIsNoDataButNotNoFailure()
{
    const QList<RunEvent> events = {interval(1.0, u"http_load"_s, {.planned = 10, .dropped = 10})};
    QCOMPARE(judgedBy(objective(u"response_time"_s, 500.0), events).verdict, Verdict::NoData);
    const ObjectiveResult errors = judgedBy(objective(u"error_rate"_s, 10.0), events);
    QCOMPARE(errors.verdict, Verdict::Fail);
    QCOMPARE(errors.measured.value(), 100.0);
    QCOMPARE(judgedBy(objective(u"error_rate"_s, 10.0), {}).verdict, Verdict::NoData);
}

void JudgementTest::droppedOperationsDoNotFlatterAPercentile()
{
    const auto eventsWith = [](qint64 dropped) {
        return QList<RunEvent>{interval(1.0, u"http_load"_s,
                                        {.planned = 100, .ok = 100 - dropped, .dropped = dropped}),
                               histogram(1.0, u"http_load"_s, 100ms, 100 - dropped)};
    };
    RunReport report;
    const ObjectiveResult few =
        judgedBy(objective(u"response_time"_s, 500.0), eventsWith(4), &report);
    QCOMPARE(few.verdict, Verdict::Pass);
    QVERIFY(few.note.contains(u"4"_s));
    const QString lack = percentilesLack(report.tests.constFirst());
    QVERIFY2(lack.contains(u"96 of 100"_s), qPrintable(lack));
    QCOMPARE(judgedBy(objective(u"response_time"_s, 500.0), eventsWith(6)).verdict, Verdict::Fail);
}

void JudgementTest::lostTimesDecideNothing_data()
{
    QTest::addColumn<qint64>("fast");
    QTest::addColumn<qint64>("slow");
    QTest::addColumn<Verdict>("expected");
    // Of 100 operations; what is neither fast nor slow was lost.
    QTest::newRow("too few to decide") << qint64(97) << qint64(0) << Verdict::Pass;
    QTest::newRow("slow ones might hide") << qint64(90) << qint64(0) << Verdict::NoData;
    QTest::newRow("slow whatever they took") << qint64(60) << qint64(30) << Verdict::Fail;
    QTest::newRow("a few slow ones more would break it")
        << qint64(93) << qint64(3) << Verdict::NoData;
    QTest::newRow("fast ones might hide") << qint64(30) << qint64(4) << Verdict::NoData;
    QTest::newRow("all lost") << qint64(0) << qint64(0) << Verdict::NoData;
}

void JudgementTest::lostTimesDecideNothing()
{
    QFETCH(qint64, fast);
    QFETCH(qint64, slow);
    QFETCH(Verdict, expected);
    QList<RunEvent> events = {interval(1.0, u"http_load"_s, {.planned = 100, .ok = 100})};
    if (fast > 0)
        events.append(histogram(1.0, u"http_load"_s, 100ms, fast));
    if (slow > 0)
        events.append(histogram(1.0, u"http_load"_s, 900ms, slow));
    RunReport report;
    const ObjectiveResult result = judgedBy(objective(u"response_time"_s, 500.0), events, &report);
    QVERIFY2(result.verdict == expected, qPrintable(result.note));
    const QString lost = QString::number(100 - fast - slow);
    QVERIFY2(result.note.contains(lost) && result.note.contains(u"lost"_s),
             qPrintable(result.note));
    const QString lack = percentilesLack(report.tests.constFirst());
    QVERIFY2(lack.contains(lost) && lack.contains(u"lost"_s), qPrintable(lack));
}

void JudgementTest::lostEventsTakeAPassAway()
{
    const OperationCounts counts{.planned = 10, .ok = 10};
    const QList<RunEvent> whole = {interval(1.0, u"http_load"_s, counts),
                                   finished(2.0, u"http_load"_s, counts), runFinished(3.0)};
    RunReport report;
    judgedBy(objective(u"error_rate"_s, 10.0), whole, &report);
    QCOMPARE(report.exitCode, 0);
    judgedBy(objective(u"error_rate"_s, 10.0),
             QList<RunEvent>{{0.5, GapEvent{.lostEvents = 7}}} + whole, &report);
    QCOMPARE(report.lostEvents, 7);
    QCOMPARE(report.exitCode, 4);
    QVERIFY2(report.warnings.join(u' ').contains(u"7 events of the journal were lost"_s),
             qPrintable(report.warnings.join(u' ')));
    ReportBuilder builder;
    builder.add({0.0, started()});
    for (const RunEvent &event : whole)
        builder.add(event);
    QCOMPARE(builder.report({.finished = true}).exitCode, 0);
    QCOMPARE(builder.report({.finished = true, .skippedLines = 1}).exitCode, 4);
}

void JudgementTest::failedOperationsAloneHaveNoResponseTime()
{
    const ObjectiveResult result =
        judgedBy(objective(u"response_time"_s, 500.0),
                 {interval(1.0, u"http_load"_s, {.planned = 100, .failed = 100}),
                  histogram(1.0, u"http_load"_s, 1ms, 100)});
    QCOMPARE(result.verdict, Verdict::NoData);
    QVERIFY2(result.note.contains(u"no operation succeeded"_s), qPrintable(result.note));
}

void JudgementTest::aLoadedServiceWithoutSamplesTakesThePassOfASumAway_data()
{
    QTest::addColumn<QString>("sampled");
    QTest::addColumn<double>("limit");
    QTest::addColumn<Verdict>("expected");
    QTest::addColumn<QString>("note");
    // The load works on shop; nothing works on board.
    QTest::newRow("loaded and sampled")
        << u"shop"_s << 100.0 << Verdict::Pass << u"without board"_s;
    QTest::newRow("loaded, not sampled")
        << u"board"_s << 100.0 << Verdict::NoData << u"not measured: shop"_s;
    QTest::newRow("loaded, not sampled, above the limit all the same")
        << u"board"_s << 5.0 << Verdict::Fail << u"not measured: shop"_s;
}

void JudgementTest::aLoadedServiceWithoutSamplesTakesThePassOfASumAway()
{
    QFETCH(QString, sampled);
    QFETCH(double, limit);
    QFETCH(Verdict, expected);
    QFETCH(QString, note);
    RunReport report;
    const ObjectiveResult result =
        judgedBy(objective(u"memory_total"_s, limit), {process(1.0, sampled, 10.0)}, &report);
    QCOMPARE(result.verdict, expected);
    QCOMPARE(result.measured.value(), 10.0);
    QVERIFY2(result.note.contains(note), qPrintable(result.note));
    QCOMPARE(report.warnings.join(u' ').contains(u"board was not measured"_s), sampled == u"shop");
}

void JudgementTest::aTestThatSaysItMeasuredNothingDoesNotPass()
{
    const OperationCounts counts{.planned = 10, .ok = 10};
    ScenarioFinishedEvent event{.scenario = u"http_load"_s, .end = u"completed"_s};
    event.counts = counts;
    event.remarks = {{u"no_data"_s, u"no memory was ever held"_s}};
    RunReport report;
    judgedBy(objective(u"error_rate"_s, 10.0),
             {interval(1.0, u"http_load"_s, counts), {2.0, event}, runFinished(3.0)}, &report);
    const TestReport &test = report.tests.constFirst();
    QCOMPARE(test.verdict, Verdict::NoData);
    QVERIFY(!test.success);
    QCOMPARE(test.note, u"no memory was ever held"_s);
    QCOMPARE(report.exitCode, 4);
    QVERIFY2(report.recommendations.constFirst().contains(test.note),
             qPrintable(report.recommendations.constFirst()));
}

void JudgementTest::aLeakFailsTheGrowthObjectiveAndNamesItsRate_data()
{
    QTest::addColumn<double>("mbPerMinute");
    QTest::addColumn<int>("seconds");
    QTest::addColumn<bool>("fails");
    QTest::newRow("60 MB a minute for 180 s") << 60.0 << 180 << true;
    QTest::newRow("20 MB a minute for 180 s") << 20.0 << 180 << false;
    QTest::newRow("2 MB a minute for 3 hours") << 2.0 << 10800 << true;
}

void JudgementTest::aLeakFailsTheGrowthObjectiveAndNamesItsRate()
{
    QFETCH(double, mbPerMinute);
    QFETCH(int, seconds);
    QFETCH(bool, fails);
    QList<RunEvent> events = {phase(0.5, u"http_load"_s, true, u"baseline"_s)};
    for (int second = 1; second <= seconds; ++second) {
        if (second == 10)
            events.append(phase(10.5, u"http_load"_s, false, u"baseline"_s));
        // An even leak under a saw tooth of 3 MB, beside a steady service.
        const double mb = 30.0 + mbPerMinute * second / 60.0 + second % 4;
        events.append(process(second, u"shop"_s, mb));
        events.append(process(second + 0.01, u"board"_s, 20.0));
    }
    RunReport report;
    const ObjectiveResult result = judgedBy(objective(u"memory_growth"_s, 100.0), events, &report);
    QCOMPARE(result.verdict, fails ? Verdict::Fail : Verdict::Pass);
    // Median of the first 10 s to that of the last tenth.
    const double expected = mbPerMinute * (seconds * 0.95 - 5.5) / 60.0;
    QVERIFY2(std::abs(result.measured.value() - expected) < 0.03 * expected + 3.0,
             qPrintable(result.note));
    const double rate = report.growth->ratePerMinuteMb.value();
    QVERIFY2(std::abs(rate - mbPerMinute) < 0.02 * mbPerMinute, qPrintable(QString::number(rate)));
    QVERIFY2(result.note.contains(u"MB/min"_s), qPrintable(result.note));
    const auto &shop = report.services.at(0).growth;
    QVERIFY(std::abs(shop->ratePerMinuteMb.value() - mbPerMinute) < 0.02 * mbPerMinute);
    QCOMPARE(report.services.at(1).growth->growthMb(), 0.0);
}

void JudgementTest::steadyMemoryWithANoisyStartPasses()
{
    QList<RunEvent> events;
    for (int second = 1; second <= 100; ++second)
        events.append(process(second, u"shop"_s, second < 4 ? 10.0 : second == 98 ? 400.0 : 60.0));
    RunReport report;
    const ObjectiveResult result = judgedBy(objective(u"memory_growth"_s, 5.0), events, &report);
    QCOMPARE(result.verdict, Verdict::Pass);
    QCOMPARE(result.measured.value(), 0.0);
    QCOMPARE(report.growth->ratePerMinuteMb.value(), 0.0);
}

void JudgementTest::sustainedCpuIsTheWorstHalfMinuteOfTheWorstService()
{
    QList<RunEvent> events;
    for (int second = 1; second <= 120; ++second) {
        const bool isBusy = second > 40 && second <= 80;
        // shop has a limit of half a core: 48 % of a core are 96 % of its limit.
        events.append(process(second, u"shop"_s, 10.0, isBusy ? 48.0 : 5.0));
        events.append(process(second, u"board"_s, 10.0, 60.0));
    }
    const ObjectiveResult result = judgedBy(objective(u"cpu_sustained"_s, 90.0), events);
    QCOMPARE(result.verdict, Verdict::Fail);
    QVERIFY(std::abs(result.measured.value() - 96.0) < 0.01);
    QVERIFY2(result.note.contains(u"shop"_s), qPrintable(result.note));
    QList<RunEvent> shortBurst;
    for (int second = 1; second <= 120; ++second)
        shortBurst.append(
            process(second, u"shop"_s, 10.0, second > 40 && second <= 55 ? 50.0 : 0.0));
    // 15 s of 100 % within 30 s.
    QVERIFY(
        std::abs(judgedBy(objective(u"cpu_sustained"_s, 90.0), shortBurst).measured.value() - 50.0)
        < 2.0);
}

void JudgementTest::aShortRunsSustainedCpuSaysSo()
{
    QList<RunEvent> events;
    for (int second = 1; second <= 10; ++second) {
        events.append(process(second, u"shop"_s, 10.0, 1.0));
        events.append(process(second, u"board"_s, 10.0, 40.0));
    }
    const ObjectiveResult result = judgedBy(objective(u"cpu_sustained"_s, 90.0), events);
    QCOMPARE(result.verdict, Verdict::Pass);
    QCOMPARE(result.measured.value(), 40.0);
    QVERIFY2(result.note.contains(u"10 s"_s), qPrintable(result.note));
}

void JudgementTest::criticalFailuresAreCounted_data()
{
    QTest::addColumn<QList<RunEvent>>("events");
    QTest::addColumn<double>("expected");
    const auto event = [](double seconds, const QString &what) {
        return RunEvent{seconds, ContainerEventEvent{.service = u"shop"_s, .what = what}};
    };
    const auto kills = [](double seconds, qint64 total) {
        return RunEvent{seconds, ProcessEvent{.service = u"shop"_s, .oomKills = total}};
    };
    QTest::newRow("none") << QList<RunEvent>{probe(1, u"shop"_s, true)} << 0.0;
    QTest::newRow("a crash") << QList<RunEvent>{event(1, u"die"_s)} << 1.0;
    QTest::newRow("a crash told by two watchers")
        << QList<RunEvent>{event(1, u"die"_s), event(1.6, u"vanished"_s)} << 1.0;
    QTest::newRow("two crashes") << QList<RunEvent>{event(1, u"die"_s), event(2, u"die"_s)} << 2.0;
    QTest::newRow("an OOM kill told three times")
        << QList<RunEvent>{kills(0.5, 0), event(1, u"oom"_s), event(1, u"die"_s), kills(1.5, 1)}
        << 1.0;
    QTest::newRow("a child killed for lack of memory")
        << QList<RunEvent>{kills(1, 2), kills(2, 3)} << 1.0;
    QTest::newRow("unhealthy at the end")
        << QList<RunEvent>{probe(1, u"shop"_s, true), probe(2, u"shop"_s, false)} << 1.0;
    QTest::newRow("unhealthy in between")
        << QList<RunEvent>{probe(1, u"shop"_s, false), probe(2, u"shop"_s, true)} << 0.0;
}

void JudgementTest::criticalFailuresAreCounted()
{
    QFETCH(QList<RunEvent>, events);
    QFETCH(double, expected);
    const ObjectiveResult result =
        judgedBy(objective(u"critical_failures"_s, 0.0, Comparison::AtMost), events);
    QCOMPARE(result.measured.value(), expected);
    QCOMPARE(result.verdict, expected > 0.0 ? Verdict::Fail : Verdict::Pass);
    QCOMPARE(result.note.contains(u"shop"_s), expected > 0.0);
}

void JudgementTest::ourOwnBallastKilledIsNoFailureOfTheService()
{
    const auto kills = [](double seconds, qint64 total) {
        return RunEvent{seconds, ProcessEvent{.service = u"shop"_s, .oomKills = total}};
    };
    const ObjectiveResult result =
        judgedBy(objective(u"critical_failures"_s, 0.0, Comparison::AtMost),
                 {kills(1, 0), kills(2, 1),
                  finished(3.0, u"http_load"_s, {}, {{u"ballast_killed"_s, 1.0}})});
    QCOMPARE(result.verdict, Verdict::Pass);
}

void JudgementTest::recoveryChecksComeFromTheScenario()
{
    const Objective checks =
        objective(u"recovery_checks"_s, 80.0, Comparison::AtLeast, u"http_load"_s);
    QCOMPARE(
        judgedBy(checks, {finished(1.0, u"http_load"_s, {}, {{u"checks_passed_percent"_s, 80.0}})})
            .verdict,
        Verdict::Pass);
    QCOMPARE(
        judgedBy(checks, {finished(1.0, u"http_load"_s, {}, {{u"checks_passed_percent"_s, 60.0}})})
            .verdict,
        Verdict::Fail);
    QCOMPARE(judgedBy(checks, {finished(1.0, u"http_load"_s, {})}).verdict, Verdict::NoData);
}

void JudgementTest::anObjectiveThatDoesNotDecideFailsNothing()
{
    Objective target = objective(u"memory"_s, 5.0, Comparison::Below, u"service:shop"_s);
    target.decides = false;
    const OperationCounts counts{.planned = 5, .ok = 5};
    RunReport report;
    const ObjectiveResult result =
        judgedBy(target,
                 {process(1.0, u"shop"_s, 10.0), interval(1.0, u"http_load"_s, counts),
                  finished(2.0, u"http_load"_s, counts), runFinished(3.0)},
                 &report);
    QCOMPARE(result.verdict, Verdict::Fail);
    QCOMPARE(report.verdict, Verdict::Pass);
    QCOMPARE(report.exitCode, 0);
    QVERIFY(!report.recommendations.isEmpty());
    QVERIFY2(report.recommendations.constFirst().contains(u"shop"_s),
             qPrintable(report.recommendations.constFirst()));
}

void JudgementTest::anUnknownMetricIsNoData()
{
    const ObjectiveResult result = judgedBy(objective(u"mood"_s, 1.0), {runFinished(1.0)});
    QCOMPARE(result.verdict, Verdict::NoData);
    QVERIFY(result.note.contains(u"mood"_s));
}

void JudgementTest::theExitCodeSaysHowItEnded_data()
{
    QTest::addColumn<QString>("end");
    QTest::addColumn<qint64>("failed");
    QTest::addColumn<qint64>("planned");
    QTest::addColumn<int>("expected");
    QTest::newRow("all met") << u"completed"_s << qint64(0) << qint64(10) << 0;
    QTest::newRow("an objective missed") << u"completed"_s << qint64(10) << qint64(10) << 1;
    QTest::newRow("nothing measured") << u"completed"_s << qint64(0) << qint64(0) << 4;
    QTest::newRow("interrupted") << u"interrupted"_s << qint64(0) << qint64(10) << 130;
    QTest::newRow("interrupted after a miss")
        << u"interrupted"_s << qint64(10) << qint64(10) << 130;
    QTest::newRow("could not run") << u"failed"_s << qint64(0) << qint64(0) << 3;
    QTest::newRow("journal without end") << QString() << qint64(0) << qint64(10) << 4;
    QTest::newRow("journal without end after a miss") << QString() << qint64(10) << qint64(10) << 1;
}

void JudgementTest::theExitCodeSaysHowItEnded()
{
    QFETCH(QString, end);
    QFETCH(qint64, failed);
    QFETCH(qint64, planned);
    QFETCH(int, expected);
    const OperationCounts counts{.planned = planned, .ok = planned - failed, .failed = failed};
    QList<RunEvent> events = {interval(1.0, u"http_load"_s, counts),
                              finished(2.0, u"http_load"_s, counts)};
    if (!end.isEmpty())
        events.append(runFinished(3.0, end));
    RunReport report;
    judgedBy(objective(u"error_rate"_s, 10.0), events, &report);
    QCOMPARE(report.exitCode, expected);
    QCOMPARE(exitCode(report), expected);
}

QTEST_GUILESS_MAIN(JudgementTest)
#include "tst_judgement.moc"
