#include "demo/dashboardservice.h"
#include "demo/democall.h"

#include <QSignalSpy>
#include <QTest>
#include <QWebSocket>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

/// A masked client frame with a mask of zero: RFC 6455, section 5.2.
QByteArray frame(const QByteArray &payload)
{
    QByteArray bytes = QByteArray::fromHex("82fe");
    bytes.append(char(payload.size() >> 8)).append(char(payload.size() & 0xff));
    return bytes + QByteArray(4, '\0') + payload;
}

/// Counts the server's frames in a stream that begins after the handshake's answer; all have a
/// length of 126 to 65535 bytes, given in 16 bits.
int countFrames(const QByteArray &stream)
{
    int count = 0;
    qsizetype position = stream.indexOf("\r\n\r\n") + 4;
    while (position + 4 <= stream.size()) {
        const auto byte = [&stream, position](int i) { return quint8(stream.at(position + i)); };
        position += 4 + (byte(2) << 8 | byte(3));
        count += position <= stream.size() ? 1 : 0;
    }
    return count;
}

const QByteArray handshake =
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

} // namespace

class DashboardServiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_service.reset(); }

    void echoesTextAndBinaryUnchanged();
    void answersPings();
    void onlySubscribersGetUpdates();
    void whatIsNotExactlyASubscriptionIsEchoed_data();
    void whatIsNotExactlyASubscriptionIsEchoed();
    void updateMustBeAnObject();
    void fullHouseRefusesUpgrades();
    void burstToAHealthyReaderLosesNothing();
    void whatASlowReaderLosesIsCountedExactly();
    void leavingWithAFullQueueIsCounted();
    void stallHoldsTheEcho();
    void latencyDelaysTheEcho();

private:
    [[nodiscard]] QUrl webSocketUrl() const { return QUrl(m_service->webSocketUrl()); }
    [[nodiscard]] QJsonObject status();
    [[nodiscard]] quint64 counted(const QString &key)
    {
        return quint64(status().value(key).toDouble());
    }

    std::unique_ptr<DashboardService> m_service;
};

void DashboardServiceTest::init()
{
    m_service = std::make_unique<DashboardService>(2);
    QVERIFY(m_service->start(QHostAddress::LocalHost, 0).has_value());
}

QJsonObject DashboardServiceTest::status()
{
    DemoCall call(*m_service, "GET", "/api/status");
    [&call] { QTRY_VERIFY(call.hasAnswer()); }();
    return call.json();
}

void DashboardServiceTest::echoesTextAndBinaryUnchanged()
{
    QWebSocket client;
    QSignalSpy joined(&client, &QWebSocket::connected);
    QSignalSpy texts(&client, &QWebSocket::textMessageReceived);
    QSignalSpy binaries(&client, &QWebSocket::binaryMessageReceived);
    client.open(webSocketUrl());
    QTRY_COMPARE(joined.size(), 1);
    const QByteArray binary("\0\xff\x80", 3);
    client.sendTextMessage(u"Grüße {\"type\":1}"_s);
    client.sendBinaryMessage(binary);
    client.sendTextMessage({});
    QTRY_COMPARE(texts.size(), 2);
    QTRY_COMPARE(binaries.size(), 1);
    QCOMPARE(texts.at(0).first().toString(), u"Grüße {\"type\":1}"_s);
    QCOMPARE(binaries.at(0).first().toByteArray(), binary);
    QCOMPARE(counted(u"messages_in"_s), 3U);
    QCOMPARE(counted(u"messages_out"_s), 3U);
}

void DashboardServiceTest::answersPings()
{
    QWebSocket client;
    QSignalSpy joined(&client, &QWebSocket::connected);
    QSignalSpy pongs(&client, &QWebSocket::pong);
    client.open(webSocketUrl());
    QTRY_COMPARE(joined.size(), 1);
    client.ping("x");
    QTRY_COMPARE(pongs.size(), 1);
}

