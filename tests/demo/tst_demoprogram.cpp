#include "demo/democall.h"
#include "demo/demooptions.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>

#include <csignal>

#include <unistd.h>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

/// The program, and what it printed. Killed at the end of the test, if it still runs.
struct Program {
    explicit Program(const QStringList &arguments)
    {
        QObject::connect(&process, &QProcess::readyReadStandardOutput, &process,
                         [this] { output += process.readAllStandardOutput(); });
        process.start(QStringLiteral(LOWTIDE_BIN_DIR "/lowtide-demo"), arguments);
    }
    ~Program()
    {
        process.kill();
        process.waitForFinished();
    }
    Q_DISABLE_COPY_MOVE(Program)

    [[nodiscard]] bool isAnnounced() const { return output.endsWith('\n'); }
    [[nodiscard]] QJsonObject announcement() const
    {
        return QJsonDocument::fromJson(output.left(output.indexOf('\n'))).object();
    }
    [[nodiscard]] QUrl url() const { return QUrl(announcement().value("url"_L1).toString()); }
    [[nodiscard]] quint16 port() const { return quint16(url().port()); }
    [[nodiscard]] bool hasEnded() const { return process.state() == QProcess::NotRunning; }

    QProcess process;
    QByteArray output;
};

} // namespace

class DemoProgramTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void announcesWhereItServes_data();
    void announcesWhereItServes();
    void endsWithItsLifeline();
    void endsOnSignals_data();
    void endsOnSignals();
    void portTakenIsExplained();
    void badArgumentsAreExplained_data();
    void badArgumentsAreExplained();
    void helpIsPrinted();
    void faultsCanBePlantedByFlag();
    void crashKillsTheProcessAfterSoManyRequests();
    void botTellsTheDashboardThePrice();
    void botIsUnhealthyWithoutTheExchange();
    void allThreeRunTogetherAndEndTogether();
    void fleetEndsWhenOneCannotStart();
    void idleServicesAreSmall_data();
    void idleServicesAreSmall();
};

void DemoProgramTest::announcesWhereItServes_data()
{
    QTest::addColumn<QString>("service");
    QTest::addColumn<bool>("speaksWebSocket");
    QTest::newRow("exchange") << u"bluefin"_s << false;
    QTest::newRow("dashboard") << u"dashboard"_s << true;
    QTest::newRow("bot") << u"bot"_s << false;
}

void DemoProgramTest::announcesWhereItServes()
{
    QFETCH(QString, service);
    QFETCH(bool, speaksWebSocket);
    Program program({service, u"--port"_s, u"0"_s});
    QTRY_VERIFY(program.isAnnounced());
    const QJsonObject announcement = program.announcement();
    QCOMPARE(announcement.value("service"_L1).toString(), service);
    QCOMPARE(announcement.value("pid"_L1).toInteger(), program.process.processId());
    QCOMPARE(announcement.contains("websocket_url"_L1), speaksWebSocket);
    DemoCall call(program.port(), "GET", "/health");
    QTRY_VERIFY(call.hasAnswer());
    QCOMPARE(call.status(), std::optional(200));
    if (!speaksWebSocket)
        return;
    QWebSocket webSocket;
    webSocket.open(QUrl(announcement.value("websocket_url"_L1).toString()));
    QTRY_VERIFY(webSocket.isValid());
}

void DemoProgramTest::endsWithItsLifeline()
{
    Program program({u"bluefin"_s, u"--port"_s, u"0"_s, u"--lifeline"_s});
    QTRY_VERIFY(program.isAnnounced());
    program.process.write("ignored\n");
    DemoCall call(program.port(), "GET", "/health");
    QTRY_VERIFY(call.hasAnswer());
    QVERIFY(!program.hasEnded());
    program.process.closeWriteChannel();
    QTRY_VERIFY(program.hasEnded());
    QCOMPARE(program.process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.process.exitCode(), 0);
}

void DemoProgramTest::endsOnSignals_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("interrupt") << SIGINT;
    QTest::newRow("terminate") << SIGTERM;
}

void DemoProgramTest::endsOnSignals()
{
    QFETCH(int, number);
    Program program({u"dashboard"_s, u"--port"_s, u"0"_s});
    QTRY_VERIFY(program.isAnnounced());
    ::kill(pid_t(program.process.processId()), number);
    QTRY_VERIFY(program.hasEnded());
    QCOMPARE(program.process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.process.exitCode(), 0);
}

