#include "report/madeevents.h"
#include "report/reporttext.h"

#include <QTest>

using namespace lowtide;
using namespace lowtide::made;

class ReportBuilderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void figuresEqualAHandCalculation();
    void aSampleCountsForTheScenarioThatRuns();
    void cpuThatReachesBackBeforeAScenarioIsNotItsOwn();
    void theBaselineIsNoPartOfItsScenario();
    void loadThatIsOnlyABaselineIsNoTest();
    void whatWasNotMeasuredIsAbsent();
    void aScenarioThatNeverRanIsReported();
    void aJournalWithoutEndGivesAReportUpToThere();
    void interruptionIsNotAPass();
    void countersThatStartAnewGoOnRising();
    void containersReplaceTheirProcesses();
    void ballastIsTakenOutOfAContainersMemory();
    void cyclesAreToldApart();
    void longRunsKeepABoundedTimeline();
    void snapshotsComeAtTheIntervalOfTheProfile();
    void whatEndsWithTheRunIsNoCrash();
    void theFailingCheckKeepsItsOwnDetail();
    void aRunThatGoesOnIsNotCalledBroken();
    void servicesWithoutLimitsForOneReasonShareALine();
    void resentRequestsAreExplained();
    void spansAreSaidInWords();
};

void ReportBuilderTest::figuresEqualAHandCalculation()
{
    const OperationCounts counts{.planned = 100,
                                 .sent = 95,
                                 .ok = 80,
                                 .failed = 7,
                                 .timedOut = 3,
                                 .dropped = 5,
                                 .cancelled = 5};
    RunStartedEvent start = started();
    start.objectives = {objective(u"error_rate"_s, 20.0, Comparison::Below, u"http_load"_s)};
    const RunReport report = reportOf({
        {0.0, start},
        phase(1.0, u"http_load"_s, true),
        process(2.0, u"shop"_s, 40.0, 10.0),
        process(2.01, u"board"_s, 20.0, 5.0),
        process(3.0, u"shop"_s, 60.0, 30.0),
        process(3.01, u"board"_s, 10.0, 5.0),
        process(4.0, u"shop"_s, 50.0, 20.0),
        process(4.01, u"board"_s, 15.0, 5.0),
        interval(4.5, u"http_load"_s, counts),
        histogram(4.5, u"http_load"_s, 10ms, 85),
        histogram(4.5, u"http_load"_s, 100ms, 5),
        histogram(4.5, u"http_load"_s, 5ms, 90, u"service_time"_s),
        phase(5.0, u"http_load"_s, false),
        finished(5.0, u"http_load"_s, counts, {{u"extra"_s, 1.5}}),
        runFinished(6.0),
    });
    const TestReport &test = report.tests.constFirst();
    QCOMPARE(test.counts, counts);
    QCOMPARE(test.durationSeconds, 4.0);
    QCOMPARE(test.responseTime.count(), 90);
    QCOMPARE(test.metrics.value(u"extra"_s), 1.5);
    // 100 x (7 + 3 + 5) / (100 - 5)
    QCOMPARE(errorRatePercent(test.counts).value(), 1500.0 / 95.0);
    // Moments: 40 + 20, 60 + 10, 50 + 15.
    QCOMPARE(test.usage.maxMemoryMb.value(), 70.0);
    QCOMPARE(test.usage.maxMemoryMbByService.value(u"shop"_s), 60.0);
    QCOMPARE(report.usage.maxMemoryMb.value(), 70.0);
    // Mean of shop 20, of board 5; the highest moment 30 + 5.
    QVERIFY(std::abs(test.usage.avgCpuPercent.value() - 25.0) < 0.01);
    QCOMPARE(test.usage.peakCpuPercent.value(), 35.0);
    // (85 x 10 + 5 x 100) / 90, within the histogram's precision.
    QVERIFY(std::abs(report.avgResponseMs().value() - 15.0) < 0.1);
    QCOMPARE(report.durationSeconds, 6.0);
    QCOMPARE(report.counts(), counts);
    QVERIFY(test.success);
    QCOMPARE(report.exitCode, 0);
}

