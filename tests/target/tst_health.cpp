#include "target/healthcheck.h"
#include "target/healthprober.h"
#include "target/reachabilitycheck.h"
#include "target/targettools.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

using namespace lowtide;
using namespace Qt::StringLiterals;
using std::chrono::milliseconds;

namespace {

/// Says the same to every request, and keeps what it was asked.
class SayingServer : public QObject {
public:
    SayingServer()
    {
        m_server.listen(QHostAddress::LocalHost);
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = m_server.nextPendingConnection();
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] { onRequest(socket); });
        });
    }
    [[nodiscard]] QUrl url() const
    {
        return QUrl(u"http://127.0.0.1:%1"_s.arg(m_server.serverPort()));
    }

    QByteArray answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"; ///< Empty: none.
    bool closes = false;
    QList<QByteArray> requests;

private:
    void onRequest(QTcpSocket *socket)
    {
        requests.append(socket->readAll());
        socket->write(answer);
        if (closes)
            socket->disconnectFromHost();
    }
    QTcpServer m_server;
};

QByteArray status(const QByteArray &line)
{
    return "HTTP/1.1 " + line + "\r\nContent-Length: 0\r\nLocation: /other\r\n\r\n";
}

Service serviceAt(const QString &name, const QUrl &url, const QUrl &websocketUrl = {})
{
    Service service;
    service.name = name;
    service.url = url;
    service.websocketUrl = websocketUrl;
    return service;
}

HealthAnswer answerOf(HealthCheck &check, milliseconds timeout = milliseconds(5000))
{
    QSignalSpy finished(&check, &HealthCheck::finished);
    check.start(timeout);
    if (finished.count() != 0 || !finished.wait(15000))
        return {};
    return finished.first().first().value<HealthAnswer>();
}

} // namespace

class HealthTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void healthUrlIsBelowTheServices_data();
    void healthUrlIsBelowTheServices();
    void onlyStatus200IsHealthy_data();
    void onlyStatus200IsHealthy();
    void requestIsKnownByItsUserAgent();
    void eachCheckHasAConnectionOfItsOwn();
    void silenceIsATimeout();
    void refusedIsNamed_data();
    void refusedIsNamed();
    void closedWithoutAnswerIsNamed();
    void webSocketIsPingedAndClosed();
    void webSocketThatNeverPongsIsATimeout();
    void webSocketThatRefusesTheUpgradeIsUnhealthy();
    void abortedCheckIsSilent();

    void proberAsksAtOnceAndAgain();
    void failureIsConfirmedUntilHealthyAgain();
    void stoppedProberIsSilent();

    void reachabilityAsksAllAndExplains();
    void reachabilityOfNothingEndsToo();
};

void HealthTest::healthUrlIsBelowTheServices_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("expected");
    QTest::newRow("plain") << "http://h:1"
                           << "/health"
                           << "http://h:1/health";
    QTest::newRow("a slash too many") << "http://h:1/"
                                      << "/health"
                                      << "http://h:1/health";
    QTest::newRow("a slash too few") << "http://h:1"
                                     << "health"
                                     << "http://h:1/health";
    QTest::newRow("below a path") << "http://h/api/v1"
                                  << "/health"
                                  << "http://h/api/v1/health";
    QTest::newRow("with a query") << "http://h?x=1#y"
                                  << "/health?full=1"
                                  << "http://h/health?full=1";
    QTest::newRow("no endpoint") << ""
                                 << "/health"
                                 << "";
}

void HealthTest::healthUrlIsBelowTheServices()
{
    QFETCH(QString, url);
    QFETCH(QString, path);
    Service service = serviceAt(u"x"_s, QUrl(url));
    service.healthPath = path;
    QTEST(healthUrl(service).toString(), "expected");
}

void HealthTest::onlyStatus200IsHealthy_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("healthy");
    QTest::addColumn<QString>("detail");
    QTest::newRow("ok") << QByteArray("200 OK") << true << "200";
    QTest::newRow("no content") << QByteArray("204 No Content") << false << "204";
    QTest::newRow("a redirect is not followed") << QByteArray("302 Found") << false << "302";
    QTest::newRow("asks for a password") << QByteArray("401 Unauthorized") << false << "401";
    QTest::newRow("not found") << QByteArray("404 Not Found") << false << "404";
    QTest::newRow("server error") << QByteArray("500 Oops") << false << "500";
    QTest::newRow("unavailable") << QByteArray("503 Busy") << false << "503";
}