void DemoProgramTest::portTakenIsExplained()
{
    HttpServer taken;
    QVERIFY(taken.listen().has_value());
    Program program({u"bluefin"_s, u"--port"_s, QString::number(taken.port())});
    QTRY_VERIFY(program.hasEnded());
    QCOMPARE(program.process.exitCode(), 3);
    const QByteArray complaint = program.process.readAllStandardError();
    QVERIFY(complaint.contains(QByteArray::number(taken.port())));
    QVERIFY(complaint.contains("another port"));
    QVERIFY(program.output.isEmpty());
}

void DemoProgramTest::badArgumentsAreExplained_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("named");
    const QString bluefin = u"bluefin"_s;
    QTest::newRow("unknown service") << QStringList{u"nginx"_s} << "nginx"_ba;
    QTest::newRow("two services") << QStringList{bluefin, u"bot"_s} << "bot"_ba;
    QTest::newRow("unknown flag") << QStringList{bluefin, u"--speed"_s} << "speed"_ba;
    QTest::newRow("port is no number") << QStringList{bluefin, u"--port"_s, u"x"_s} << "--port"_ba;
    QTest::newRow("port too large") << QStringList{bluefin, u"--port"_s, u"65536"_s} << "--port"_ba;
    QTest::newRow("host is no address")
        << QStringList{bluefin, u"--host"_s, u"my host"_s} << "--host"_ba;
    QTest::newRow("unknown fault")
        << QStringList{bluefin, u"--fault"_s, u"speed=1"_s} << "speed=1"_ba;
    QTest::newRow("fault without value")
        << QStringList{bluefin, u"--fault"_s, u"refuse"_s} << "refuse"_ba;
    QTest::newRow("wrong value") << QStringList{bluefin, u"--fault"_s, u"refuse=1"_s}
                                 << "refuse=1"_ba;
    QTest::newRow("no URL") << QStringList{u"bot"_s, u"--bluefin"_s, u"here"_s} << "--bluefin"_ba;
    QTest::newRow("one port for three") << QStringList{u"--port"_s, u"8082"_s} << "--port"_ba;
    QTest::newRow("fault of nobody") << QStringList{u"--fault"_s, u"refuse=true"_s} << "--fault"_ba;
}

void DemoProgramTest::badArgumentsAreExplained()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, named);
    Program program(arguments);
    QTRY_VERIFY(program.hasEnded());
    QCOMPARE(program.process.exitCode(), 2);
    QVERIFY(program.process.readAllStandardError().contains(named));
    QVERIFY(program.output.isEmpty());
}

void DemoProgramTest::helpIsPrinted()
{
    Program program({u"--help"_s});
    QTRY_VERIFY(program.hasEnded());
    QCOMPARE(program.process.exitCode(), 0);
    QTRY_VERIFY(program.output.contains("--lifeline"));
}

void DemoProgramTest::faultsCanBePlantedByFlag()
{
    Program program({u"bluefin"_s, u"--port"_s, u"0"_s, u"--fault"_s, u"error_percent=100"_s,
                     u"--fault"_s, u"error_status=502"_s});
    QTRY_VERIFY(program.isAnnounced());
    DemoCall call(program.port(), "GET", "/account");
    QTRY_VERIFY(call.hasAnswer());
    QCOMPARE(call.status(), std::optional(502));
}

void DemoProgramTest::crashKillsTheProcessAfterSoManyRequests()
{
    Program program({u"bluefin"_s, u"--port"_s, u"0"_s, u"--fault"_s, u"crash_after=3"_s});
    QTRY_VERIFY(program.isAnnounced());
    for (int i = 0; i < 3; ++i) {
        DemoCall call(program.port(), "GET", "/account");
        QTRY_VERIFY(call.hasAnswer());
        DemoCall health(program.port(), "GET", "/health");
        QTRY_VERIFY(health.hasAnswer());
    }
    QVERIFY(!program.hasEnded());
    DemoCall last(program.port(), "GET", "/account");
    QTRY_VERIFY(program.hasEnded());
    QCOMPARE(program.process.exitCode(), 134);
    QTRY_VERIFY(last.isClosed);
    QVERIFY(last.received.isEmpty());
}

