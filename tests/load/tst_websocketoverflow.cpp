#include "load/websocketoverflow.h"

#include "load/websocketechoserver.h"

#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace lowtide;
using namespace std::chrono_literals;

namespace {
constexpr int patienceMs = 30'000;
constexpr int messages = 50;

/// A burst whose silence is short and whose limit no test waits for.
WebSocketOverflowPlan burst(const QUrl &url)
{
    return {.connection = {.url = url, .userAgent = "lowtide/test (overflow)"},
            .messages = messages,
            .messageSizeBytes = 128,
            .silence = 50ms,
            .limit = 60s};
}

/// Accepts one WebSocket by hand, and then sends `bytes`, whatever comes.
class BareServer {
public:
    explicit BareServer(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
        QObject::connect(&m_tcp, &QTcpServer::newConnection, &m_tcp, [this] {
            QTcpSocket *socket = m_tcp.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket,
                             [this, socket] { answer(socket); });
        });
    }
    [[nodiscard]] bool listen() { return m_tcp.listen(QHostAddress::LocalHost); }
    [[nodiscard]] QUrl url() const
    {
        return QUrl(QStringLiteral("ws://127.0.0.1:%1/").arg(m_tcp.serverPort()));
    }

private:
    void answer(QTcpSocket *socket)
    {
        m_request += socket->readAll();
        if (m_hasAnswered || !m_request.contains("\r\n\r\n"))
            return;
        m_hasAnswered = true;
        const QByteArray name = "Sec-WebSocket-Key: ";
        const qsizetype start = m_request.indexOf(name) + name.size();
        const QByteArray key = m_request.sliced(start, m_request.indexOf("\r\n", start) - start);
        socket->write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Accept: "
                      + acceptKey(key) + "\r\n\r\n" + m_bytes);
    }

    QTcpServer m_tcp;
    QByteArray m_bytes;
    QByteArray m_request;
    bool m_hasAnswered = false;
};
} // namespace

class WebSocketOverflowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void slowServerHasLostNothing();
    void droppedMessagesAreLost();
    void probeThatIsDroppedIsRepeated();
    void serverThatStaysSilentIsCutShort();
    void stoppedTwiceClaimsNoLoss();
    void closedByTheServerIsNoLoss();
    void brokenProtocolIsNoLoss();
};

void WebSocketOverflowTest::slowServerHasLostNothing()
{
    WebSocketEchoServer server;
    QList<QString> held;
    QTimer pause; // many times the silence
    pause.setSingleShot(true);
    server.onMessage = [&](QWebSocket *socket, const QString &text) {
        held.append(text);
        if (held.size() > 1)
            return;
        QObject::connect(&pause, &QTimer::timeout, socket, [&held, socket] {
            for (const QString &each : std::as_const(held))
                socket->sendTextMessage(each);
        });
        pause.start(500ms);
    };
    QVERIFY(server.listen());
    WebSocketOverflow overflow(burst(server.url()));
    QSignalSpy ends(&overflow, &WebSocketOverflow::finished);
    overflow.start();
    QTRY_COMPARE_WITH_TIMEOUT(ends.size(), 1, patienceMs);
    QVERIFY(held.size() > messages); // probed
    QVERIFY(overflow.result().isWhole());
    QCOMPARE(overflow.result().sent, messages);
    QCOMPARE(overflow.result().lost(), 0);
}

void WebSocketOverflowTest::droppedMessagesAreLost()
{
    WebSocketEchoServer server;
    server.onMessage = [count = 0](QWebSocket *socket, const QString &text) mutable {
        if (++count < 21 || count > 30)
            socket->sendTextMessage(text);
    };
    QVERIFY(server.listen());
    WebSocketOverflow overflow(burst(server.url()));
    QSignalSpy ends(&overflow, &WebSocketOverflow::finished);
    overflow.start();
    QTRY_COMPARE_WITH_TIMEOUT(ends.size(), 1, patienceMs);
    QVERIFY(overflow.result().isWhole());
    QCOMPARE(overflow.result().sent, messages);
    QCOMPARE(overflow.result().lost(), 10);
}

