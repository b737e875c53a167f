#include "report/madeevents.h"
#include "report/recommendations.h"

#include <QTest>

#include <algorithm>

using namespace lowtide;
using namespace lowtide::made;

/// Each cause is named together with what to change.
class RecommendationsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theCauseAndTheCureAreNamed_data();
    void theCauseAndTheCureAreNamed();
    void aPassingRunGetsOneUsefulSentence();
    void aLimitThatIsNotThereIsNotSpokenOf();
    void killedBallastIsNotCalledLackOfMemory();
    void aFinishedRunIsNotToldToRunToTheEnd();
    void thereIsAlwaysOne();
};

namespace {

RunReport judgedRun(const Objective &objective, const QList<RunEvent> &events,
                    const OperationCounts &counts, const QMap<QString, double> &metrics = {})
{
    RunStartedEvent start = started();
    start.objectives = {objective};
    QList<RunEvent> all = {{0.0, start}, phase(0.1, u"http_load"_s, true)};
    all += events;
    const double end = 500.0;
    // An interval of the test's own holds the totals; another after it would take their place.
    const bool hasOwn = std::any_of(events.cbegin(), events.cend(), [](const RunEvent &event) {
        return std::holds_alternative<IntervalEvent>(event.payload);
    });
    if (!hasOwn)
        all.append(interval(end, u"http_load"_s, counts));
    all += {phase(end, u"http_load"_s, false), finished(end, u"http_load"_s, counts, metrics),
            runFinished(end + 1)};
    return reportOf(all);
}

QList<RunEvent> usage(int seconds, double memoryMb, double mbPerSecond, double cpuPercent)
{
    QList<RunEvent> events;
    for (int second = 1; second <= seconds; ++second)
        events.append(process(second, u"shop"_s, memoryMb + mbPerSecond * second, cpuPercent));
    return events;
}

const OperationCounts allOk{.planned = 100, .sent = 100, .ok = 100};

} // namespace

void RecommendationsTest::theCauseAndTheCureAreNamed_data()
{
    QTest::addColumn<RunReport>("report");
    QTest::addColumn<QStringList>("words");
    const Objective p95 = objective(u"response_time"_s, 500, Comparison::Below, u"http_load"_s);
    const Objective errors = objective(u"error_rate"_s, 10, Comparison::Below, u"http_load"_s);
    const QList<RunEvent> slow = {histogram(3, u"http_load"_s, 812ms, 100),
                                  histogram(3, u"http_load"_s, 812ms, 100, u"service_time"_s)};
    const QList<RunEvent> waiting = {histogram(3, u"http_load"_s, 812ms, 100),
                                     histogram(3, u"http_load"_s, 9ms, 100, u"service_time"_s)};

    QTest::newRow("slow at its CPU limit")
        << judgedRun(p95, usage(40, 50, 0, 49) + slow, allOk)
        << QStringList{u"http_load"_s, u"812 ms"_s,   u"500 ms"_s,
                       u"98 %"_s,      u"0.5-core"_s, u"CPU limit"_s};
    QTest::newRow("too few users") << judgedRun(p95, usage(40, 50, 0, 5) + waiting, allOk)
                                   << QStringList{u"concurrent_users"_s, u"9.01 ms"_s};
    QTest::newRow("errors by status")
        << judgedRun(
               errors,
               {{400.0,
                 IntervalEvent{.scenario = u"http_load"_s,
                               .counts = {.planned = 100, .sent = 100, .ok = 80, .failed = 20},
                               .failedByKind = {{u"status"_s, 20}},
                               .failedByStatus = {{u"500"_s, 20}}}}},
               {.planned = 100, .sent = 100, .ok = 80, .failed = 20})
        << QStringList{u"20 %"_s, u"10 %"_s, u"20 times status 500"_s, u"shop"_s};
    QTest::newRow("errors over all scenarios")
        << judgedRun(objective(u"error_rate"_s, 10), {},
                     {.planned = 100, .sent = 100, .ok = 80, .failed = 20})
        << QStringList{u"All scenarios together: 20 %"_s, u"most in http_load"_s};
    QTest::newRow("a percentile broken by drops alone")
        << judgedRun(p95, {histogram(3, u"http_load"_s, 90ms, 90)},
                     {.planned = 100, .sent = 90, .ok = 90, .dropped = 10})
        << QStringList{u"p95 is not below 500 ms"_s, u"10 were dropped"_s};
    QTest::newRow("dropped operations")
        << judgedRun(errors, {}, {.planned = 100, .sent = 95, .ok = 95, .dropped = 5})
        << QStringList{u"5 of 100"_s, u"3 users"_s, u"1000"_s, u"lower the rate"_s};
    QTest::newRow("a leak on its way to the limit")
        << judgedRun(objective(u"memory_growth"_s, 20), usage(60, 20, 1, 5), allOk)
        << QStringList{u"shop"_s, u"60 MB/min"_s, u"128 MB"_s, u"0.8 min"_s};
    QTest::newRow("a queue that overflowed")
        << judgedRun(errors, {}, allOk, {{u"overflow_lost"_s, 142}})
        << QStringList{u"142 messages"_s, u"queue"_s};
    QTest::newRow("CPU above the warning level")
        << judgedRun(errors, usage(40, 50, 0, 45), allOk) << QStringList{u"90 %"_s, u"80 %"_s};
    QTest::newRow("our own process is busy")
        << judgedRun(errors, {{3.0, GeneratorEvent{.cpuPercent = 93.0}}}, allOk)
        << QStringList{u"Lowtide itself"_s, u"93 %"_s};
    QTest::newRow("nothing was due")
        << judgedRun(errors, {}, {}) << QStringList{u"http_load"_s, u"http://127.0.0.1:1"_s};
    QTest::newRow("a crash") << judgedRun(
        errors,
        {{3.0,
          ContainerEventEvent{
              .service = u"shop"_s, .what = u"die"_s, .detail = u"exit code 134"_s}}},
        allOk) << QStringList{u"shop"_s, u"exit code 134"_s, u"log"_s};
}

