#include "demo/orderbook.h"

#include <algorithm>

namespace lowtide {

OrderBook::OrderBook(std::size_t capacity)
    : m_capacity(capacity)
{
}

OrderBook::Placement OrderBook::place(Owner owner, Side side, std::optional<qint64> price,
                                      qint64 quantity)
{
    Placement placement;
    placement.id = ++m_lastId;
    placement.trades = match(side, price, quantity);
    if (quantity == 0 || !price)
        return placement;
    Queue &queue = ladder(side)[key(side, *price)];
    queue.push_back({placement.id, owner, quantity});
    m_orders.emplace(placement.id, Place{side, key(side, *price), std::prev(queue.end())});
    m_clientOrders += owner == Owner::Client ? 1 : 0;
    placement.resting = quantity;
    if (m_orders.size() > m_capacity) {
        remove(m_orders.begin());
        ++m_evicted;
    }
    return placement;
}

std::optional<qint64> OrderBook::cancel(Owner owner, quint64 id)
{
    const auto place = m_orders.find(id);
    if (place == m_orders.end() || place->second.order->owner != owner)
        return std::nullopt;
    const qint64 quantity = place->second.order->quantity;
    remove(place);
    return quantity;
}

std::vector<OrderBook::Level> OrderBook::levels(Side side, std::size_t depth) const
{
    std::vector<Level> levels;
    for (const auto &[levelKey, queue] : ladder(side)) {
        if (levels.size() == depth)
            break;
        qint64 quantity = 0;
        for (const Order &order : queue)
            quantity += order.quantity;
        levels.push_back({key(side, levelKey), quantity});
    }
    return levels;
}

std::optional<qint64> OrderBook::best(Side side) const
{
    if (ladder(side).empty())
        return std::nullopt;
    return key(side, ladder(side).begin()->first);
}

std::size_t OrderBook::levelCount(Side side) const { return ladder(side).size(); }

std::size_t OrderBook::count(Owner owner) const
{
    return owner == Owner::Client ? m_clientOrders : m_orders.size() - m_clientOrders;
}

qint64 OrderBook::key(Side side, qint64 price)
{
    return side == Side::Buy ? -price : price; // its own inverse
}

const OrderBook::Ladder &OrderBook::ladder(Side side) const
{
    return side == Side::Buy ? m_bids : m_asks;
}

std::vector<OrderBook::Trade> OrderBook::match(Side side, std::optional<qint64> price,
                                               qint64 &quantity)
{
    std::vector<Trade> trades;
    const Side other = side == Side::Buy ? Side::Sell : Side::Buy;
    const auto crosses = [side, price](qint64 resting) {
        return !price || (side == Side::Buy ? resting <= *price : resting >= *price);
    };
    while (quantity > 0 && best(other) && crosses(*best(other))) {
        Order &maker = ladder(other).begin()->second.front();
        const qint64 traded = std::min(quantity, maker.quantity);
        trades.push_back({maker.id, maker.owner, *best(other), traded});
        quantity -= traded;
        maker.quantity -= traded;
        if (maker.quantity == 0)
            remove(m_orders.find(maker.id));
    }
    return trades;
}

void OrderBook::remove(std::map<quint64, Place>::iterator place)
{
    const Place &where = place->second;
    m_clientOrders -= where.order->owner == Owner::Client ? 1 : 0;
    const auto level = ladder(where.side).find(where.key);
    level->second.erase(where.order);
    if (level->second.empty())
        ladder(where.side).erase(level);
    m_orders.erase(place);
}

} // namespace lowtide
