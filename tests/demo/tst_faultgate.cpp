#include "demo/bluefinservice.h"
#include "demo/democall.h"
#include "demo/heldmemory.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <ctime>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

double residentMb()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0.0;
    return file.readAll().split(' ').at(1).toDouble() * 4096.0 / 1048576.0;
}

double cpuMs()
{
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

} // namespace

class FaultGateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_service.reset(); }

    void wrongFaultsAreNamedAndChangeNothing_data();
    void wrongFaultsAreNamedAndChangeNothing();
    void flagsReadAsTheBodyDoes_data();
    void flagsReadAsTheBodyDoes();
    void faultsAreShown();
    void latencyDelaysAnswersButNotHealth();
    void errorShareIsExact_data();
    void errorShareIsExact();
    void healthAndFaultsGetNoErrorsUnlessAsked();
    void stallHoldsEverythingAndThenLetsAllGo();
    void stallCanBeginLater();
    void stallCanBeCalledOff();
    void recoveryIsSlowAfterAStall();
    void cpuTimeIsReallyBurnt();
    void workingSetIsResidentAndGivenBack();
    void leakGrowsByTime();
    void refusalClosesEverythingAndEnds();

private:
    [[nodiscard]] bool set(const QByteArray &json);

    std::unique_ptr<BluefinService> m_service;
};

void FaultGateTest::init()
{
    m_service = std::make_unique<BluefinService>();
    QVERIFY(m_service->start(QHostAddress::LocalHost, 0).has_value());
}

bool FaultGateTest::set(const QByteArray &json)
{
    return m_service->faults().change(QJsonDocument::fromJson(json).object()).isEmpty();
}

void FaultGateTest::wrongFaultsAreNamedAndChangeNothing_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("key");
    QTest::newRow("unknown") << R"({"latency_ms":5,"speed":1})"_ba << u"speed"_s;
    QTest::newRow("text for a number") << R"({"latency_ms":"5"})"_ba << u"latency_ms"_s;
    QTest::newRow("number for a flag") << R"({"refuse":1})"_ba << u"refuse"_s;
    QTest::newRow("null") << R"({"crash_after":null})"_ba << u"crash_after"_s;
    QTest::newRow("above the range") << R"({"error_percent":101})"_ba << u"error_percent"_s;
    QTest::newRow("below the range") << R"({"error_status":200})"_ba << u"error_status"_s;
    QTest::newRow("not whole") << R"({"crash_after":1.5})"_ba << u"crash_after"_s;
}

void FaultGateTest::wrongFaultsAreNamedAndChangeNothing()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, key);
    DemoCall call(*m_service, "POST", "/faults", body);
    QTRY_VERIFY(call.hasAnswer());
    QCOMPARE(call.status(), std::optional(400));
    QCOMPARE(call.json().value("key"_L1).toString(), key);
    QVERIFY(call.json().value("error"_L1).toString().startsWith(key));
    QCOMPARE(m_service->faults().settings(), FaultSettings());
}

void FaultGateTest::flagsReadAsTheBodyDoes_data()
{
    QTest::addColumn<QString>("flag");
    QTest::addColumn<QJsonValue>("value");
    QTest::newRow("number") << u"latency_ms=2.5"_s << QJsonValue(2.5);
    QTest::newRow("flag") << u"refuse=true"_s << QJsonValue(true);
    QTest::newRow("text") << u"refuse=yes"_s << QJsonValue(u"yes"_s);
    QTest::newRow("two values") << u"latency_ms=1,2"_s << QJsonValue(u"1,2"_s);
    QTest::newRow("empty") << u"latency_ms="_s << QJsonValue(QString());
}

void FaultGateTest::flagsReadAsTheBodyDoes()
{
    QFETCH(QString, flag);
    const Result<QJsonObject> change = FaultSettings::change(flag);
    QVERIFY(change.has_value());
    QCOMPARE(change->size(), 1);
    QFETCH(QJsonValue, value);
    QCOMPARE(change->constBegin().value(), value);
    QVERIFY(!FaultSettings::change(u"refuse"_s).has_value());
}

