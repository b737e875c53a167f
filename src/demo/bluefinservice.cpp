#include "demo/bluefinservice.h"

#include <QDateTime>
#include <QJsonArray>
#include <QUrlQuery>

#include <cmath>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

using Side = OrderBook::Side;

const QString symbol = u"SUI-PERP"_s;
const QByteArray ordersPath = "/orders";
constexpr int defaultDepth = 10;
constexpr int mostDepth = 100;

/// The number in ticks or lots; nothing unless it is positive, not too large and a whole number of
/// them.
std::optional<qint64> toSteps(const QJsonValue &value, qint64 stepsPerUnit)
{
    const double steps = value.toDouble() * double(stepsPerUnit);
    const double whole = std::round(steps);
    // A decimal fraction is rarely exact in binary.
    if (!value.isDouble() || whole < 1.0 || whole > double(Market::mostUnits * stepsPerUnit)
        || std::abs(steps - whole) > 1e-6 * whole)
        return std::nullopt;
    return qint64(whole);
}

QJsonArray toJson(const std::vector<OrderBook::Level> &levels)
{
    QJsonArray array;
    for (const OrderBook::Level &level : levels) {
        array.append(QJsonArray{double(level.price) / double(Market::ticksPerUnit),
                                double(level.quantity) / double(Market::lotsPerUnit)});
    }
    return array;
}

QJsonObject toJson(const OrderBook::Placement &placement)
{
    qint64 filled = 0;
    QJsonArray trades;
    for (const OrderBook::Trade &trade : placement.trades) {
        filled += trade.quantity;
        trades.append(
            QJsonObject{{u"price"_s, double(trade.price) / double(Market::ticksPerUnit)},
                        {u"quantity"_s, double(trade.quantity) / double(Market::lotsPerUnit)}});
    }
    const QString status = placement.resting > 0 ? (filled > 0 ? u"partially_filled"_s : u"open"_s)
        : filled > 0                             ? u"filled"_s
                                                 : u"cancelled"_s;
    return {{u"id"_s, QString::number(placement.id)},
            {u"symbol"_s, symbol},
            {u"status"_s, status},
            {u"filled"_s, double(filled) / double(Market::lotsPerUnit)},
            {u"resting"_s, double(placement.resting) / double(Market::lotsPerUnit)},
            {u"trades"_s, trades}};
}

} // namespace

BluefinService::BluefinService(QObject *parent)
    : DemoService(parent)
{
}

HttpResponse BluefinService::answer(const HttpRequest &request)
{
    ++m_requests;
    if (request.path == ordersPath)
        return request.method == "POST" ? placeOrder(request) : wrongMethod("POST");
    if (request.path.startsWith(ordersPath + '/')) {
        return request.method == "DELETE" ? cancelOrder(request.path.sliced(ordersPath.size() + 1))
                                          : wrongMethod("DELETE");
    }
    const HttpResponse response = answerRead(request);
    return isRead(request) || response.status == 404 ? response : wrongMethod("GET, HEAD");
}

HttpResponse BluefinService::answerRead(const HttpRequest &request) const
{
    if (request.path == "/health")
        return HttpResponse::json({{u"status"_s, u"healthy"_s}});
    if (request.path == "/health/detailed")
        return HttpResponse::json(health());
    if (request.path == "/account")
        return HttpResponse::json(account());
    if (request.path == "/account/balance")
        return HttpResponse::json(balance());
    if (request.path == "/market/info") {
        const QJsonObject market{{u"symbol"_s, symbol},
                                 {u"tick_size"_s, 1.0 / double(Market::ticksPerUnit)},
                                 {u"lot_size"_s, 1.0 / double(Market::lotsPerUnit)},
                                 {u"max_quantity"_s, Market::mostUnits}};
        return HttpResponse::json({{u"markets"_s, QJsonArray{market}}});
    }
    if (request.path == "/market/ticker")
        return HttpResponse::json(ticker());
    if (request.path == "/orderbook")
        return orderBook(request.query);
    return notFound();
}

