#include "demo/market.h"
#include "demo/orderbook.h"

#include <QTest>

#include <random>

using namespace lowtide;

namespace {

using Side = OrderBook::Side;
using Owner = OrderBook::Owner;
using Levels = std::vector<OrderBook::Level>;

} // namespace

class OrderBookTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bestPriceTradesFirstAndOlderBeforeYounger();
    void tradesAtTheRestingPriceAndRestsTheRemainder();
    void pricesThatDoNotCrossRest();
    void marketOrderNeverRests();
    void cancelTakesTheOrderOutOnce();
    void nobodyCancelsForAnother();
    void oldestGoesWhenTheBookIsFull();
    void quantityIsNeitherMadeNorLost();
    void accountPaysAndReceivesWhatItTrades();
    void tradingWithOneselfChangesNothing();
    void marketMakerComesBack();
};

void OrderBookTest::bestPriceTradesFirstAndOlderBeforeYounger()
{
    OrderBook book;
    const quint64 worse = book.place(Owner::Client, Side::Sell, 11, 1).id;
    const quint64 older = book.place(Owner::Client, Side::Sell, 10, 1).id;
    const quint64 younger = book.place(Owner::Client, Side::Sell, 10, 1).id;
    const auto placed = book.place(Owner::Client, Side::Buy, 12, 3);
    QCOMPARE(placed.trades.size(), 3U);
    QCOMPARE(placed.trades.at(0).makerId, older);
    QCOMPARE(placed.trades.at(1).makerId, younger);
    QCOMPARE(placed.trades.at(2).makerId, worse);
    QCOMPARE(book.size(), 0U);
}

void OrderBookTest::tradesAtTheRestingPriceAndRestsTheRemainder()
{
    OrderBook book;
    book.place(Owner::Client, Side::Buy, 20, 4);
    const auto placed = book.place(Owner::Client, Side::Sell, 15, 10);
    QCOMPARE(placed.trades.size(), 1U);
    QCOMPARE(placed.trades.front().price, 20);
    QCOMPARE(placed.trades.front().quantity, 4);
    QCOMPARE(placed.resting, 6);
    QVERIFY(book.levels(Side::Buy, 5).empty());
    QCOMPARE(book.levels(Side::Sell, 5), (Levels{{15, 6}}));
}

void OrderBookTest::pricesThatDoNotCrossRest()
{
    OrderBook book;
    book.place(Owner::Client, Side::Buy, 9, 1);
    book.place(Owner::Client, Side::Buy, 10, 2);
    book.place(Owner::Client, Side::Buy, 10, 3);
    book.place(Owner::Client, Side::Sell, 12, 1);
    QVERIFY(book.place(Owner::Client, Side::Sell, 11, 1).trades.empty());
    QCOMPARE(book.levels(Side::Buy, 5), (Levels{{10, 5}, {9, 1}}));
    QCOMPARE(book.levels(Side::Sell, 1), (Levels{{11, 1}}));
    QCOMPARE(book.best(Side::Buy), std::optional<qint64>(10));
}

void OrderBookTest::marketOrderNeverRests()
{
    OrderBook book;
    book.place(Owner::Client, Side::Sell, 10, 1);
    const auto placed = book.place(Owner::Client, Side::Buy, std::nullopt, 5);
    QCOMPARE(placed.trades.size(), 1U);
    QCOMPARE(placed.resting, 0);
    QCOMPARE(book.size(), 0U);
}

void OrderBookTest::cancelTakesTheOrderOutOnce()
{
    OrderBook book;
    const quint64 id = book.place(Owner::Client, Side::Buy, 10, 7).id;
    QCOMPARE(book.cancel(Owner::Client, id), std::optional<qint64>(7));
    QCOMPARE(book.cancel(Owner::Client, id), std::nullopt);
    QCOMPARE(book.best(Side::Buy), std::nullopt);
}

