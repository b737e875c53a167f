#pragma once

#include "demo/dashboardclient.h"
#include "demo/demoservice.h"

#include <QSet>

class QWebSocket;

namespace lowtide {

/// Stands in for the dashboard: takes the bot's updates, serves WebSockets. In its creator's
/// thread.
class DashboardService : public DemoService {
    Q_OBJECT

public:
    explicit DashboardService(int connectionLimit, QObject *parent = nullptr);
    ~DashboardService() override;

    [[nodiscard]] QString webSocketUrl() const override;

protected:
    HttpResponse answer(const HttpRequest &request) override;

private:
    void join(QWebSocket *socket);
    [[nodiscard]] std::optional<HttpResponse> refused();
    [[nodiscard]] HttpResponse takeUpdate(const HttpRequest &request);
    [[nodiscard]] QJsonObject status() const;

    int m_connectionLimit;
    DashboardTally m_tally;
    QSet<DashboardClient *> m_clients; ///< Children.
    QJsonObject m_lastUpdate;
    quint64 m_updates = 0;
    quint64 m_refused = 0;
};

} // namespace lowtide
