#pragma once

#include <QtGlobal>

#include <functional>
#include <list>
#include <map>
#include <optional>
#include <vector>

namespace lowtide {

/// An order book with price-time priority. Prices in ticks, quantities in lots. Pure; the oldest
/// order goes when there are more than `capacity`.
class OrderBook {
public:
    enum class Side { Buy, Sell };
    enum class Owner { Client, MarketMaker };

    struct Trade {
        quint64 makerId = 0; ///< The resting order.
        Owner makerOwner = Owner::Client;
        qint64 price = 0; ///< The resting order's.
        qint64 quantity = 0;
        friend bool operator==(const Trade &, const Trade &) = default;
    };
    struct Placement {
        quint64 id = 0;
        std::vector<Trade> trades;
        qint64 resting = 0; ///< What stands in the book now.
    };
    struct Level {
        qint64 price = 0;
        qint64 quantity = 0;
        friend bool operator==(const Level &, const Level &) = default;
    };

    explicit OrderBook(std::size_t capacity = 10000);

    /// Matches what crosses; the rest stands in the book. Without a price (market) the rest is
    /// dropped.
    Placement place(Owner owner, Side side, std::optional<qint64> price, qint64 quantity);
    /// The quantity taken out of the book; nothing when the owner has no such order.
    std::optional<qint64> cancel(Owner owner, quint64 id);

    [[nodiscard]] std::vector<Level> levels(Side side, std::size_t depth) const;
    [[nodiscard]] std::optional<qint64> best(Side side) const;
    [[nodiscard]] std::size_t levelCount(Side side) const;
    [[nodiscard]] std::size_t size() const { return m_orders.size(); }
    [[nodiscard]] std::size_t count(Owner owner) const;
    /// Orders that went since the book was full.
    [[nodiscard]] quint64 evicted() const { return m_evicted; }

private:
    struct Order {
        quint64 id = 0;
        Owner owner = Owner::Client;
        qint64 quantity = 0;
    };
    using Queue = std::list<Order>; ///< Of one price, the oldest first.
    /// The best price first: prices of the buyers are kept negated.
    using Ladder = std::map<qint64, Queue>;
    struct Place {
        Side side = Side::Buy;
        qint64 key = 0;
        Queue::iterator order;
    };

    [[nodiscard]] static qint64 key(Side side, qint64 price);
    [[nodiscard]] Ladder &ladder(Side side) { return side == Side::Buy ? m_bids : m_asks; }
    [[nodiscard]] const Ladder &ladder(Side side) const;
    [[nodiscard]] std::vector<Trade> match(Side side, std::optional<qint64> price,
                                           qint64 &quantity);
    void remove(std::map<quint64, Place>::iterator place);

    std::size_t m_capacity;
    Ladder m_bids;
    Ladder m_asks;
    std::map<quint64, Place> m_orders; ///< By id, so the oldest is the first.
    std::size_t m_clientOrders = 0;
    quint64 m_lastId = 0;
    quint64 m_evicted = 0;
};

} // namespace lowtide