void WebSocketOverflowTest::probeThatIsDroppedIsRepeated()
{
    WebSocketEchoServer server;
    server.onMessage = [count = 0](QWebSocket *socket, const QString &text) mutable {
        if (++count < messages || count == messages + 3)
            socket->sendTextMessage(text);
    };
    QVERIFY(server.listen());
    WebSocketOverflow overflow(burst(server.url()));
    QSignalSpy ends(&overflow, &WebSocketOverflow::finished);
    overflow.start();
    QTRY_COMPARE_WITH_TIMEOUT(ends.size(), 1, patienceMs);
    QVERIFY(overflow.result().isWhole());
    QCOMPARE(overflow.result().sent, messages);
    QCOMPARE(overflow.result().lost(), 1);
}

void WebSocketOverflowTest::serverThatStaysSilentIsCutShort()
{
    WebSocketEchoServer server;
    server.onMessage = [](QWebSocket *, const QString &) {};
    QVERIFY(server.listen());
    auto plan = burst(server.url());
    plan.limit = 500ms;
    WebSocketOverflow overflow(plan);
    QSignalSpy ends(&overflow, &WebSocketOverflow::finished);
    overflow.start();
    QTRY_COMPARE_WITH_TIMEOUT(ends.size(), 1, patienceMs);
    QVERIFY(overflow.result().hasOpened);
    QVERIFY(overflow.result().cutShort);
    QVERIFY(!overflow.result().isWhole());
}

void WebSocketOverflowTest::stoppedTwiceClaimsNoLoss()
{
    WebSocketEchoServer server;
    server.onMessage = [](QWebSocket *, const QString &) {};
    QVERIFY(server.listen());
    WebSocketOverflow overflow(burst(server.url()));
    QSignalSpy ends(&overflow, &WebSocketOverflow::finished);
    overflow.start();
    QTRY_VERIFY_WITH_TIMEOUT(!server.sizes.isEmpty(), patienceMs);
    overflow.stop();
    overflow.stop();
    QTRY_COMPARE_WITH_TIMEOUT(ends.size(), 1, patienceMs);
    QVERIFY(overflow.result().cutShort);
    QVERIFY(!overflow.result().isWhole());
}

void WebSocketOverflowTest::closedByTheServerIsNoLoss()
{
    WebSocketEchoServer server;
    server.onMessage = [count = 0](QWebSocket *socket, const QString &text) mutable {
        if (++count == messages / 2)
            socket->close(QWebSocketProtocol::CloseCodePolicyViolated);
        else
            socket->sendTextMessage(text);
    };
    QVERIFY(server.listen());
    WebSocketOverflow overflow(burst(server.url()));
    QSignalSpy ends(&overflow, &WebSocketOverflow::finished);
    overflow.start();
    QTRY_COMPARE_WITH_TIMEOUT(ends.size(), 1, patienceMs);
    QVERIFY(overflow.result().closedByPeer);
    QVERIFY(!overflow.result().isWhole());
}

void WebSocketOverflowTest::brokenProtocolIsNoLoss()
{
    BareServer server(QByteArray("\xC1\x01z", 3)); // a reserved bit
    QVERIFY(server.listen());
    WebSocketOverflow overflow(burst(server.url()));
    QSignalSpy ends(&overflow, &WebSocketOverflow::finished);
    overflow.start();
    QTRY_COMPARE_WITH_TIMEOUT(ends.size(), 1, patienceMs);
    QVERIFY(overflow.result().hasOpened);
    QVERIFY(overflow.result().cutShort);
    QVERIFY(!overflow.result().closedByPeer);
    QVERIFY(!overflow.result().isWhole());
}

QTEST_GUILESS_MAIN(WebSocketOverflowTest)
#include "tst_websocketoverflow.moc"