void ReportBuilderTest::aSampleCountsForTheScenarioThatRuns()
{
    const RunReport report = reportOf({
        {0.0, started({u"first"_s, u"second"_s})},
        phase(1.0, u"first"_s, true),
        process(2.0, u"shop"_s, 90.0, 80.0),
        probe(2.0, u"shop"_s, true),
        process(3.0, u"shop"_s, 95.0, 85.0),
        phase(3.5, u"first"_s, false),
        process(4.0, u"shop"_s, 99.0, 99.0),
        phase(4.5, u"second"_s, true),
        process(5.6, u"shop"_s, 30.0, 10.0),
        probe(5.6, u"shop"_s, false),
        process(6.6, u"shop"_s, 31.0, 12.0),
        phase(7.0, u"second"_s, false),
        runFinished(8.0),
    });
    QCOMPARE(report.tests.at(0).usage.maxMemoryMb.value(), 95.0);
    QCOMPARE(report.tests.at(1).usage.maxMemoryMb.value(), 31.0);
    QCOMPARE(report.tests.at(1).usage.peakCpuPercent.value(), 12.0);
    QCOMPARE(report.tests.at(0).health.healthyChecks, 1);
    QCOMPARE(report.tests.at(1).health.totalChecks, 1);
    QCOMPARE(report.tests.at(1).health.healthyChecks, 0);
    // Between the scenarios too: the run's own peak.
    QCOMPARE(report.usage.maxMemoryMb.value(), 99.0);
}

void ReportBuilderTest::cpuThatReachesBackBeforeAScenarioIsNotItsOwn()
{
    const RunReport report = reportOf({
        {0.0, started({u"first"_s, u"second"_s})},
        phase(0.5, u"first"_s, true),
        process(1.0, u"shop"_s, 10.0, 90.0),
        process(2.0, u"shop"_s, 10.0, 90.0),
        phase(2.4, u"first"_s, false),
        phase(2.5, u"second"_s, true),
        process(3.0, u"shop"_s, 10.0, 50.0), // half of it is of the first scenario
        process(4.0, u"shop"_s, 10.0, 10.0),
        phase(4.5, u"second"_s, false),
        runFinished(5.0),
    });
    QCOMPARE(report.tests.at(1).usage.avgCpuPercent.value(), 10.0);
    QCOMPARE(report.tests.at(1).usage.peakCpuPercent.value(), 10.0);
    QCOMPARE(report.tests.at(0).usage.avgCpuPercent.value(), 90.0);
}

void ReportBuilderTest::theBaselineIsNoPartOfItsScenario()
{
    const OperationCounts before{.planned = 50, .sent = 50, .ok = 49, .failed = 1};
    const OperationCounts all{.planned = 80, .sent = 80, .ok = 70, .failed = 10};
    const RunReport report = reportOf({
        {0.0, started({u"recovery"_s})},
        phase(0.0, u"recovery"_s, true, u"baseline"_s),
        interval(5.0, u"recovery"_s, before, u"baseline"_s),
        histogram(5.0, u"recovery"_s, 1ms, 50, u"response_time"_s, u"baseline"_s),
        process(5.0, u"shop"_s, 77.0),
        phase(10.0, u"recovery"_s, false, u"baseline"_s),
        phase(20.0, u"recovery"_s, true, u"recovery"_s),
        interval(22.0, u"recovery"_s, all, u"recovery"_s),
        histogram(22.0, u"recovery"_s, 9ms, 30, u"response_time"_s, u"recovery"_s),
        phase(23.0, u"recovery"_s, false, u"recovery"_s),
        finished(23.0, u"recovery"_s, all),
        runFinished(24.0),
    });
    const TestReport &test = report.tests.constFirst();
    QCOMPARE(test.counts, (OperationCounts{.planned = 30, .sent = 30, .ok = 21, .failed = 9}));
    QCOMPARE(test.responseTime.count(), 30);
    QCOMPARE(test.durationSeconds, 3.0);
    QVERIFY(!test.usage.maxMemoryMb);
    QCOMPARE(report.baseline.size(), 1);
    QCOMPARE(report.baseline.constFirst().counts, before);
    QCOMPARE(report.baseline.constFirst().responseTime.count, 50);
}

void ReportBuilderTest::loadThatIsOnlyABaselineIsNoTest()
{
    const OperationCounts before{.planned = 50, .sent = 50, .ok = 50};
    const RunReport report = reportOf({
        {0.0, started()},
        interval(5.0, u"baseline"_s, before, u"baseline"_s),
        phase(6.0, u"http_load"_s, true),
        probe(7.0, u"shop"_s, true),
        phase(8.0, u"http_load"_s, false),
        finished(8.0, u"http_load"_s, {}),
        probe(9.0, u"shop"_s, false), // ends with the run
        runFinished(10.0),
    });
    QCOMPARE(report.tests.size(), 1);
    QCOMPARE(report.counts().planned, 0);
    QCOMPARE(report.baseline.size(), 1);
    QCOMPARE(report.baseline.constFirst().scenario, u"baseline"_s);
    QCOMPARE(report.services.constFirst().criticalFailures, QStringList());
}

