#include "demo/bluefinservice.h"
#include "demo/democall.h"

#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;

class BluefinServiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void answersEveryPath_data();
    void answersEveryPath();
    void refusesWhatIsWrong_data();
    void refusesWhatIsWrong();
    void orderCanBePlacedSeenAndCancelled();

private:
    BluefinService m_service;
};

void BluefinServiceTest::initTestCase()
{
    QVERIFY(m_service.start(QHostAddress::LocalHost, 0).has_value());
}

void BluefinServiceTest::answersEveryPath_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QString>("key");
    QTest::newRow("health") << "/health"_ba << u"status"_s;
    QTest::newRow("detailed health") << "/health/detailed"_ba << u"uptime_seconds"_s;
    QTest::newRow("account") << "/account"_ba << u"open_orders"_s;
    QTest::newRow("balance") << "/account/balance"_ba << u"balance"_s;
    QTest::newRow("market") << "/market/info"_ba << u"markets"_s;
    QTest::newRow("ticker") << "/market/ticker"_ba << u"last"_s;
    QTest::newRow("order book") << "/orderbook?depth=3"_ba << u"bids"_s;
}

void BluefinServiceTest::answersEveryPath()
{
    QFETCH(QByteArray, path);
    QFETCH(QString, key);
    DemoCall call(m_service, "GET", path);
    QTRY_VERIFY(call.hasAnswer());
    QCOMPARE(call.status(), std::optional(200));
    QVERIFY(call.json().contains(key));
    DemoCall wrong(m_service, "PUT", path);
    QTRY_VERIFY(wrong.hasAnswer());
    QCOMPARE(wrong.status(), std::optional(405));
    QVERIFY(wrong.received.contains("Allow: GET, HEAD\r\n"));
}

void BluefinServiceTest::refusesWhatIsWrong_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    const auto order = [](const char *name, const QByteArray &body) {
        QTest::newRow(name) << "POST"_ba
                            << "/orders"_ba << body << 400;
    };
    order("no JSON", "side=buy");
    order("no object", "[]");
    order("no side", R"({"price":1,"quantity":1})");
    order("unknown type", R"({"side":"buy","type":"stop","price":1,"quantity":1})");
    order("no price", R"({"side":"buy","quantity":1})");
    order("price as text", R"({"side":"buy","price":"1","quantity":1})");
    order("price between ticks", R"({"side":"buy","price":1.005,"quantity":1})");
    order("negative quantity", R"({"side":"buy","price":1,"quantity":-1})");
    order("too much", R"({"side":"buy","price":1,"quantity":1e9})");
    QTest::newRow("unknown path") << "GET"_ba
                                  << "/nothing"_ba << QByteArray() << 404;
    QTest::newRow("unknown order") << "DELETE"_ba
                                   << "/orders/999999"_ba << QByteArray() << 404;
    QTest::newRow("order of the market maker") << "DELETE"_ba
                                               << "/orders/1"_ba << QByteArray() << 404;
    QTest::newRow("id is no number") << "DELETE"_ba
                                     << "/orders/x"_ba << QByteArray() << 400;
    QTest::newRow("orders cannot be read") << "GET"_ba
                                           << "/orders"_ba << QByteArray() << 405;
    QTest::newRow("depth of zero") << "GET"_ba
                                   << "/orderbook?depth=0"_ba << QByteArray() << 400;
}

void BluefinServiceTest::refusesWhatIsWrong()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, body);
    DemoCall call(m_service, method, path, body);
    QTRY_VERIFY(call.hasAnswer());
    QTEST(*call.status(), "status");
    QVERIFY(!call.json().value("error"_L1).toString().isEmpty());
}

void BluefinServiceTest::orderCanBePlacedSeenAndCancelled()
{
    DemoCall place(m_service, "POST", "/orders", R"({"side":"buy","price":1.15,"quantity":0.5})");
    QTRY_VERIFY(place.hasAnswer());
    QCOMPARE(place.status(), std::optional(201));
    QCOMPARE(place.json().value("status"_L1).toString(), u"open"_s);
    QCOMPARE(place.json().value("resting"_L1).toDouble(), 0.5);
    DemoCall book(m_service, "GET", "/orderbook?depth=100");
    QTRY_VERIFY(book.hasAnswer());
    QVERIFY(book.body().contains("[1.15,0.5]"));
    const QByteArray path = "/orders/" + place.json().value("id"_L1).toString().toUtf8();
    DemoCall cancel(m_service, "DELETE", path);
    QTRY_VERIFY(cancel.hasAnswer());
    QCOMPARE(cancel.status(), std::optional(200));
    DemoCall again(m_service, "DELETE", path);
    QTRY_VERIFY(again.hasAnswer());
    QCOMPARE(again.status(), std::optional(404));
}

QTEST_GUILESS_MAIN(BluefinServiceTest)
#include "tst_bluefinservice.moc"
