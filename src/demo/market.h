#pragma once

#include "demo/orderbook.h"

namespace lowtide {

/// One market with one client's account on it, and a market maker who keeps both sides filled. The
/// account trades on margin: its position and its balance may fall below zero. Pure.
class Market {
public:
    static constexpr qint64 ticksPerUnit = 100; ///< A price of 1.00 is so many ticks.
    static constexpr qint64 lotsPerUnit = 10000; ///< A quantity of 1 is so many lots.
    static constexpr qint64 mostUnits = 10000; ///< Of a price and of a quantity.

    struct Ticker {
        double last = 0.0;
        double bid = 0.0;
        double ask = 0.0;
        double volume = 0.0; ///< Traded since the start, in units.
    };

    Market();

    OrderBook::Placement place(OrderBook::Side side, std::optional<qint64> price, qint64 quantity);
    std::optional<qint64> cancel(quint64 id);

    [[nodiscard]] const OrderBook &book() const { return m_book; }
    [[nodiscard]] Ticker ticker() const;
    [[nodiscard]] double balance() const; ///< Of the quote currency.
    [[nodiscard]] double position() const; ///< Units bought less units sold.
    [[nodiscard]] quint64 trades() const { return m_trades; }

private:
    void settle(OrderBook::Owner taker, OrderBook::Side takerSide, const OrderBook::Trade &trade);
    void refill();

    OrderBook m_book;
    qint64 m_last; ///< Ticks.
    qint64 m_position = 0; ///< Lots.
    double m_balanceTickLots; ///< Ticks x lots: whole, so no cent is lost below 9e15.
    qint64 m_volume = 0; ///< Lots.
    quint64 m_trades = 0;
};

} // namespace lowtide
