#include "demo/market.h"

namespace lowtide {

namespace {

using Side = OrderBook::Side;
using Owner = OrderBook::Owner;

constexpr qint64 firstPrice = 350 * Market::ticksPerUnit / 100; // 3.50
constexpr qint64 startBalanceUnits = 100000;
constexpr std::size_t fullDepth = 20;
constexpr std::size_t lowDepth = 10;

} // namespace

Market::Market()
    : m_last(firstPrice)
    , m_balanceTickLots(double(startBalanceUnits * ticksPerUnit * lotsPerUnit))
{
    refill();
}

OrderBook::Placement Market::place(Side side, std::optional<qint64> price, qint64 quantity)
{
    OrderBook::Placement placement = m_book.place(Owner::Client, side, price, quantity);
    for (const OrderBook::Trade &trade : placement.trades)
        settle(Owner::Client, side, trade);
    refill();
    return placement;
}

std::optional<qint64> Market::cancel(quint64 id) { return m_book.cancel(Owner::Client, id); }

Market::Ticker Market::ticker() const
{
    const auto toPrice = [](qint64 ticks) { return double(ticks) / double(ticksPerUnit); };
    return {toPrice(m_last), toPrice(m_book.best(Side::Buy).value_or(m_last)),
            toPrice(m_book.best(Side::Sell).value_or(m_last)),
            double(m_volume) / double(lotsPerUnit)};
}

double Market::balance() const { return m_balanceTickLots / double(ticksPerUnit * lotsPerUnit); }

double Market::position() const { return double(m_position) / double(lotsPerUnit); }

void Market::settle(Owner taker, Side takerSide, const OrderBook::Trade &trade)
{
    m_last = trade.price;
    m_volume += trade.quantity;
    ++m_trades;
    if (trade.makerOwner == taker)
        return; // with itself: what it gives it gets
    const bool isBuyer = (takerSide == Side::Buy) == (taker == Owner::Client);
    const qint64 sign = isBuyer ? 1 : -1;
    m_position += sign * trade.quantity;
    m_balanceTickLots -= double(sign * trade.price * trade.quantity);
}

// The market maker quotes one order a tick on both sides of the last price, larger further away,
// and comes back when half of a side is gone. What stands there already it trades with.
void Market::refill()
{
    for (const Side side : {Side::Buy, Side::Sell}) {
        if (m_book.levelCount(side) >= lowDepth)
            continue;
        const qint64 direction = side == Side::Buy ? -1 : 1;
        const qint64 centre = m_last;
        for (qint64 step = 1; step <= qint64(fullDepth); ++step) {
            const qint64 price = centre + direction * step;
            if (price <= 0)
                break;
            const auto placed =
                m_book.place(Owner::MarketMaker, side, price, step * 10 * lotsPerUnit);
            for (const OrderBook::Trade &trade : placed.trades)
                settle(Owner::MarketMaker, side, trade);
        }
    }
}

} // namespace lowtide