void DashboardServiceTest::onlySubscribersGetUpdates()
{
    QWebSocket subscriber;
    QWebSocket other;
    QSignalSpy subscriberTexts(&subscriber, &QWebSocket::textMessageReceived);
    QSignalSpy otherTexts(&other, &QWebSocket::textMessageReceived);
    QSignalSpy otherJoined(&other, &QWebSocket::connected);
    connect(&subscriber, &QWebSocket::connected, &subscriber,
            [&subscriber] { subscriber.sendTextMessage(uR"( {"type": "subscribe"} )"_s); });
    subscriber.open(webSocketUrl());
    other.open(webSocketUrl());
    QTRY_COMPARE(subscriberTexts.size(), 1);
    QCOMPARE(subscriberTexts.first().first().toString(), uR"({"type":"subscribed"})"_s);
    QTRY_COMPARE(otherJoined.size(), 1);
    DemoCall update(*m_service, "POST", "/api/update", R"({"price":3.5})");
    QTRY_COMPARE(subscriberTexts.size(), 2);
    QCOMPARE(subscriberTexts.at(1).first().toString(),
             uR"({"data":{"price":3.5},"type":"update"})"_s);
    other.sendTextMessage(u"last"_s);
    QTRY_COMPARE(otherTexts.size(), 1);
    QCOMPARE(otherTexts.first().first().toString(), u"last"_s);
    QCOMPARE(status().value("last_update"_L1).toObject().value("price"_L1).toDouble(), 3.5);
}

void DashboardServiceTest::whatIsNotExactlyASubscriptionIsEchoed_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("other type") << uR"({"type":"unsubscribe"})"_s;
    QTest::newRow("one key more") << uR"({"type":"subscribe","id":1})"_s;
    QTest::newRow("in an array") << uR"([{"type":"subscribe"}])"_s;
    QTest::newRow("no JSON") << u"subscribe"_s;
}

void DashboardServiceTest::whatIsNotExactlyASubscriptionIsEchoed()
{
    QFETCH(QString, text);
    QWebSocket client;
    QSignalSpy joined(&client, &QWebSocket::connected);
    QSignalSpy texts(&client, &QWebSocket::textMessageReceived);
    client.open(webSocketUrl());
    QTRY_COMPARE(joined.size(), 1);
    client.sendTextMessage(text);
    QTRY_COMPARE(texts.size(), 1);
    QCOMPARE(texts.first().first().toString(), text);
    QCOMPARE(counted(u"subscribers"_s), 0U);
}

void DashboardServiceTest::updateMustBeAnObject()
{
    DemoCall update(*m_service, "POST", "/api/update", "[1]");
    QTRY_VERIFY(update.hasAnswer());
    QCOMPARE(update.status(), std::optional(400));
    QVERIFY(status().value("last_update"_L1).isNull());
}

void DashboardServiceTest::fullHouseRefusesUpgrades()
{
    {
        RawClient first(m_service->port(), handshake);
        RawClient second(m_service->port(), handshake);
        RawClient third(m_service->port(), handshake);
        const auto answered = [](const RawClient &client) { return client.status().has_value(); };
        QTRY_VERIFY(answered(first) && answered(second) && answered(third));
        QList<int> statuses{*first.status(), *second.status(), *third.status()};
        std::sort(statuses.begin(), statuses.end());
        QCOMPARE(statuses, (QList<int>{101, 101, 503}));
        QCOMPARE(counted(u"connections_refused"_s), 1U);
    }
    QTRY_COMPARE(counted(u"connections"_s), 0U);
    RawClient again(m_service->port(), handshake);
    QTRY_COMPARE(again.status(), std::optional(101));
}

void DashboardServiceTest::burstToAHealthyReaderLosesNothing()
{
    RawClient client(m_service->port(), handshake);
    QTRY_COMPARE(client.status(), std::optional(101));
    client.send(frame(QByteArray(512, 'x')).repeated(45));
    QTRY_COMPARE(countFrames(client.received), 45);
    QCOMPARE(counted(u"queue_dropped"_s), 0U);
}

