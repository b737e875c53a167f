#include "serve/httpserver.h"
#include "serve/rawclient.h"

#include <QSignalSpy>
#include <QTest>
#include <QWebSocket>

#include <cerrno>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

const QByteArray get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

QByteArray getPath(const QByteArray &path, const QByteArray &headers = {})
{
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

} // namespace

class HttpServerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void answersAndKeepsTheConnection();
    void closesWhenAskedTo_data();
    void closesWhenAskedTo();
    void pipelinedAnswersKeepTheirOrder();
    void morePipelinedThanTheLimitAreAllAnswered();
    void headHasTheHeadOnly();
    void statusWithoutBodyHasNoLength();
    void refusalsAreReadByTheClientBeforeTheClose_data();
    void refusalsAreReadByTheClientBeforeTheClose();
    void continueComesAfterEarlierAnswers();
    void clientLeavingBeforeADelayedAnswerIsHarmless();
    void respondersOutliveTheServer();
    void forgottenRequestGets500();
    void onlyTheFirstAnswerCounts();
    void halfARequestTimesOut();
    void idleConnectionIsClosed();
    void clientThatReadsNothingIsCutOff();
    void plantedFaultsReachTheClient_data();
    void plantedFaultsReachTheClient();
    void upgradesBesideHttpOnOnePort();
    void guardRefusesAnUpgradeAndHttpGoesOn();
    void abortConnectionsEndsWebSocketsToo();
    void closedWebSocketsLeaveNothingBehind();
    void portTakenIsAnErrorWithAHint();
    void listensAgainOnTheSamePort();

private:
    std::unique_ptr<HttpServer> m_server;
    QList<HttpResponder> m_held;
};

void HttpServerTest::init()
{
    m_server = std::make_unique<HttpServer>();
    m_server->setHandler([this](const HttpRequest &request, const HttpResponder &responder) {
        if (request.path == "/hold")
            m_held.append(responder);
        else if (request.path == "/none")
            responder.send({.status = 204});
        else if (request.path != "/forget")
            responder.send({.body = request.path + request.body});
    });
    QVERIFY(m_server->listen().has_value());
}

void HttpServerTest::cleanup()
{
    m_server.reset();
    m_held.clear();
}

void HttpServerTest::answersAndKeepsTheConnection()
{
    RawClient client(*m_server, get);
    QTRY_COMPARE(client.body(), "/"_ba);
    QCOMPARE(client.status(), std::optional(200));
    QVERIFY(client.received.contains("\r\nContent-Length: 1\r\n"));
    QVERIFY(client.received.contains(" GMT\r\n"));
    client.received.clear();
    client.send(
        "POST /e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nho\r\n0\r\n\r\n");
    QTRY_COMPARE(client.body(), "/eho"_ba);
    QCOMPARE(m_server->connectionsAccepted(), 1U);
    QCOMPARE(m_server->requestsReceived(), 2U);
    QVERIFY(!client.isClosed);
}

void HttpServerTest::closesWhenAskedTo_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("by the header") << getPath("/", "Connection: close\r\n");
    QTest::newRow("by version 1.0") << "GET / HTTP/1.0\r\n\r\n"_ba;
    QTest::newRow("with more in the pipeline") << getPath("/", "Connection: close\r\n") + get + get;
}

void HttpServerTest::closesWhenAskedTo()
{
    QFETCH(QByteArray, request);
    RawClient client(*m_server, request);
    QTRY_VERIFY(client.isClosed);
    QCOMPARE(client.received.count("HTTP/1.1 200"), 1);
    QVERIFY(client.received.contains("Connection: close\r\n"));
    QCOMPARE(client.socket.error(), QAbstractSocket::RemoteHostClosedError);
    QTRY_COMPARE(m_server->openConnections(), 0);
}

