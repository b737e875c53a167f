#include "cli/progress.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace lowtide;

namespace {

RunEvent started(double plannedSeconds)
{
    RunStartedEvent event;
    event.plannedSeconds = plannedSeconds;
    event.scenarios = {{.name = u"http_load"_s}, {.name = u"recovery"_s}};
    return {0.0, event};
}

RunEvent phase(double seconds, const QString &scenario, const QString &phase, double planned)
{
    return {seconds,
            PhaseEvent{
                .phase = phase, .scenario = scenario, .begins = true, .plannedSeconds = planned}};
}

RunEvent interval(double seconds, const QString &scenario, const OperationCounts &counts,
                  std::optional<double> p95Ms)
{
    IntervalEvent event;
    event.scenario = scenario;
    event.phase = u"stress"_s;
    event.counts = counts;
    event.responseTime.count = p95Ms ? 1 : 0;
    event.responseTime.p95Ms = p95Ms;
    return {seconds, event};
}

RunEvent process(double seconds, const QString &service, std::optional<qint64> bytes,
                 std::optional<qint64> limit)
{
    ProcessEvent event;
    event.service = service;
    event.memoryBytes = bytes;
    event.memoryLimitBytes = limit;
    return {seconds, event};
}

constexpr qint64 mb = 1048576;

} // namespace

class ProgressTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysThatItStartsBeforeAnyEvent();
    void namesScenarioPlaceAndTimeLeft();
    void ratesAreOfTheLastIntervalAndErrorsOfTheWholeScenario();
    void anIntervalWithoutAnswersHasNoP95();
    void figuresOfOneScenarioDoNotStandUnderTheNext();
    void intervalsOfAnotherScenarioLeaveTheFiguresAlone();
    void memoryShowsWhatWasMeasuredAndItsLimit();
    void linesAreCutToTheTerminal();
    void colourIsAroundTheTextAndOnlyWhereAskedFor();
    void cyclesAreNamedWhereThereAreSeveral();
    void alertsAndLogLinesAreNotices();
};

void ProgressTest::saysThatItStartsBeforeAnyEvent()
{
    QCOMPARE(Progress().line(), u"0:00  starting"_s);
}

void ProgressTest::namesScenarioPlaceAndTimeLeft()
{
    Progress progress;
    progress.add(started(100.0));
    progress.add(phase(10.0, u"http_load"_s, u"stress"_s, 60.0));
    progress.add(process(25.0, u"a"_s, std::nullopt, std::nullopt));
    QCOMPARE(progress.lines(80, false),
             QStringList{u"[1/2] http_load  0:45 left, 1:15 of the run"_s});
}

void ProgressTest::ratesAreOfTheLastIntervalAndErrorsOfTheWholeScenario()
{
    Progress progress;
    progress.add(started(100.0));
    progress.add(phase(0.0, u"http_load"_s, u"stress"_s, 60.0));
    progress.add(
        interval(1.0, u"http_load"_s, {.planned = 5, .sent = 5, .ok = 3, .failed = 2}, 40.0));
    progress.add(interval(
        2.0, u"http_load"_s,
        {.planned = 25, .sent = 15, .ok = 12, .failed = 2, .dropped = 6, .inFlight = 5}, 812.4));
    const QString line = progress.lines(100, false).value(1);
    QCOMPARE(line, u"  20.0/s due, 9.00/s done  p95 812 ms  errors 40.0 % (8 of 20), 6 dropped"_s);
}

void ProgressTest::anIntervalWithoutAnswersHasNoP95()
{
    Progress progress;
    progress.add(interval(1.0, u"http_load"_s, {.planned = 1, .inFlight = 1}, std::nullopt));
    QVERIFY(progress.line().contains(u"p95 -"_s));
    QVERIFY(progress.line().contains(u"errors 0.0 % (0 of 0)"_s));
}

void ProgressTest::figuresOfOneScenarioDoNotStandUnderTheNext()
{
    Progress progress;
    progress.add(phase(0.0, u"http_load"_s, u"stress"_s, 60.0));
    progress.add(interval(1.0, u"http_load"_s, {.planned = 5, .failed = 5}, 5.0));
    QVERIFY(progress.line().contains(u"errors"_s));
    progress.add(phase(60.0, u"recovery"_s, u"recovery"_s, 0.0));
    QVERIFY(!progress.line().contains(u"errors"_s));
    QVERIFY(progress.line().contains(u"recovery"_s));
}

void ProgressTest::intervalsOfAnotherScenarioLeaveTheFiguresAlone()
{
    Progress progress;
    progress.add(phase(0.0, u"recovery"_s, u"recovery"_s, 0.0));
    progress.add(interval(1.0, u"http_load"_s, {.planned = 5, .failed = 5}, 5.0));
    QVERIFY(!progress.line().contains(u"errors"_s));
}

void ProgressTest::memoryShowsWhatWasMeasuredAndItsLimit()
{
    Progress progress;
    progress.add(process(1.0, u"a"_s, 88 * mb, 128 * mb));
    progress.add(process(1.0, u"b"_s, 40 * mb, std::nullopt));
    progress.add(process(1.0, u"c"_s, std::nullopt, std::nullopt));
    QCOMPARE(progress.lines(80, false).last(), u"  memory a 88/128 MB  b 40 MB"_s);
}

void ProgressTest::linesAreCutToTheTerminal()
{
    Progress progress;
    progress.add(started(100.0));
    progress.add(phase(0.0, u"http_load"_s, u"stress"_s, 60.0));
    progress.add(interval(1.0, u"http_load"_s, {.planned = 5, .ok = 5}, 40.0));
    for (const QString &line : progress.lines(20, false)) {
        QCOMPARE(line.size(), 20);
        QVERIFY(line.endsWith(u'…'));
    }
}

void ProgressTest::colourIsAroundTheTextAndOnlyWhereAskedFor()
{
    Progress progress;
    progress.add(phase(0.0, u"http_load"_s, u"stress"_s, 60.0));
    progress.add(interval(1.0, u"http_load"_s, {.planned = 5, .failed = 5}, 40.0));
    const QStringList plain = progress.lines(60, false);
    QStringList coloured = progress.lines(60, true);
    QVERIFY(!plain.join(QString()).contains(u'\x1b'));
    QVERIFY(coloured.value(1).startsWith(u"\x1b[31m"_s));
    for (QString &line : coloured)
        line.remove(u"\x1b[31m"_s).remove(u"\x1b[1m"_s).remove(u"\x1b[0m"_s);
    QCOMPARE(coloured, plain);
}

void ProgressTest::cyclesAreNamedWhereThereAreSeveral()
{
    Progress progress;
    progress.add(phase(0.0, u"http_load"_s, u"stress"_s, 60.0));
    progress.add({0.0, CycleEvent{.scenario = u"http_load"_s, .index = 2, .of = 3}});
    QVERIFY(progress.line().contains(u"http_load cycle 2 of 3"_s));
}

void ProgressTest::alertsAndLogLinesAreNotices()
{
    const AlertEvent alert{.id = u"memory"_s, .raised = true, .text = u"memory above 90 %"_s};
    QCOMPARE(Progress::notice({65.0, alert}), u"ALERT at 1:05: memory above 90 %"_s);
    QCOMPARE(Progress::notice({65.0, LogEvent{u"warning"_s, u"lowtide.run"_s, u"text"_s}}),
             u"warning: text"_s);
    QCOMPARE(Progress::notice({65.0, GeneratorEvent{}}), QString());
}

QTEST_GUILESS_MAIN(ProgressTest)
#include "tst_progress.moc"