void DashboardServiceTest::whatASlowReaderLosesIsCountedExactly()
{
    QTcpSocket client;
    client.setReadBufferSize(1); // reads one byte, then no more: the kernel's buffers fill up
    client.connectToHost(QHostAddress::LocalHost, m_service->port());
    client.write(handshake);
    QTRY_COMPARE(counted(u"connections"_s), 1U);
    constexpr quint64 sent = 4000;
    client.write(frame(QByteArray(2048, 'x')).repeated(qsizetype(sent)));
    QTRY_COMPARE(counted(u"messages_in"_s), sent);
    const QJsonObject full = status();
    QVERIFY(full.value("queue_dropped"_L1).toDouble() > 0.0);
    QCOMPARE(full.value("queued"_L1).toInt(), 50);

    QByteArray stream;
    client.setReadBufferSize(0);
    connect(&client, &QTcpSocket::readyRead, &client, [&] { stream += client.readAll(); });
    stream += client.readAll();
    QTRY_COMPARE(counted(u"queued"_s), 0U);
    const quint64 dropped = counted(u"queue_dropped"_s);
    QTRY_COMPARE(quint64(countFrames(stream)) + dropped, sent);
    QCOMPARE(counted(u"messages_out"_s), quint64(countFrames(stream)));
    QCOMPARE(counted(u"queue_abandoned"_s), 0U);
}

void DashboardServiceTest::leavingWithAFullQueueIsCounted()
{
    {
        QTcpSocket client;
        client.setReadBufferSize(1);
        client.connectToHost(QHostAddress::LocalHost, m_service->port());
        client.write(handshake);
        QTRY_COMPARE(counted(u"connections"_s), 1U);
        client.write(frame(QByteArray(2048, 'x')).repeated(4000));
        QTRY_COMPARE(counted(u"messages_in"_s), 4000U);
        QCOMPARE(counted(u"queued"_s), 50U);
        client.abort();
    }
    QTRY_COMPARE(counted(u"connections"_s), 0U);
    const QJsonObject end = status();
    QCOMPARE(end.value("queue_abandoned"_L1).toInt(), 50);
    QCOMPARE(end.value("messages_out"_L1).toInt() + end.value("queue_dropped"_L1).toInt() + 50,
             4000);
}

void DashboardServiceTest::stallHoldsTheEcho()
{
    QWebSocket client;
    QSignalSpy joined(&client, &QWebSocket::connected);
    QSignalSpy texts(&client, &QWebSocket::textMessageReceived);
    client.open(webSocketUrl());
    QTRY_COMPARE(joined.size(), 1);
    QVERIFY(m_service->faults().change({{u"stall_seconds"_s, 0.2}}).isEmpty());
    QTRY_VERIFY(m_service->faults().isStalled());
    client.sendTextMessage(u"held"_s);
    connect(&client, &QWebSocket::textMessageReceived, this,
            [this] { QVERIFY(!m_service->faults().isStalled()); });
    QTRY_COMPARE(texts.size(), 1);
}

void DashboardServiceTest::latencyDelaysTheEcho()
{
    QVERIFY(m_service->faults().change({{u"latency_ms"_s, 100}}).isEmpty());
    QWebSocket client;
    QSignalSpy joined(&client, &QWebSocket::connected);
    QSignalSpy texts(&client, &QWebSocket::textMessageReceived);
    client.open(webSocketUrl());
    QTRY_COMPARE(joined.size(), 1);
    QElapsedTimer elapsed;
    elapsed.start();
    client.sendTextMessage(u"slow"_s);
    QTRY_COMPARE(texts.size(), 1);
    QVERIFY(elapsed.elapsed() >= 100);
}

QTEST_GUILESS_MAIN(DashboardServiceTest)
#include "tst_dashboardservice.moc"