void ReportBuilderTest::whatWasNotMeasuredIsAbsent()
{
    const RunReport report = reportOf({{0.0, started()},
                                       phase(1.0, u"http_load"_s, true),
                                       phase(2.0, u"http_load"_s, false),
                                       finished(2.0, u"http_load"_s, {}),
                                       runFinished(3.0)});
    QVERIFY(!report.usage.maxMemoryMb);
    QVERIFY(!report.usage.avgCpuPercent);
    QVERIFY(!report.avgResponseMs());
    QVERIFY(!errorRatePercent(report.tests.constFirst().counts));
    QVERIFY(!report.generator);
    QVERIFY(!report.growth);
    QVERIFY(!report.tests.constFirst().success);
    QCOMPARE(report.verdict, Verdict::NoData);
    QCOMPARE(report.exitCode, 4);
}

void ReportBuilderTest::aScenarioThatNeverRanIsReported()
{
    const RunReport report =
        reportOf({{0.0, started({u"first"_s, u"second"_s})},
                  phase(1.0, u"first"_s, true),
                  interval(2.0, u"first"_s, {.planned = 3, .sent = 3, .ok = 3}),
                  runFinished(2.0, u"interrupted"_s)});
    QCOMPARE(report.tests.size(), 2);
    QCOMPARE(report.tests.at(0).end, u"unfinished"_s);
    QCOMPARE(report.tests.at(1).end, u"not_run"_s);
    QCOMPARE(report.tests.at(1).description, u"about second"_s);
    QVERIFY(!report.tests.at(1).success);
}

void ReportBuilderTest::aJournalWithoutEndGivesAReportUpToThere()
{
    const OperationCounts counts{.planned = 10, .sent = 9, .ok = 8, .inFlight = 2};
    const RunReport report = reportOf({{0.0, started()},
                                       phase(1.0, u"http_load"_s, true),
                                       interval(7.0, u"http_load"_s, counts)});
    QVERIFY(report.isRecovered());
    QCOMPARE(report.durationSeconds, 7.0);
    QCOMPARE(report.tests.constFirst().durationSeconds, 6.0);
    QCOMPARE(report.tests.constFirst().counts, counts);
    QCOMPARE(report.exitCode, 4);
    QVERIFY(!report.warnings.isEmpty());
}

void ReportBuilderTest::interruptionIsNotAPass()
{
    const OperationCounts counts{.planned = 10, .sent = 10, .ok = 10};
    const RunReport report = reportOf({{0.0, started()},
                                       phase(1.0, u"http_load"_s, true),
                                       interval(7.0, u"http_load"_s, counts),
                                       phase(8.0, u"http_load"_s, false),
                                       finished(8.0, u"http_load"_s, counts),
                                       runFinished(8.0, u"interrupted"_s)});
    QCOMPARE(report.verdict, Verdict::NoData);
    QCOMPARE(report.exitCode, 130);
}

void ReportBuilderTest::countersThatStartAnewGoOnRising()
{
    QList<RunEvent> events = {{0.0, started()}};
    double seconds = 1.0;
    for (const qint64 total : {100, 150, 170, 20, 50}) {
        events.append({seconds++,
                       ProcessEvent{.service = u"shop"_s,
                                    .memoryBytes = 1,
                                    .diskReadBytes = total,
                                    .throttledPeriods = total / 10,
                                    .periods = total}});
    }
    const ServiceReport shop = reportOf(events).services.constFirst();
    // 50 + 20 before the restart, 20 + 30 after it.
    QCOMPARE(shop.totals.diskReadBytes.value(), 120);
    QCOMPARE(shop.totals.periods.value(), 120);
    QVERIFY(!shop.totals.networkSentBytes);
}

void ReportBuilderTest::containersReplaceTheirProcesses()
{
    const auto container = [](double seconds, const QString &state, double memoryMb) {
        return RunEvent{seconds,
                        ContainerEvent{.container = u"shop-1"_s,
                                       .service = u"shop"_s,
                                       .state = state,
                                       .memoryBytes = Bytes::fromMb(memoryMb).count()}};
    };
    const RunReport report = reportOf({{0.0, started()},
                                       container(1.0, u"running"_s, 50.0),
                                       process(1.1, u"shop"_s, 40.0),
                                       container(2.0, u"running"_s, 55.0),
                                       process(2.1, u"shop"_s, 40.0),
                                       container(3.0, u"exited"_s, 0.0)});
    QCOMPARE(report.usage.maxMemoryMb.value(), 55.0);
    QCOMPARE(report.initialContainers.value(u"shop-1"_s).state, u"running"_s);
    QCOMPARE(report.finalContainers.value(u"shop-1"_s).state, u"exited"_s);
}