void HealthTest::onlyStatus200IsHealthy()
{
    QFETCH(QByteArray, line);
    SayingServer server;
    server.answer = status(line);
    HealthCheck check(server.url());
    const HealthAnswer answer = answerOf(check);
    QTEST(answer.healthy, "healthy");
    QTEST(answer.detail, "detail");
    QVERIFY(answer.responseMs > 0.0);
    QCOMPARE(server.requests.size(), 1);
}

void HealthTest::requestIsKnownByItsUserAgent()
{
    SayingServer server;
    HealthCheck check(server.url());
    QVERIFY(answerOf(check).healthy);
    QVERIFY(server.requests.constFirst().contains("User-Agent: lowtide/" LOWTIDE_VERSION
                                                  " (health)\r\n"));
}

void HealthTest::eachCheckHasAConnectionOfItsOwn()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    int connections = 0;
    connect(&server, &QTcpServer::newConnection, &server, [&] {
        ++connections;
        QTcpSocket *socket = server.nextPendingConnection();
        // It would keep the connection, whatever it is asked.
        connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            socket->readAll();
            socket->write("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
        });
    });
    HealthCheck check(QUrl(u"http://127.0.0.1:%1/"_s.arg(server.serverPort())));
    QVERIFY(answerOf(check).healthy);
    QVERIFY(answerOf(check).healthy);
    QCOMPARE(connections, 2);
}

void HealthTest::silenceIsATimeout()
{
    SayingServer server;
    server.answer.clear();
    HealthCheck check(server.url());
    const HealthAnswer answer = answerOf(check, milliseconds(200));
    QVERIFY(!answer.healthy);
    QCOMPARE(answer.detail, u"timeout"_s);
    QVERIFY(answer.responseMs >= 190.0);
}

void HealthTest::refusedIsNamed_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::newRow("http") << "http";
    QTest::newRow("websocket") << "ws";
}

void HealthTest::refusedIsNamed()
{
    QFETCH(QString, scheme);
    HealthCheck check(QUrl(u"%1://127.0.0.1:%2/"_s.arg(scheme).arg(freePort())));
    const HealthAnswer answer = answerOf(check);
    QVERIFY(!answer.healthy);
    QCOMPARE(answer.detail, u"refused"_s);
}

void HealthTest::closedWithoutAnswerIsNamed()
{
    SayingServer server;
    server.answer.clear();
    server.closes = true;
    HealthCheck check(server.url());
    const HealthAnswer answer = answerOf(check);
    QVERIFY(!answer.healthy);
    QCOMPARE(answer.detail, u"closed"_s);
}