void RecommendationsTest::theCauseAndTheCureAreNamed()
{
    QFETCH(RunReport, report);
    QFETCH(QStringList, words);
    const QString all = report.recommendations.join(u'\n');
    for (const QString &word : words)
        QVERIFY2(all.contains(word), qPrintable(word + u" is not in: "_s + all));
}

void RecommendationsTest::aPassingRunGetsOneUsefulSentence()
{
    const RunReport report = judgedRun(objective(u"error_rate"_s, 10), usage(40, 64, 0, 5), allOk);
    QCOMPARE(report.verdict, Verdict::Pass);
    QCOMPARE(report.recommendations.size(), 1);
    QVERIFY2(report.recommendations.constFirst().contains(u"64 MB of 128 MB"_s),
             qPrintable(report.recommendations.constFirst()));
}

void RecommendationsTest::aLimitThatIsNotThereIsNotSpokenOf()
{
    QList<RunEvent> events;
    for (int second = 1; second <= 40; ++second)
        events.append(process(second, u"board"_s, 10.0, 95.0));
    const QString all =
        judgedRun(objective(u"error_rate"_s, 10), events, allOk).recommendations.join(u'\n');
    QVERIFY2(all.contains(u"board used 95 % of a core"_s), qPrintable(all));
    QVERIFY2(!all.contains(u"of its CPU limit"_s), qPrintable(all));
}

void RecommendationsTest::killedBallastIsNotCalledLackOfMemory()
{
    const auto kills = [](double seconds, qint64 total) {
        return RunEvent{seconds, ProcessEvent{.service = u"shop"_s, .oomKills = total}};
    };
    const RunEvent crash{4.0, ContainerEventEvent{.service = u"shop"_s, .what = u"die"_s}};
    const RunEvent told{3.0, ActionEvent{.id = u"ballast_killed"_s, .scope = u"shop"_s}};
    const Objective errors = objective(u"error_rate"_s, 10);
    const QString ours = judgedRun(errors, {kills(1, 0), kills(2, 1), told, crash}, allOk)
                             .recommendations.join(u'\n');
    QVERIFY2(!ours.contains(u"raise the memory limit"_s), qPrintable(ours));
    const QString its =
        judgedRun(errors, {kills(1, 0), kills(2, 1), crash}, allOk).recommendations.join(u'\n');
    QVERIFY2(its.contains(u"raise the memory limit"_s), qPrintable(its));
}

void RecommendationsTest::aFinishedRunIsNotToldToRunToTheEnd()
{
    const RunReport report = judgedRun(objective(u"mood"_s, 1), {}, allOk);
    QCOMPARE(report.verdict, Verdict::NoData);
    const QString all = report.recommendations.join(u'\n');
    QVERIFY2(!all.contains(u"to the end"_s) && all.contains(u"mood"_s), qPrintable(all));
}

void RecommendationsTest::thereIsAlwaysOne()
{
    QVERIFY(!recommendations({}).isEmpty());
    QVERIFY(!reportOf({{0.0, started()}}).recommendations.isEmpty());
}

QTEST_GUILESS_MAIN(RecommendationsTest)
#include "tst_recommendations.moc"
