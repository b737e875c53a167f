#include "demo/dashboardservice.h"

#include <QJsonDocument>
#include <QWebSocket>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

const QByteArray webSocketPath = "/ws";

/// Small, so that a client that stops reading fills it soon and the queue becomes what overflows.
constexpr int sendBufferBytes = 16384;

} // namespace

DashboardService::DashboardService(int connectionLimit, QObject *parent)
    : DemoService(parent)
    , m_connectionLimit(connectionLimit)
{
    server().setSendBufferBytes(sendBufferBytes);
    server().setWebSocketHandler(
        webSocketPath, [this](QWebSocket *socket) { join(socket); },
        [this](const HttpRequest &) { return refused(); });
}

DashboardService::~DashboardService()
{
    // They count into the tally at their end.
    qDeleteAll(findChildren<DashboardClient *>());
}

QString DashboardService::webSocketUrl() const
{
    return url().replace("http"_L1, "ws"_L1) + QLatin1StringView(webSocketPath);
}

HttpResponse DashboardService::answer(const HttpRequest &request)
{
    if (request.path == "/api/update")
        return request.method == "POST" ? takeUpdate(request) : wrongMethod("POST");
    if (request.path == "/health") {
        return isRead(request) ? HttpResponse::json({{u"status"_s, u"healthy"_s}})
                               : wrongMethod("GET, HEAD");
    }
    if (request.path == "/api/status")
        return isRead(request) ? HttpResponse::json(status()) : wrongMethod("GET, HEAD");
    if (request.path == webSocketPath) {
        HttpResponse response = HttpResponse::failure(426, tr("This path speaks WebSocket."));
        response.headers.append(HttpHeader{"Upgrade", "websocket"});
        return response;
    }
    return notFound();
}

void DashboardService::join(QWebSocket *socket)
{
    auto *const client = new DashboardClient(socket, faults(), m_tally, this);
    m_clients.insert(client);
    connect(client, &QObject::destroyed, this, [this, client] { m_clients.remove(client); });
}

std::optional<HttpResponse> DashboardService::refused()
{
    if (server().openWebSockets() < m_connectionLimit)
        return std::nullopt;
    ++m_refused;
    return HttpResponse::failure(503, tr("All connections are taken."));
}

HttpResponse DashboardService::takeUpdate(const HttpRequest &request)
{
    const Result<QJsonObject> update = readObject(request);
    if (!update)
        return HttpResponse::failure(400, update.error().text());
    m_lastUpdate = *update;
    ++m_updates;
    const QJsonObject message{{u"type"_s, u"update"_s}, {u"data"_s, *update}};
    const QByteArray text = QJsonDocument(message).toJson(QJsonDocument::Compact);
    for (DashboardClient *client : std::as_const(m_clients))
        client->update(text);
    return HttpResponse::json({{u"status"_s, u"accepted"_s}}, 202);
}

QJsonObject DashboardService::status() const
{
    std::size_t queued = 0;
    int subscribers = 0;
    for (const DashboardClient *client : m_clients) {
        queued += client->queued();
        subscribers += client->isSubscribed() ? 1 : 0;
    }
    return {{u"connections"_s, m_clients.size()},
            {u"connection_limit"_s, m_connectionLimit},
            {u"connections_refused"_s, double(m_refused)},
            {u"subscribers"_s, subscribers},
            {u"queue_limit"_s, double(DashboardClient::queueLimit)},
            {u"queued"_s, double(queued)},
            {u"queue_dropped"_s, double(m_tally.dropped)},
            {u"queue_abandoned"_s, double(m_tally.abandoned)},
            {u"messages_in"_s, double(m_tally.messagesIn)},
            {u"updates_in"_s, double(m_tally.updatesIn)},
            {u"messages_out"_s, double(m_tally.messagesOut)},
            {u"updates"_s, double(m_updates)},
            {u"last_update"_s, m_lastUpdate.isEmpty() ? QJsonValue() : QJsonValue(m_lastUpdate)},
            {u"uptime_seconds"_s, uptimeSeconds()}};
}

} // namespace lowtide
