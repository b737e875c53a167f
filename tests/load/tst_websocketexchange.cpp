#include "load/websocketexchange.h"

#include <QTest>

using namespace lowtide;
using namespace std::chrono_literals;

namespace {
constexpr SteadyTime begin{1000s};

OpenMessage message(std::uint64_t id, Nanoseconds sentAt)
{
    return {.operation = {.id = id, .request = 0, .due = begin + sentAt}, .sent = begin + sentAt};
}
} // namespace

class WebSocketExchangeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void idsAreUniqueOverConnections();
    void echoEndsItsMessageOnce();
    void echoOnAnotherConnectionIsForeign();
    void echoOfWhatWasNeverSentIsForeign();
    void messagesTimeOutInTheirOrder();
    void echoAfterTheTimeoutIsLateOnceThenDouble();
    void lostConnectionGivesAllItsMessagesInOrder();
    void echoOfAFormerConnectionIsForeign();
    void serverThatNeverAnswersDoesNotFillTheMemory();
};

void WebSocketExchangeTest::idsAreUniqueOverConnections()
{
    WebSocketExchange exchange(3, 1s);
    QSet<quint64> ids;
    for (int i = 0; i < 30; ++i) {
        ids.insert(exchange.nextId(i % 3));
        exchange.sent(i % 3, message(0, 0s));
    }
    QCOMPARE(ids.size(), 30);
    QCOMPARE(exchange.openCount(), 30);
}

void WebSocketExchangeTest::echoEndsItsMessageOnce()
{
    WebSocketExchange exchange(2, 1s);
    const quint64 id = exchange.nextId(1);
    exchange.sent(1, message(7, 0s));
    const auto echo = exchange.take(1, id);
    QCOMPARE(echo.kind, EchoKind::Expected);
    QVERIFY(echo.message.has_value());
    QCOMPARE(echo.message->operation.id, 7U);
    QCOMPARE(exchange.openCount(), 0);
    QCOMPARE(exchange.nextTimeout(), SteadyTime::max());
    QCOMPARE(exchange.take(1, id).kind, EchoKind::Duplicate);
}

void WebSocketExchangeTest::echoOnAnotherConnectionIsForeign()
{
    WebSocketExchange exchange(2, 1s);
    const quint64 id = exchange.nextId(0);
    exchange.sent(0, message(1, 0s));
    QCOMPARE(exchange.take(1, id).kind, EchoKind::Foreign);
    QCOMPARE(exchange.openCount(), 1);
}

void WebSocketExchangeTest::echoOfWhatWasNeverSentIsForeign()
{
    WebSocketExchange exchange(2, 1s);
    QCOMPARE(exchange.take(0, exchange.nextId(0)).kind, EchoKind::Foreign);
    QCOMPARE(exchange.take(0, 123456).kind, EchoKind::Foreign);
}

void WebSocketExchangeTest::messagesTimeOutInTheirOrder()
{
    WebSocketExchange exchange(2, 1s);
    const quint64 answered = exchange.nextId(0);
    exchange.sent(0, message(1, 0s));
    exchange.sent(1, message(2, 100ms));
    exchange.sent(0, message(3, 200ms));
    QVERIFY(exchange.take(0, answered).message.has_value());
    QCOMPARE(exchange.nextTimeout(), begin + 1100ms);
    QVERIFY(!exchange.takeTimedOut(begin + 1099ms));
    const auto first = exchange.takeTimedOut(begin + 1500ms);
    QVERIFY(first.has_value());
    QCOMPARE(first->operation.id, 2U);
    const auto second = exchange.takeTimedOut(begin + 1500ms);
    QVERIFY(second.has_value());
    QCOMPARE(second->operation.id, 3U);
    QVERIFY(!exchange.takeTimedOut(begin + 1500ms));
    QCOMPARE(exchange.openCount(), 0);
}

void WebSocketExchangeTest::echoAfterTheTimeoutIsLateOnceThenDouble()
{
    WebSocketExchange exchange(1, 1s);
    exchange.sent(0, message(1, 0s));
    QVERIFY(exchange.takeTimedOut(begin + 1s));
    QCOMPARE(exchange.take(0, 0).kind, EchoKind::Late);
    QCOMPARE(exchange.take(0, 0).kind, EchoKind::Duplicate);
}

void WebSocketExchangeTest::lostConnectionGivesAllItsMessagesInOrder()
{
    WebSocketExchange exchange(2, 1s);
    for (std::uint64_t id = 0; id < 20; ++id)
        exchange.sent(static_cast<int>(id % 2), message(id, 0s));
    const auto lost = exchange.takeAll(1);
    QCOMPARE(lost.size(), std::size_t(10));
    for (std::size_t i = 0; i < lost.size(); ++i)
        QCOMPARE(lost[i].operation.id, 2 * i + 1);
    QCOMPARE(exchange.openCount(), 10);
    QVERIFY(exchange.takeAll(1).empty());
}

void WebSocketExchangeTest::echoOfAFormerConnectionIsForeign()
{
    WebSocketExchange exchange(1, 1s);
    const quint64 before = exchange.nextId(0);
    exchange.sent(0, message(1, 0s));
    QCOMPARE(exchange.takeAll(0).size(), std::size_t(1));
    const quint64 after = exchange.nextId(0);
    QVERIFY(after != before);
    exchange.sent(0, message(2, 0s));
    QCOMPARE(exchange.take(0, before).kind, EchoKind::Foreign);
    QCOMPARE(exchange.take(0, after).kind, EchoKind::Expected);
}

void WebSocketExchangeTest::serverThatNeverAnswersDoesNotFillTheMemory()
{
    // Only the latest are known to be late; of the forgotten ones an echo counts as a double.
    WebSocketExchange exchange(1, 1s);
    constexpr quint64 messages = 10'001;
    for (quint64 i = 0; i < messages; ++i) {
        exchange.sent(0, message(i, 0s));
        QVERIFY(exchange.takeTimedOut(begin + 1s));
    }
    QCOMPARE(exchange.take(0, 0).kind, EchoKind::Duplicate);
    QCOMPARE(exchange.take(0, 1).kind, EchoKind::Late);
    QCOMPARE(exchange.take(0, messages - 1).kind, EchoKind::Late);
}

QTEST_GUILESS_MAIN(WebSocketExchangeTest)
#include "tst_websocketexchange.moc"
