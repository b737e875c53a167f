#include "model/scenarios/memorypressure.h"
#include "scenario/scenariokinds.h"

#include <QSignalSpy>
#include <QTcpServer>
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

QTEST_GUILESS_MAIN(MemoryPressureTest)
#include "tst_memorypressure.moc"