void HealthTest::webSocketIsPingedAndClosed()
{
    QWebSocketServer server(u"test"_s, QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QByteArray userAgent;
    std::optional<QWebSocketProtocol::CloseCode> closeCode;
    connect(&server, &QWebSocketServer::newConnection, &server, [&] {
        QWebSocket *socket = server.nextPendingConnection();
        userAgent = socket->request().rawHeader("User-Agent");
        connect(socket, &QWebSocket::disconnected, &server, [&closeCode, socket] {
            closeCode = socket->closeCode();
            socket->deleteLater();
        });
    });
    HealthCheck check(QUrl(u"ws://127.0.0.1:%1/ws"_s.arg(server.serverPort())));
    QCOMPARE(check.kind(), u"websocket"_s);
    const HealthAnswer answer = answerOf(check);
    QVERIFY(answer.healthy);
    QCOMPARE(answer.detail, u"pong"_s);
    QCOMPARE(userAgent, healthUserAgent());
    QTRY_COMPARE(closeCode, std::optional(QWebSocketProtocol::CloseCodeNormal));
}

void HealthTest::webSocketThatNeverPongsIsATimeout()
{
    SayingServer server;
    server.answer.clear();
    QUrl url = server.url();
    url.setScheme(u"ws"_s);
    HealthCheck check(url);
    QCOMPARE(answerOf(check, milliseconds(200)).detail, u"timeout"_s);
}

void HealthTest::webSocketThatRefusesTheUpgradeIsUnhealthy()
{
    SayingServer server;
    server.answer = status("403 Forbidden");
    QUrl url = server.url();
    url.setScheme(u"ws"_s);
    HealthCheck check(url);
    const HealthAnswer answer = answerOf(check);
    QVERIFY(!answer.healthy);
    QVERIFY2(!answer.detail.isEmpty() && answer.detail != "timeout"_L1, qPrintable(answer.detail));
}

void HealthTest::abortedCheckIsSilent()
{
    SayingServer server;
    const QByteArray answer = std::exchange(server.answer, {});
    HealthCheck check(server.url());
    QSignalSpy finished(&check, &HealthCheck::finished);
    check.start();
    QTRY_COMPARE(server.requests.size(), 1);
    check.abort();
    QVERIFY(!check.isRunning());
    server.answer = answer;
    QVERIFY(answerOf(check).healthy);
    QCOMPARE(finished.count(), 1);
}

void HealthTest::proberAsksAtOnceAndAgain()
{
    SayingServer server;
    QWebSocketServer sockets(u"test"_s, QWebSocketServer::NonSecureMode);
    QVERIFY(sockets.listen(QHostAddress::LocalHost));
    const QUrl websocketUrl(u"ws://127.0.0.1:%1"_s.arg(sockets.serverPort()));
    HealthProber prober({serviceAt(u"bot"_s, server.url(), websocketUrl)}, milliseconds(150));
    QSignalSpy probed(&prober, &HealthProber::probed);
    prober.start();
    QTRY_VERIFY(probed.count() >= 6);
    QMap<QString, int> checks;
    for (const QList<QVariant> &arguments : probed) {
        const auto event = arguments.first().value<ProbeEvent>();
        QCOMPARE(event.service, u"bot"_s);
        QVERIFY2(event.healthy, qPrintable(event.detail));
        QCOMPARE(event.failuresInARow, 0);
        ++checks[event.check];
    }
    QVERIFY(checks.value(u"http"_s) >= 2);
    QVERIFY(checks.value(u"websocket"_s) >= 2);
    QVERIFY(server.requests.constFirst().startsWith("GET /health HTTP/1.1\r\n"));
}

void HealthTest::failureIsConfirmedUntilHealthyAgain()
{
    SayingServer server;
    server.answer = status("503 Busy");
    // The interval is an hour: what comes after the first probe comes because that failed.
    HealthProber prober({serviceAt(u"bot"_s, server.url())}, std::chrono::hours(1));
    QSignalSpy probed(&prober, &HealthProber::probed);
    prober.start();
    QTRY_COMPARE(probed.count(), 2);
    QCOMPARE(probed.at(0).first().value<ProbeEvent>().failuresInARow, 1);
    QCOMPARE(probed.at(1).first().value<ProbeEvent>().failuresInARow, 2);
    server.answer = status("200 OK");
    QTRY_COMPARE(probed.count(), 3);
    QVERIFY(probed.at(2).first().value<ProbeEvent>().healthy);
    QCOMPARE(probed.at(2).first().value<ProbeEvent>().failuresInARow, 0);
}

void HealthTest::stoppedProberIsSilent()
{
    SayingServer server;
    server.answer.clear();
    HealthProber prober({serviceAt(u"bot"_s, server.url())}, milliseconds(100));
    QSignalSpy probed(&prober, &HealthProber::probed);
    prober.start();
    QTRY_COMPARE(server.requests.size(), 1);
    prober.stop();
    prober.start();
    QTRY_COMPARE(server.requests.size(), 2);
    QCOMPARE(probed.count(), 0);
}

void HealthTest::reachabilityAsksAllAndExplains()
{
    SayingServer well;
    SayingServer ill;
    ill.answer = status("404 Not Found");
    const QUrl nobody(u"http://user:secret@127.0.0.1:%1"_s.arg(freePort()));
    ReachabilityCheck check({serviceAt(u"a"_s, well.url()), serviceAt(u"b"_s, ill.url()),
                             serviceAt(u"c"_s, nobody), serviceAt(u"d"_s, {})},
                            milliseconds(3000));
    QSignalSpy finished(&check, &ReachabilityCheck::finished);
    check.start();
    QVERIFY(finished.wait(10000));
    const auto probes = finished.first().first().value<QList<ProbeEvent>>();
    QCOMPARE(probes.size(), 3);
    QVERIFY(probes.at(0).healthy);
    QCOMPARE(probes.at(1).detail, u"404"_s);
    QCOMPARE(probes.at(2).detail, u"refused"_s);
    QCOMPARE(check.errors().size(), 2);
    QCOMPARE(check.errors().at(0).where, u"b"_s);
    QCOMPARE(check.errors().at(0).code, ErrorCode::Unreachable);
    QCOMPARE(check.errors().at(0).message,
             u"GET %1/health answered 404, expected 200."_s.arg(ill.url().toString()));
    QVERIFY(check.errors().at(1).message.contains("/health failed: refused after "_L1));
    QVERIFY(!check.errors().at(1).text().contains("secret"_L1));
}

void HealthTest::reachabilityOfNothingEndsToo()
{
    ReachabilityCheck check({}, milliseconds(3000));
    QSignalSpy finished(&check, &ReachabilityCheck::finished);
    check.start();
    QVERIFY(finished.wait());
    QVERIFY(check.errors().isEmpty());
}

QTEST_GUILESS_MAIN(HealthTest)
#include "tst_health.moc"