void OrderBookTest::nobodyCancelsForAnother()
{
    OrderBook book;
    const quint64 id = book.place(Owner::MarketMaker, Side::Buy, 10, 7).id;
    QCOMPARE(book.cancel(Owner::Client, id), std::nullopt);
    QCOMPARE(book.size(), 1U);
}

void OrderBookTest::oldestGoesWhenTheBookIsFull()
{
    OrderBook book(2);
    const quint64 first = book.place(Owner::Client, Side::Buy, 10, 1).id;
    const quint64 second = book.place(Owner::Client, Side::Buy, 9, 1).id;
    book.place(Owner::Client, Side::Sell, 20, 1);
    QCOMPARE(book.size(), 2U);
    QCOMPARE(book.evicted(), 1U);
    QCOMPARE(book.cancel(Owner::Client, first), std::nullopt);
    QVERIFY(book.cancel(Owner::Client, second).has_value());
    QCOMPARE(book.count(Owner::Client), 1U);
}

void OrderBookTest::quantityIsNeitherMadeNorLost()
{
    std::mt19937 random(7);
    OrderBook book(200);
    qint64 placed = 0;
    qint64 gone = 0;
    std::vector<quint64> ids;
    const auto inBook = [&book] {
        qint64 sum = 0;
        for (const Side side : {Side::Buy, Side::Sell}) {
            for (const auto &level : book.levels(side, 1000))
                sum += level.quantity;
        }
        return sum;
    };
    for (int i = 0; i < 5000; ++i) {
        const qint64 quantity = 1 + qint64(random() % 20);
        const qint64 before = inBook();
        const quint64 evictedBefore = book.evicted();
        const Side side = random() % 2 == 0 ? Side::Buy : Side::Sell;
        const auto result = book.place(Owner::Client, side, 90 + qint64(random() % 20), quantity);
        ids.push_back(result.id);
        qint64 traded = 0;
        for (const auto &trade : result.trades)
            traded += trade.quantity;
        QCOMPARE(traded + result.resting, quantity);
        placed += quantity;
        gone += 2 * traded;
        if (book.evicted() > evictedBefore)
            gone += before - traded + result.resting - inBook();
        if (random() % 4 == 0)
            gone += book.cancel(Owner::Client, ids.at(random() % ids.size())).value_or(0);
        QCOMPARE(inBook(), placed - gone);
        QVERIFY(!book.best(Side::Buy) || !book.best(Side::Sell)
                || *book.best(Side::Buy) < *book.best(Side::Sell));
    }
    QVERIFY(book.evicted() > 0);
}

void OrderBookTest::accountPaysAndReceivesWhatItTrades()
{
    Market market;
    const double before = market.balance();
    const auto bought = market.place(Side::Buy, 352, 15 * Market::lotsPerUnit);
    QCOMPARE(bought.resting, 0);
    QCOMPARE(market.position(), 15.0);
    QCOMPARE(before - market.balance(), 10 * 3.51 + 5 * 3.52);
    QCOMPARE(market.ticker().last, 3.52);
    market.place(Side::Sell, std::nullopt, 15 * Market::lotsPerUnit);
    QCOMPARE(market.position(), 0.0);
    QVERIFY(market.balance() < before); // the spread
}

void OrderBookTest::tradingWithOneselfChangesNothing()
{
    Market market;
    const double before = market.balance();
    market.place(Side::Sell, 350, Market::lotsPerUnit);
    const auto bought = market.place(Side::Buy, 350, Market::lotsPerUnit);
    QCOMPARE(bought.trades.size(), 1U);
    QCOMPARE(market.position(), 0.0);
    QCOMPARE(market.balance(), before);
}

void OrderBookTest::marketMakerComesBack()
{
    Market market;
    for (int i = 0; i < 50; ++i) {
        market.place(Side::Buy, std::nullopt, 5000 * Market::lotsPerUnit);
        const Market::Ticker ticker = market.ticker();
        QVERIFY(market.book().levelCount(Side::Sell) >= 10);
        QVERIFY(ticker.bid < ticker.ask);
    }
}

QTEST_GUILESS_MAIN(OrderBookTest)
#include "tst_orderbook.moc"