void ReportBuilderTest::ballastIsTakenOutOfAContainersMemory()
{
    const auto container = [](double seconds, double memoryMb) {
        return RunEvent{seconds,
                        ContainerEvent{.container = u"shop-1"_s,
                                       .service = u"shop"_s,
                                       .state = u"running"_s,
                                       .memoryBytes = Bytes::fromMb(memoryMb).count()}};
    };
    const auto ballast = [](double seconds, double mb) {
        return RunEvent{seconds, ActionEvent{.id = u"ballast"_s, .scope = u"shop"_s, .value = mb}};
    };
    const RunReport report = reportOf({{0.0, started()},
                                       container(1.0, 30.0),
                                       ballast(1.5, 60.0),
                                       container(2.0, 91.0),
                                       ballast(2.5, 0.0),
                                       container(3.0, 31.0)});
    QCOMPARE(report.usage.maxMemoryMb.value(), 31.0);
    QCOMPARE(report.usage.maxWithBallastMb.value(), 91.0);
    QCOMPARE(report.services.constFirst().ballastPeakMb.value(), 60.0);
}

void ReportBuilderTest::cyclesAreToldApart()
{
    const auto cycle = [](double seconds, int index, bool begins) {
        return RunEvent{
            seconds,
            CycleEvent{.scenario = u"http_load"_s, .index = index, .of = 2, .begins = begins}};
    };
    const OperationCounts one{.planned = 10, .sent = 10, .ok = 10};
    const OperationCounts both{.planned = 20, .sent = 20, .ok = 15, .failed = 5};
    const RunReport report = reportOf({
        {0.0, started()},
        phase(1.0, u"http_load"_s, true),
        cycle(1.0, 1, true),
        process(2.0, u"shop"_s, 30.0),
        interval(3.0, u"http_load"_s, one),
        histogram(3.0, u"http_load"_s, 10ms, 10),
        cycle(3.0, 1, false),
        phase(3.0, u"http_load"_s, false),
        process(4.0, u"shop"_s, 99.0),
        phase(5.0, u"http_load"_s, true),
        cycle(5.0, 2, true),
        process(6.0, u"shop"_s, 50.0),
        interval(7.0, u"http_load"_s, both),
        histogram(7.0, u"http_load"_s, 40ms, 10),
        cycle(8.0, 2, false),
        phase(8.0, u"http_load"_s, false),
        finished(8.0, u"http_load"_s, both),
        runFinished(9.0),
    });
    const TestReport &test = report.tests.constFirst();
    QCOMPARE(test.cycles.size(), 2);
    QCOMPARE(test.durationSeconds, 5.0);
    QCOMPARE(test.cycles.at(0).counts, one);
    QCOMPARE(test.cycles.at(1).counts.failed, 5);
    QCOMPARE(test.cycles.at(0).lengthSeconds, 2.0);
    QCOMPARE(test.cycles.at(0).memoryMb.value(), 30.0);
    QCOMPARE(test.cycles.at(1).memoryMb.value(), 50.0);
    QVERIFY(std::abs(test.cycles.at(0).responseTime.p95Ms.value() - 10.0) < 0.1);
    QVERIFY(std::abs(test.cycles.at(1).responseTime.p95Ms.value() - 40.0) < 0.1);
}

void ReportBuilderTest::longRunsKeepABoundedTimeline()
{
    ReportBuilder builder;
    builder.add({0.0, started()});
    OperationCounts counts;
    for (int second = 1; second <= 10000; ++second) {
        counts.planned += 5;
        counts.ok += 5;
        builder.add(process(second, u"shop"_s, second % 100));
        builder.add(interval(second, u"http_load"_s, counts));
    }
    const RunReport report = builder.report();
    QVERIFY(report.timeline.size() <= 1800);
    QVERIFY(report.timeline.size() > 900);
    qint64 planned = 0;
    double seconds = 0.0;
    for (const TimelineRow &row : report.timeline) {
        planned += row.planned;
        QVERIFY(row.beginSeconds >= seconds);
        seconds = row.beginSeconds + row.lengthSeconds;
    }
    QCOMPARE(planned, 50000);
    QVERIFY(report.snapshots.size() <= 1800);
}