void HttpServerTest::pipelinedAnswersKeepTheirOrder()
{
    RawClient client(*m_server,
                     getPath("/hold") + getPath("/1") + getPath("/hold") + getPath("/2"));
    QTRY_COMPARE(m_held.size(), 2);
    m_held.at(1).send({.body = "later"});
    m_held.at(0).send({.body = "first"});
    QTRY_VERIFY(client.received.endsWith("/2"));
    const qsizetype first = client.received.indexOf("first");
    const qsizetype one = client.received.indexOf("/1", client.received.indexOf("\r\n\r\n", first));
    QVERIFY(first > 0 && one > first && client.received.indexOf("later") > one);
}

void HttpServerTest::morePipelinedThanTheLimitAreAllAnswered()
{
    m_server->setLimits({.pipelinedRequests = 3});
    RawClient client(*m_server, getPath("/hold") + get.repeated(1000));
    QTRY_COMPARE(m_server->requestsReceived(), 3U);
    m_held.first().send({});
    QTRY_COMPARE(client.received.count("HTTP/1.1 200"), 1001);
    QCOMPARE(m_server->requestsReceived(), 1001U);
}

void HttpServerTest::headHasTheHeadOnly()
{
    RawClient client(*m_server, "HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n" + getPath("/next"));
    QTRY_VERIFY(client.received.endsWith("/next"));
    QVERIFY(client.received.contains("Content-Length: 4\r\n"));
    QVERIFY(client.body().startsWith("HTTP/1.1 200"));
}

void HttpServerTest::statusWithoutBodyHasNoLength()
{
    RawClient client(*m_server, getPath("/none"));
    QTRY_VERIFY(client.received.endsWith("\r\n\r\n"));
    QCOMPARE(client.status(), std::optional(204));
    QVERIFY(!client.received.contains("Content-"));
}

void HttpServerTest::refusalsAreReadByTheClientBeforeTheClose_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    QTest::newRow("malformed") << "HELLO\r\n\r\n"_ba << 400;
    QTest::newRow("long target") << getPath("/" + QByteArray(100000, 'a')) << 414;
    QTest::newRow("long headers") << getPath("/", "X: " + QByteArray(100000, 'a') + "\r\n") << 431;
    // Far more than the kernel buffers: a close with unread bytes would lose the answer.
    QTest::newRow("large body, sent without asking")
        << "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n"
            + QByteArray(20000000, 'x')
        << 413;
}

void HttpServerTest::refusalsAreReadByTheClientBeforeTheClose()
{
    QFETCH(QByteArray, request);
    RawClient client(*m_server, request);
    QTRY_VERIFY(client.isClosed);
    QCOMPARE(client.socket.error(), QAbstractSocket::RemoteHostClosedError);
    QCOMPARE(client.received.count("HTTP/1.1 "), 1);
    QVERIFY(client.status().has_value());
    QTEST(*client.status(), "status");
}