HttpResponse BluefinService::placeOrder(const HttpRequest &request)
{
    const Result<QJsonObject> body = readObject(request);
    if (!body)
        return HttpResponse::failure(400, body.error().text());
    const QString side = body->value("side"_L1).toString();
    if (side != "buy"_L1 && side != "sell"_L1)
        return HttpResponse::failure(400, tr("\"side\" must be \"buy\" or \"sell\"."));
    const QString type = body->value("type"_L1).toString(u"limit"_s);
    if (type != "limit"_L1 && type != "market"_L1)
        return HttpResponse::failure(400, tr("\"type\" must be \"limit\" or \"market\"."));
    const auto quantity = toSteps(body->value("quantity"_L1), Market::lotsPerUnit);
    if (!quantity)
        return HttpResponse::failure(400,
                                     tr("\"quantity\" must be a multiple of 0.0001 up to 10000."));
    const auto price = toSteps(body->value("price"_L1), Market::ticksPerUnit);
    if (!price && type == "limit"_L1)
        return HttpResponse::failure(400, tr("\"price\" must be a multiple of 0.01 up to 10000."));
    const auto placement = m_market.place(side == "buy"_L1 ? Side::Buy : Side::Sell,
                                          type == "limit"_L1 ? price : std::nullopt, *quantity);
    return HttpResponse::json(toJson(placement), 201);
}

HttpResponse BluefinService::cancelOrder(const QByteArray &id)
{
    bool isNumber = false;
    const quint64 number = id.toULongLong(&isNumber);
    if (!isNumber)
        return HttpResponse::failure(400, tr("An order's id is a whole number."));
    const std::optional<qint64> quantity = m_market.cancel(number);
    if (!quantity)
        return HttpResponse::failure(404, tr("There is no open order with this id."));
    return HttpResponse::json({{u"id"_s, QString::number(number)},
                               {u"status"_s, u"cancelled"_s},
                               {u"quantity"_s, double(*quantity) / double(Market::lotsPerUnit)}});
}

QJsonObject BluefinService::health() const
{
    return {{u"status"_s, u"healthy"_s},
            {u"uptime_seconds"_s, uptimeSeconds()},
            {u"requests"_s, double(m_requests)},
            {u"orders"_s, double(m_market.book().size())},
            {u"orders_evicted"_s, double(m_market.book().evicted())},
            {u"trades"_s, double(m_market.trades())}};
}

QJsonObject BluefinService::account() const
{
    QJsonObject object = balance();
    object.insert(u"account"_s, u"demo"_s);
    object.insert(u"open_orders"_s, double(m_market.book().count(OrderBook::Owner::Client)));
    return object;
}

QJsonObject BluefinService::balance() const
{
    const double position = m_market.position();
    return {{u"currency"_s, u"USDC"_s},
            {u"balance"_s, m_market.balance()},
            {u"position"_s, position},
            {u"equity"_s, m_market.balance() + position * m_market.ticker().last}};
}

QJsonObject BluefinService::ticker() const
{
    const Market::Ticker ticker = m_market.ticker();
    return {{u"symbol"_s, symbol},
            {u"last"_s, ticker.last},
            {u"bid"_s, ticker.bid},
            {u"ask"_s, ticker.ask},
            {u"volume"_s, ticker.volume},
            {u"timestamp"_s, double(QDateTime::currentMSecsSinceEpoch()) / 1000.0}};
}

HttpResponse BluefinService::orderBook(const QByteArray &query) const
{
    int depth = defaultDepth;
    const QUrlQuery parameters(QString::fromUtf8(query));
    if (parameters.hasQueryItem(u"depth"_s)) {
        bool isNumber = false;
        depth = parameters.queryItemValue(u"depth"_s).toInt(&isNumber);
        if (!isNumber || depth < 1 || depth > mostDepth)
            return HttpResponse::failure(400, tr("\"depth\" must be from 1 to 100."));
    }
    return HttpResponse::json(
        {{u"symbol"_s, symbol},
         {u"bids"_s, toJson(m_market.book().levels(Side::Buy, std::size_t(depth)))},
         {u"asks"_s, toJson(m_market.book().levels(Side::Sell, std::size_t(depth)))}});
}

} // namespace lowtide
