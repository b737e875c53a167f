#pragma once

#include "base/clock.h"
#include "demo/demoservice.h"

#include <QNetworkAccessManager>
#include <QTimer>
#include <QUrl>

#include <deque>
#include <optional>

class QNetworkReply;

namespace lowtide {

/// Stands in for the trading bot: asks the exchange for its price once a second, averages, tells
/// the dashboard. In its creator's thread.
class BotService : public DemoService {
    Q_OBJECT

public:
    BotService(const QUrl &bluefin, const QUrl &dashboard, QObject *parent = nullptr);

protected:
    HttpResponse answer(const HttpRequest &request) override;

private:
    void poll();
    void onTicker();
    void push();
    [[nodiscard]] bool isHealthy() const;
    [[nodiscard]] double average() const;
    [[nodiscard]] QJsonObject status() const;

    QUrl m_ticker;
    QUrl m_update;
    QNetworkAccessManager m_network;
    QNetworkReply *m_poll = nullptr; ///< The manager's child; in flight when set.
    QTimer m_pollTimer;
    std::deque<double> m_prices; ///< The last ones, at most `averaged`.
    std::optional<SteadyTime> m_lastSuccess;
    QString m_lastError;
    quint64 m_polls = 0;
    quint64 m_failedPolls = 0;
    quint64 m_skippedPolls = 0;
    quint64 m_pushes = 0;
    quint64 m_failedPushes = 0;
};

} // namespace lowtide
