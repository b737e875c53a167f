#include "model/scenarios/memorypressure.h"
#include "scenario/scenariokinds.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A port that refuses: what answers is of no matter here.
QUrl closedUrl()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()));
}

ScenarioSetup setupWithRoomFor(Bytes room)
{
    auto settings = std::make_shared<MemoryPressureSettings>();
    settings->maxPressure = Bytes::fromMb(20);
    settings->requests = {RequestSpec{.name = u"GET /"_s}};
    settings->shape.stages = {{.from = Rate::perSecond(5), .to = Rate::perSecond(5)}};
    ScenarioSetup setup;
    setup.plan.name = u"pressure"_s;
    setup.plan.type = u"memory_pressure"_s;
    setup.plan.settings = settings;
    setup.service = Service{.name = u"web"_s, .url = closedUrl()};
    setup.hostPressureBound = room;
    return setup;
}

} // namespace

class MemoryPressureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { qputenv("LOWTIDE_BALLAST", "/nonexistent"); }
    void cleanup() { qunsetenv("LOWTIDE_BALLAST"); }
    void aTurnWithoutAnyPressureIsNoData_data();
    void aTurnWithoutAnyPressureIsNoData();
    void aScenarioThatNeverRanTellsNoReason();
    void theTopCountsOnlyWhereItIsHeld_data();
    void theTopCountsOnlyWhereItIsHeld();
};

void MemoryPressureTest::aTurnWithoutAnyPressureIsNoData_data()
{
    QTest::addColumn<double>("roomMb");
    QTest::addColumn<QString>("reason");
    QTest::newRow("the ballast is missing") << 50.0 << u"The ballast program is not there."_s;
    QTest::newRow("there is no room") << 0.0 << u"there was room for 0 MB"_s;
}

void MemoryPressureTest::aTurnWithoutAnyPressureIsNoData()
{
    QFETCH(double, roomMb);
    QFETCH(QString, reason);
    const auto scenario = ScenarioKind::make(setupWithRoomFor(Bytes::fromMb(roomMb)));
    QVERIFY(scenario);
    QSignalSpy ended(scenario.get(), &Scenario::ended);
    scenario->run(u"stress"_s, 300ms);
    QTRY_COMPARE(ended.count(), 1);
    const ScenarioFinishedEvent outcome = scenario->outcome();
    QVERIFY2(outcome.remarks.value(u"no_data"_s).contains(reason),
             qPrintable(outcome.remarks.value(u"no_data"_s)));
    QCOMPARE(outcome.metrics.value(u"pressure_reached_mb"_s), 0.0);
    QVERIFY(!outcome.metrics.contains(u"p95_ms_at_top"_s));
}

void MemoryPressureTest::aScenarioThatNeverRanTellsNoReason()
{
    const auto scenario = ScenarioKind::make(setupWithRoomFor(Bytes::fromMb(50)));
    QVERIFY(!scenario->outcome().remarks.contains(u"no_data"_s));
}

void MemoryPressureTest::theTopCountsOnlyWhereItIsHeld_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("isHeld");
    QTest::newRow("all of it") << QByteArray("held 20") << true;
    QTest::newRow("a quarter of it") << QByteArray("short 5") << false;
}

void MemoryPressureTest::theTopCountsOnlyWhereItIsHeld()
{
    QFETCH(QByteArray, answer);
    QFETCH(bool, isHeld);
    const QTemporaryDir directory;
    QFile ballast(directory.filePath(u"ballast"_s));
    QVERIFY(ballast.open(QIODevice::WriteOnly));
    ballast.write("#!/bin/sh\nwhile read -r target; do echo '" + answer + "'; done\n");
    ballast.close();
    QVERIFY(ballast.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    qputenv("LOWTIDE_BALLAST", QFile::encodeName(ballast.fileName()));

    ScenarioSetup setup = setupWithRoomFor(Bytes::fromMb(50));
    auto settings = std::make_shared<MemoryPressureSettings>(
        static_cast<const MemoryPressureSettings &>(*setup.plan.settings));
    settings->increment = settings->maxPressure;
    setup.plan.settings = settings;
    const auto scenario = ScenarioKind::make(setup);
    QSignalSpy ended(scenario.get(), &Scenario::ended);
    scenario->run(u"stress"_s, 2s);
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 20'000);
    const ScenarioFinishedEvent outcome = scenario->outcome();
    QCOMPARE(outcome.metrics.contains(u"p95_ms_at_top"_s), isHeld);
    QCOMPARE(outcome.note.contains(u"gave 5 of 20 MB"_s), !isHeld);
    QVERIFY(!outcome.remarks.contains(u"no_data"_s));
}

QTEST_GUILESS_MAIN(MemoryPressureTest)
#include "tst_memorypressure.moc"
