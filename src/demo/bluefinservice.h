#pragma once

#include "demo/demoservice.h"
#include "demo/market.h"

namespace lowtide {

/// Stands in for the exchange: account, market data and orders on a real order book. In its
/// creator's thread.
class BluefinService : public DemoService {
    Q_OBJECT

public:
    explicit BluefinService(QObject *parent = nullptr);

protected:
    HttpResponse answer(const HttpRequest &request) override;

private:
    [[nodiscard]] HttpResponse answerRead(const HttpRequest &request) const;
    [[nodiscard]] HttpResponse placeOrder(const HttpRequest &request);
    [[nodiscard]] HttpResponse cancelOrder(const QByteArray &id);
    [[nodiscard]] QJsonObject health() const;
    [[nodiscard]] QJsonObject account() const;
    [[nodiscard]] QJsonObject balance() const;
    [[nodiscard]] QJsonObject ticker() const;
    [[nodiscard]] HttpResponse orderBook(const QByteArray &query) const;

    Market m_market;
    quint64 m_requests = 0;
};

} // namespace lowtide