void HttpServerTest::continueComesAfterEarlierAnswers()
{
    RawClient client(*m_server,
                     getPath("/hold")
                         + "POST /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                           "Content-Length: 2\r\n\r\n");
    QTRY_COMPARE(m_held.size(), 1);
    m_held.first().send({.body = "held"});
    QTRY_VERIFY(client.received.endsWith("heldHTTP/1.1 100 Continue\r\n\r\n"));
    client.send("ok");
    QTRY_VERIFY(client.received.endsWith("/pok"));
}

void HttpServerTest::clientLeavingBeforeADelayedAnswerIsHarmless()
{
    {
        RawClient client(*m_server, getPath("/hold"));
        QTRY_COMPARE(m_held.size(), 1);
        QVERIFY(m_held.first().isPending());
    }
    QTRY_COMPARE(m_server->openConnections(), 0);
    QTRY_VERIFY(!m_held.first().isPending());
    m_held.first().send({.body = "nobody there"});
    RawClient other(*m_server, get);
    QTRY_COMPARE(other.status(), std::optional(200));
}

void HttpServerTest::respondersOutliveTheServer()
{
    RawClient client(*m_server, getPath("/hold"));
    QTRY_COMPARE(m_held.size(), 1);
    m_server.reset();
    QVERIFY(!m_held.first().isPending());
    m_held.first().send({});
    QTRY_VERIFY(client.isClosed);
}

void HttpServerTest::forgottenRequestGets500()
{
    RawClient client(*m_server, getPath("/forget") + get);
    QTRY_VERIFY(client.received.endsWith("/"));
    QCOMPARE(client.status(), std::optional(500));
}

void HttpServerTest::onlyTheFirstAnswerCounts()
{
    RawClient client(*m_server, getPath("/hold"));
    QTRY_COMPARE(m_held.size(), 1);
    m_held.first().send({.status = 201});
    m_held.first().send({.status = 202});
    client.send(getPath("/end"));
    QTRY_VERIFY(client.received.endsWith("/end"));
    QCOMPARE(client.received.count("HTTP/1.1 "), 2);
    QVERIFY(client.received.startsWith("HTTP/1.1 201"));
}

void HttpServerTest::halfARequestTimesOut()
{
    m_server->setLimits({.request = std::chrono::milliseconds(50)});
    RawClient client(*m_server, "GET / HTTP/1.1\r\nHost");
    QTRY_VERIFY(client.isClosed);
    QCOMPARE(client.status(), std::optional(408));
}

void HttpServerTest::idleConnectionIsClosed()
{
    m_server->setLimits({.idle = std::chrono::milliseconds(50)});
    RawClient client(*m_server, get);
    QTRY_COMPARE(client.status(), std::optional(200));
    QTRY_VERIFY(client.isClosed);
    QTRY_COMPARE(m_server->openConnections(), 0);
}

void HttpServerTest::clientThatReadsNothingIsCutOff()
{
    m_server->setLimits({.write = std::chrono::milliseconds(50)});
    m_server->setHandler([](const HttpRequest &, const HttpResponder &responder) {
        responder.send({.body = QByteArray(30000000, 'x')});
    });
    QTcpSocket client;
    client.setReadBufferSize(1);
    client.connectToHost(QHostAddress::LocalHost, m_server->port());
    client.write(get);
    QTRY_COMPARE(m_server->requestsReceived(), 1U);
    QTRY_COMPARE(m_server->openConnections(), 0);
}

void HttpServerTest::plantedFaultsReachTheClient_data()
{
    QTest::addColumn<int>("fault");
    QTest::addColumn<QByteArray>("received");
    QTest::addColumn<int>("error");
    QTest::newRow("reset") << 0 << QByteArray() << ECONNRESET;
    QTest::newRow("close without answer") << 1 << QByteArray() << 0;
    QTest::newRow("raw bytes") << 2 << "HTTP/1.1 banana"_ba << 0;
}

void HttpServerTest::plantedFaultsReachTheClient()
{
    QFETCH(int, fault);
    m_server->setHandler([fault](const HttpRequest &, const HttpResponder &responder) {
        if (fault == 0)
            responder.abort();
        else if (fault == 1)
            responder.close();
        else
            responder.sendRaw("HTTP/1.1 banana"_ba);
    });
    // The system's own socket: QTcpSocket reports a reset as an orderly close.
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    const auto closeClient = qScopeGuard([client] { ::close(client); });
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(m_server->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    QCOMPARE(::connect(client, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    QCOMPARE(::send(client, get.data(), size_t(get.size()), 0), get.size());
    QByteArray received;
    std::optional<int> error;
    const auto hasEnded = [client, &received, &error] {
        char buffer[64];
        const ssize_t count = error ? 0 : ::recv(client, buffer, sizeof buffer, MSG_DONTWAIT);
        if (count > 0)
            received.append(buffer, count);
        else if (!error && (count == 0 || errno != EAGAIN))
            error = count == 0 ? 0 : errno;
        return error.has_value();
    };
    QTRY_VERIFY(hasEnded());
    QTEST(received, "received");
    QTEST(*error, "error");
}

void HttpServerTest::upgradesBesideHttpOnOnePort()
{
    m_server->setWebSocketHandler("/ws", [](QWebSocket *socket) {
        connect(socket, &QWebSocket::textMessageReceived, socket,
                [socket](const QString &text) { socket->sendTextMessage(text); });
    });
    QWebSocket client;
    QSignalSpy echoed(&client, &QWebSocket::textMessageReceived);
    connect(&client, &QWebSocket::connected, &client,
            [&client] { client.sendTextMessage(u"hi"_s); });
    client.open(QUrl(u"ws://127.0.0.1:%1/ws"_s.arg(m_server->port())));
    QTRY_COMPARE(echoed.size(), 1);
    QCOMPARE(echoed.first().first().toString(), u"hi"_s);
    RawClient http(*m_server, getPath("/ws"));
    QTRY_COMPARE(http.body(), "/ws"_ba);

    const QByteArray upgrade =
        getPath("/ws",
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    RawClient both(*m_server, getPath("/before") + upgrade);
    QTRY_VERIFY(both.received.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    QVERIFY(both.body().startsWith("/beforeHTTP/1.1 101 "));
    both.send(
        QByteArray::fromHex("818537fa213d7f9f4d5158")); // RFC 6455, section 5.7: masked "Hello"
    QTRY_VERIFY(both.received.endsWith(QByteArray::fromHex("810548656c6c6f")));
    QTRY_COMPARE(m_server->openConnections(), 1);
}

void HttpServerTest::guardRefusesAnUpgradeAndHttpGoesOn()
{
    m_server->setWebSocketHandler(
        "/ws", [](QWebSocket *) { QFAIL("it was let in"); },
        [](const HttpRequest &) { return HttpResponse::failure(503, u"full"_s); });
    RawClient client(*m_server,
                     getPath("/ws",
                             "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                             "Sec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
                         + getPath("/after"));
    QTRY_VERIFY(client.received.endsWith("/after"));
    QCOMPARE(client.status(), std::optional(503));
}

void HttpServerTest::abortConnectionsEndsWebSocketsToo()
{
    bool isOpen = false;
    m_server->setWebSocketHandler("/ws", [&isOpen](QWebSocket *) { isOpen = true; });
    QWebSocket webSocket;
    QSignalSpy left(&webSocket, &QWebSocket::disconnected);
    webSocket.open(QUrl(u"ws://127.0.0.1:%1/ws"_s.arg(m_server->port())));
    QTRY_VERIFY(isOpen);
    RawClient client(*m_server, getPath("/hold"));
    QTRY_COMPARE(m_held.size(), 1);
    m_server->abortConnections();
    QTRY_VERIFY(client.isClosed);
    QTRY_COMPARE(left.size(), 1);
}

void HttpServerTest::closedWebSocketsLeaveNothingBehind()
{
    m_server->setWebSocketHandler("/ws", [](QWebSocket *socket) {
        connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
    });
    for (int i = 0; i < 3; ++i) {
        QWebSocket client;
        QSignalSpy joined(&client, &QWebSocket::connected);
        client.open(QUrl(u"ws://127.0.0.1:%1/ws"_s.arg(m_server->port())));
        QTRY_COMPARE(joined.size(), 1);
    }
    QTRY_COMPARE(m_server->openConnections(), 0);
    QTRY_COMPARE(m_server->findChildren<QWebSocket *>().size(), 0);
    QTRY_COMPARE(m_server->findChildren<QTcpSocket *>().size(), 0);
}

void HttpServerTest::portTakenIsAnErrorWithAHint()
{
    HttpServer second;
    const Result<void> result = second.listen(QHostAddress::LocalHost, m_server->port());
    QVERIFY(!result.has_value());
    QCOMPARE(result.error().code, ErrorCode::Io);
    QVERIFY(!result.error().hint.isEmpty());
}

void HttpServerTest::listensAgainOnTheSamePort()
{
    const quint16 port = m_server->port();
    m_server->stopListening();
    RawClient refused(port);
    QTRY_COMPARE(refused.socket.error(), QAbstractSocket::ConnectionRefusedError);
    QVERIFY(m_server->listen(QHostAddress::LocalHost, port).has_value());
    RawClient client(*m_server, get);
    QTRY_COMPARE(client.status(), std::optional(200));
}

QTEST_GUILESS_MAIN(HttpServerTest)
#include "tst_httpserver.moc"