void ReportBuilderTest::snapshotsComeAtTheIntervalOfTheProfile()
{
    QList<RunEvent> events = {{0.0, started()}};
    for (int second = 0; second < 21; ++second) {
        events.append(process(second + 0.1, u"shop"_s, 10.0 + second));
        events.append(process(second + 0.2, u"board"_s, 5.0));
    }
    const RunReport report = reportOf(events);
    QCOMPARE(report.snapshots.size(), 5); // 0, 5, 10, 15, 20
    QCOMPARE(report.snapshots.at(2).seconds, 10.1);
    QCOMPARE(report.snapshots.at(2).what.value(u"shop"_s).memoryMb.value(), 20.0);
    QCOMPARE(report.snapshots.at(2).what.size(), 2);
}

void ReportBuilderTest::whatEndsWithTheRunIsNoCrash()
{
    const RunEvent death{9.0, ContainerEventEvent{.service = u"shop"_s, .what = u"die"_s}};
    const QList<RunEvent> before = {{0.0, started()},
                                    phase(1.0, u"http_load"_s, true),
                                    probe(2.0, u"shop"_s, true),
                                    phase(8.0, u"http_load"_s, false)};
    QList<RunEvent> inOrder = before;
    inOrder +=
        {finished(8.0, u"http_load"_s, {}), death, probe(9.5, u"shop"_s, false), runFinished(10.0)};
    QCOMPARE(reportOf(inOrder).services.constFirst().criticalFailures, QStringList());
    QList<RunEvent> tooEarly = before;
    tooEarly += {death, finished(9.5, u"http_load"_s, {}), runFinished(10.0)};
    QCOMPARE(reportOf(tooEarly).services.constFirst().criticalFailures.size(), 1);
}

void ReportBuilderTest::theFailingCheckKeepsItsOwnDetail()
{
    const RunReport report = reportOf({{0.0, started()},
                                       {1.0,
                                        ProbeEvent{.service = u"shop"_s,
                                                   .check = u"websocket"_s,
                                                   .healthy = false,
                                                   .detail = u"refused"_s}},
                                       probe(1.5, u"shop"_s, true)});
    const ServiceReport &shop = report.services.constFirst();
    QCOMPARE(shop.final->healthy, std::optional(false));
    QCOMPARE(shop.final->probeDetail, u"refused"_s);
    QCOMPARE(shop.criticalFailures.size(), 1);
    QVERIFY2(shop.criticalFailures.constFirst().contains(u"refused"_s),
             qPrintable(shop.criticalFailures.constFirst()));
    QVERIFY(!shop.wasOomKilled);
}

void ReportBuilderTest::aRunThatGoesOnIsNotCalledBroken()
{
    ReportBuilder builder;
    builder.add({0.0, started()});
    const QString broken = builder.report({}).warnings.join(u' ');
    QVERIFY2(broken.contains(u"did not end in order"_s), qPrintable(broken));
    const QString running = builder.report({.stillRunning = true}).warnings.join(u' ');
    QVERIFY2(running.contains(u"still goes on"_s), qPrintable(running));
    QVERIFY2(!running.contains(u"did not end in order"_s), qPrintable(running));
}

void ReportBuilderTest::servicesWithoutLimitsForOneReasonShareALine()
{
    RunStartedEvent start = started();
    for (RunStartedEvent::Service &service : start.services) {
        service.limits = u"not_applied"_s;
        service.limitsNote = u"no control group."_s;
    }
    const RunReport report = reportOf({{0.0, start}});
    for (const QStringList &lines : {report.warnings, report.recommendations}) {
        const QStringList said = lines.filter(u"no control group"_s);
        QCOMPARE(said.size(), 1);
        QVERIFY2(said.constFirst().contains(u"shop, board"_s), qPrintable(said.constFirst()));
        QVERIFY2(!said.constFirst().contains(u".."_s), qPrintable(said.constFirst()));
    }
}

void ReportBuilderTest::resentRequestsAreExplained()
{
    const auto warningsWith = [](double resent) {
        return reportOf({{0.0, started()},
                         finished(1.0, u"http_load"_s, {}, {{u"requests_resent"_s, resent}})})
            .warnings.filter(u"requests_resent"_s);
    };
    QCOMPARE(warningsWith(0.0), QStringList());
    QCOMPARE(warningsWith(3.0).size(), 1);
}

void ReportBuilderTest::spansAreSaidInWords()
{
    QCOMPARE(ReportText::span(41.2), u"41 s"_s);
    QCOMPARE(ReportText::span(312.0), u"5 min 12 s"_s);
    QCOMPARE(ReportText::span(3725.0), u"1 h 2 min 5 s"_s);
}

QTEST_GUILESS_MAIN(ReportBuilderTest)
#include "tst_reportbuilder.moc"