void DemoProgramTest::botTellsTheDashboardThePrice()
{
    Program bluefin({u"bluefin"_s, u"--port"_s, u"0"_s});
    Program dashboard({u"dashboard"_s, u"--port"_s, u"0"_s});
    QTRY_VERIFY(bluefin.isAnnounced() && dashboard.isAnnounced());
    Program bot({u"bot"_s, u"--port"_s, u"0"_s, u"--bluefin"_s, bluefin.url().toString(),
                 u"--dashboard"_s, dashboard.url().toString()});
    const auto lastUpdate = [&dashboard] {
        DemoCall call(dashboard.port(), "GET", "/api/status");
        [&call] { QTRY_VERIFY(call.hasAnswer()); }();
        return call.json().value("last_update"_L1).toObject();
    };
    QTRY_COMPARE(lastUpdate().value("price"_L1).toDouble(), 3.5);
    QCOMPARE(lastUpdate().value("status"_L1).toString(), u"healthy"_s);
}

void DemoProgramTest::botIsUnhealthyWithoutTheExchange()
{
    Program bot({u"bot"_s, u"--port"_s, u"0"_s, u"--bluefin"_s, u"http://127.0.0.1:1"_s,
                 u"--dashboard"_s, u"http://127.0.0.1:1"_s});
    QTRY_VERIFY(bot.isAnnounced());
    const auto health = [&bot] {
        DemoCall call(bot.port(), "GET", "/health");
        [&call] { QTRY_VERIFY(call.hasAnswer()); }();
        return call.status();
    };
    QTRY_COMPARE_WITH_TIMEOUT(health(), std::optional(503), 15000);
}

void DemoProgramTest::allThreeRunTogetherAndEndTogether()
{
    Program all({u"--port"_s, u"0"_s});
    QTRY_COMPARE(all.output.count('\n'), 3);
    QMap<QString, QJsonObject> services;
    for (const QByteArray &line : all.output.trimmed().split('\n')) {
        const QJsonObject announcement = QJsonDocument::fromJson(line).object();
        services.insert(announcement.value("service"_L1).toString(), announcement);
    }
    QCOMPARE(services.keys(), (QStringList{u"bluefin"_s, u"bot"_s, u"dashboard"_s}));
    for (const QJsonObject &each : std::as_const(services)) {
        const auto pid = pid_t(each.value("pid"_L1).toInteger());
        QCOMPARE(::getpgid(pid), pid); // Ctrl-C must not reach it before us
        const QUrl url(each.value("url"_L1).toString());
        DemoCall call(quint16(url.port()), "GET", "/health");
        QTRY_VERIFY(call.hasAnswer());
        QCOMPARE(call.status(), std::optional(200));
    }
    ::kill(pid_t(all.process.processId()), SIGINT);
    QTRY_VERIFY(all.hasEnded());
    QCOMPARE(all.process.exitCode(), 0);
    QVERIFY(all.process.readAllStandardError().contains("imits"));
    for (const QJsonObject &each : std::as_const(services))
        QCOMPARE(::kill(pid_t(each.value("pid"_L1).toInteger()), 0), -1);
}

void DemoProgramTest::fleetEndsWhenOneCannotStart()
{
    // An address of nobody's: every child fails to listen.
    Program all({u"all"_s, u"--port"_s, u"0"_s, u"--host"_s, u"192.0.2.1"_s});
    QTRY_VERIFY(all.hasEnded());
    QCOMPARE(all.process.exitCode(), 3);
}

void DemoProgramTest::idleServicesAreSmall_data() { announcesWhereItServes_data(); }

void DemoProgramTest::idleServicesAreSmall()
{
    QFETCH(QString, service);
    Program program({service, u"--port"_s, u"0"_s});
    QTRY_VERIFY(program.isAnnounced());
    QFile file(u"/proc/%1/statm"_s.arg(program.process.processId()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const double residentMb = file.readAll().split(' ').at(1).toDouble() * 4096.0 / 1048576.0;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("A sanitizer's own memory would be measured.");
#endif
    QVERIFY2(residentMb < 25.0, qPrintable(QString::number(residentMb)));
}

QTEST_GUILESS_MAIN(DemoProgramTest)
#include "tst_demoprogram.moc"