void FaultGateTest::faultsAreShown()
{
    DemoCall change(*m_service, "POST", "/faults", R"({"latency_ms":12,"fault_health":true})");
    QTRY_VERIFY(change.hasAnswer());
    QCOMPARE(change.status(), std::optional(200));
    DemoCall shown(*m_service, "GET", "/faults");
    QTRY_VERIFY(shown.hasAnswer());
    QCOMPARE(shown.json(), change.json());
    QCOMPARE(shown.json().value("latency_ms"_L1).toInt(), 12);
    QCOMPARE(shown.json().value("fault_health"_L1).toBool(), true);
    QCOMPARE(shown.json().value("error_status"_L1).toInt(), 500);
}

void FaultGateTest::latencyDelaysAnswersButNotHealth()
{
    QVERIFY(set(R"({"latency_ms":150})"));
    QElapsedTimer elapsed;
    elapsed.start();
    DemoCall slow(*m_service, "GET", "/account");
    DemoCall health(*m_service, "GET", "/health");
    QTRY_VERIFY(health.hasAnswer());
    QVERIFY(!slow.hasAnswer());
    QTRY_VERIFY(slow.hasAnswer());
    QVERIFY(elapsed.elapsed() >= 150);
}

void FaultGateTest::errorShareIsExact_data()
{
    QTest::addColumn<double>("percent");
    QTest::addColumn<int>("expected");
    QTest::newRow("none") << 0.0 << 0;
    QTest::newRow("one in five") << 20.0 << 40;
    QTest::newRow("one in eight") << 12.5 << 25;
    QTest::newRow("all") << 100.0 << 200;
}

void FaultGateTest::errorShareIsExact()
{
    QFETCH(double, percent);
    QVERIFY(set(R"({"error_status":503,"error_percent":)" + QByteArray::number(percent) + '}'));
    RawClient client(m_service->port(),
                     "GET /account HTTP/1.1\r\nHost: a\r\n\r\n"_ba.repeated(200));
    QTRY_COMPARE(client.received.count("HTTP/1.1 "), 200);
    QTEST(int(client.received.count("HTTP/1.1 503")), "expected");
}

void FaultGateTest::healthAndFaultsGetNoErrorsUnlessAsked()
{
    QVERIFY(set(R"({"error_percent":100})"));
    for (const auto &path : {"/health"_ba, "/health/detailed"_ba, "/faults"_ba}) {
        DemoCall call(*m_service, "GET", path);
        QTRY_VERIFY(call.hasAnswer());
        QCOMPARE(call.status(), std::optional(200));
    }
    QVERIFY(set(R"({"fault_health":true})"));
    DemoCall health(*m_service, "GET", "/health");
    QTRY_VERIFY(health.hasAnswer());
    QCOMPARE(health.status(), std::optional(500));
    DemoCall faults(*m_service, "GET", "/faults");
    QTRY_VERIFY(faults.hasAnswer());
    QCOMPARE(faults.status(), std::optional(200));
}

void FaultGateTest::stallHoldsEverythingAndThenLetsAllGo()
{
    QElapsedTimer elapsed;
    elapsed.start();
    QVERIFY(set(R"({"stall_seconds":0.3})"));
    QTRY_VERIFY(m_service->faults().isStalled());
    DemoCall first(*m_service, "GET", "/account");
    DemoCall health(*m_service, "GET", "/health");
    DemoCall faults(*m_service, "GET", "/faults");
    QTRY_VERIFY(faults.hasAnswer());
    QVERIFY(m_service->faults().isStalled() && !first.hasAnswer() && !health.hasAnswer());
    QTRY_VERIFY(first.hasAnswer() && health.hasAnswer());
    QVERIFY(elapsed.elapsed() >= 300);
    QCOMPARE(first.status(), std::optional(200));
}

