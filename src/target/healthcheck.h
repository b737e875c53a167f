#pragma once

#include <QByteArray>
#include <QElapsedTimer>
#include <QNetworkAccessManager>
#include <QObject>
#include <QPointer>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

#include <chrono>

class QNetworkReply;

namespace lowtide {

struct Service;

/// What one health check found.
struct HealthAnswer {
    bool healthy = false;
    double responseMs = 0.0; ///< Until the answer or the failure.
    QString detail; ///< "200", "503", "pong", "refused", "timeout", ...: an id, not translated.
    friend bool operator==(const HealthAnswer &, const HealthAnswer &) = default;
};

/// "lowtide/VERSION (health)": keeps our checks apart from the load in a server's log.
[[nodiscard]] QByteArray healthUserAgent();
/// Where a service is asked for its health; empty where it has no HTTP endpoint.
[[nodiscard]] QUrl healthUrl(const Service &service);

/// One health check after another of one address, each over a connection of its own: GET that
/// expects 200 (http, https), or connect, ping, pong, close (ws, wss). One at a time.
class HealthCheck : public QObject {
    Q_OBJECT

public:
    explicit HealthCheck(QUrl url, QObject *parent = nullptr);
    ~HealthCheck() override;

    [[nodiscard]] const QUrl &url() const { return m_url; }
    [[nodiscard]] bool isRunning() const { return m_isRunning; }
    /// "http" or "websocket".
    [[nodiscard]] QString kind() const;

    /// Does nothing while one runs. `finished` comes once, never from within.
    void start(std::chrono::milliseconds timeout = std::chrono::seconds(5));
    /// Drops the one that runs; no signal.
    void abort();

Q_SIGNALS:
    void finished(const lowtide::HealthAnswer &answer);

private:
    void startHttp();
    void startWebSocket();
    void onReplyFinished();
    void onWebSocketError();
    void finish(bool healthy, const QString &detail);
    void dropConnections();

    QUrl m_url;
    QNetworkAccessManager m_manager;
    QPointer<QNetworkReply> m_reply;
    QPointer<QWebSocket> m_socket;
    QTimer m_timeout;
    QTimer m_delivery; ///< Of `m_answer`, outside of the reply's and the socket's own signals.
    HealthAnswer m_answer;
    QElapsedTimer m_elapsed;
    bool m_isRunning = false;
};

} // namespace lowtide
