#pragma once

#include "demo/faultgate.h"
#include "serve/httpserver.h"

#include <QElapsedTimer>
#include <QObject>

namespace lowtide {

/// What the stand-in services share: the server, the planted faults, and the routes of both. Lives
/// in its creator's thread.
class DemoService : public QObject {
    Q_OBJECT

public:
    ~DemoService() override = default;

    [[nodiscard]] Result<void> start(const QHostAddress &host, quint16 port);
    [[nodiscard]] QString url() const { return m_server.url(); }
    [[nodiscard]] quint16 port() const { return m_server.port(); }
    /// Nothing for a service without WebSockets.
    [[nodiscard]] virtual QString webSocketUrl() const { return {}; }
    [[nodiscard]] FaultGate &faults() { return m_gate; }

protected:
    explicit DemoService(QObject *parent);

    /// The answer to a request that no fault has kept.
    [[nodiscard]] virtual HttpResponse answer(const HttpRequest &request) = 0;

    [[nodiscard]] HttpServer &server() { return m_server; }
    [[nodiscard]] double uptimeSeconds() const { return double(m_uptime.elapsed()) / 1000.0; }
    [[nodiscard]] static bool isRead(const HttpRequest &request);
    [[nodiscard]] static HttpResponse notFound();
    [[nodiscard]] static HttpResponse wrongMethod(const QByteArray &allowed);
    /// A JSON object from the body; a complaint for the client otherwise.
    [[nodiscard]] static Result<QJsonObject> readObject(const HttpRequest &request);

private:
    void onRequest(const HttpRequest &request, const HttpResponder &responder);
    [[nodiscard]] HttpResponse answerFaults(const HttpRequest &request);
    void refuse();
    void listenAgain();

    HttpServer m_server;
    FaultGate m_gate;
    QElapsedTimer m_uptime;
    QHostAddress m_host;
    quint16 m_port = 0; ///< The one in use, also while it is refused.
};

} // namespace lowtide