void FaultGateTest::stallCanBeginLater()
{
    QVERIFY(set(R"({"stall_seconds":0.1,"stall_after_seconds":0.2})"));
    DemoCall before(*m_service, "GET", "/account");
    QTRY_VERIFY(before.hasAnswer());
    QVERIFY(!m_service->faults().isStalled());
    QTRY_VERIFY(m_service->faults().isStalled());
    QTRY_VERIFY(!m_service->faults().isStalled());
}

void FaultGateTest::stallCanBeCalledOff()
{
    QVERIFY(set(R"({"stall_seconds":3600})"));
    QTRY_VERIFY(m_service->faults().isStalled());
    DemoCall held(*m_service, "GET", "/account");
    DemoCall off(*m_service, "POST", "/faults", R"({"stall_seconds":0})");
    QTRY_VERIFY(off.hasAnswer());
    QTRY_VERIFY(held.hasAnswer());
}

void FaultGateTest::recoveryIsSlowAfterAStall()
{
    QVERIFY(set(R"({"stall_seconds":0.01,"slow_recovery_seconds":1})"));
    QTRY_VERIFY(m_service->faults().isStalled());
    QTRY_VERIFY(!m_service->faults().isStalled());
    const Nanoseconds early = m_service->faults().latency();
    QVERIFY(early > std::chrono::milliseconds(1) && early <= std::chrono::seconds(1));
    QTRY_VERIFY(m_service->faults().latency() < early / 2);
    QTRY_COMPARE(m_service->faults().latency(), Nanoseconds(0));
}

void FaultGateTest::cpuTimeIsReallyBurnt()
{
    QVERIFY(set(R"({"cpu_ms_per_request":30})"));
    const double before = cpuMs();
    DemoCall call(*m_service, "GET", "/account");
    QTRY_VERIFY(call.hasAnswer());
    QVERIFY(cpuMs() - before >= 30.0);
}

void FaultGateTest::workingSetIsResidentAndGivenBack()
{
    const double before = residentMb();
    QVERIFY(set(R"({"working_set_mb":100})"));
    QVERIFY(residentMb() - before > 95.0);
    QVERIFY(set(R"({"working_set_mb":30})"));
    QVERIFY(residentMb() - before < 40.0);
}

void FaultGateTest::leakGrowsByTime()
{
    const double before = residentMb();
    QElapsedTimer elapsed;
    elapsed.start();
    QVERIFY(set(R"({"leak_mb_per_minute":2400})")); // 40 MB a second
    QTRY_VERIFY(residentMb() - before > 20.0);
    QVERIFY(elapsed.elapsed() > 400);
    QVERIFY(set(R"({"leak_mb_per_minute":0})"));
    QVERIFY(residentMb() - before < 5.0 + double(elapsed.elapsed()) * 0.04);
    QVERIFY(residentMb() - before > 20.0); // leaked is leaked
}

void FaultGateTest::refusalClosesEverythingAndEnds()
{
    const quint16 port = m_service->port();
    RawClient kept(port, "GET /account HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_COMPARE(kept.status(), std::optional(200));
    DemoCall change(*m_service, "POST", "/faults", R"({"refuse":true,"refuse_seconds":0.3})");
    QTRY_VERIFY(change.hasAnswer());
    QCOMPARE(change.status(), std::optional(200));
    QTRY_VERIFY(kept.isClosed);
    RawClient refused(port);
    QTRY_COMPARE(refused.socket.error(), QAbstractSocket::ConnectionRefusedError);
    QTRY_VERIFY(!m_service->faults().settings().refuse);
    DemoCall back(port, "GET", "/account");
    QTRY_VERIFY(back.hasAnswer());
    QCOMPARE(back.status(), std::optional(200));
}

QTEST_GUILESS_MAIN(FaultGateTest)
#include "tst_faultgate.moc"
