#pragma once

#include "base/result.h"
#include "serve/httpmessage.h"
#include "serve/httpparser.h"
#include "serve/httpresponder.h"

#include <QHash>
#include <QHostAddress>
#include <QObject>
#include <QSet>
#include <QSslConfiguration>
#include <QTimer>
#include <QWebSocketServer>

#include <chrono>
#include <functional>
#include <optional>

class QTcpSocket;
class QWebSocket;

namespace lowtide {

class HttpConnection;
class HttpListener;

/// What one connection may cost. A connection beyond a limit is answered (408, 413, 414, 431) and
/// closed.
struct HttpServerLimits {
    HttpParserLimits parser = {};
    int pipelinedRequests = 64; ///< Unanswered; more wait in the kernel's buffer.
    std::chrono::milliseconds request{10000}; ///< From a request's first byte to its last.
    std::chrono::milliseconds idle{75000}; ///< A kept connection without a request.
    std::chrono::milliseconds write{30000}; ///< A client that takes no byte of what is due to it.
};

/// A small HTTP/1.1 and WebSocket server for loopback and metrics. Lives in its creator's thread
/// and calls its handlers there; owns its connections and the WebSockets that it hands out. A
/// handler must not delete the server.
class HttpServer : public QObject {
    Q_OBJECT

public:
    using Handler = std::function<void(const HttpRequest &, HttpResponder)>;
    using WebSocketHandler = std::function<void(QWebSocket *)>;
    /// Nothing lets an upgrade in; a response refuses it.
    using UpgradeGuard = std::function<std::optional<HttpResponse>(const HttpRequest &)>;

    explicit HttpServer(QObject *parent = nullptr);
    ~HttpServer() override;

    /// Without a handler every request gets 404.
    void setHandler(Handler handler);
    /// Upgrades for `path` become WebSockets; delete the socket (deleteLater) when it has
    /// disconnected.
    void setWebSocketHandler(const QByteArray &path, WebSocketHandler handler,
                             UpgradeGuard guard = {});
    /// The three below hold for connections accepted from now on.
    void setLimits(const HttpServerLimits &limits);
    /// Size of the kernel's send buffer (SO_SNDBUF, which Linux doubles) of each accepted socket.
    void setSendBufferBytes(int bytes);
    /// Speaks TLS from now on.
    void setTlsConfiguration(const QSslConfiguration &configuration);

    /// Port 0 takes a free one. Listening again after stopListening() is allowed.
    [[nodiscard]] Result<void> listen(const QHostAddress &address = QHostAddress::LocalHost,
                                      quint16 port = 0);
    /// New connections are refused by the system; open ones live on.
    void stopListening();
    /// Resets (RST) every open HTTP connection and WebSocket.
    void abortConnections();
    /// Closes (FIN) them all; answers that are still due are dropped.
    void closeConnections();

    [[nodiscard]] bool isListening() const;
    [[nodiscard]] quint16 port() const;
    /// "http://127.0.0.1:PORT", without a slash at its end.
    [[nodiscard]] QString url() const;
    [[nodiscard]] quint64 connectionsAccepted() const { return m_connectionsAccepted; }
    [[nodiscard]] quint64 requestsReceived() const { return m_requestsReceived; }
    /// Without those that became WebSockets.
    [[nodiscard]] qsizetype openConnections() const { return m_connections.size(); }
    /// With those whose handshake is not finished, and until the QWebSocket is deleted.
    [[nodiscard]] qsizetype openWebSockets() const;

private:
    struct WebSocketRoute {
        WebSocketHandler handler;
        UpgradeGuard guard;
    };
    friend class HttpListener;
    friend class HttpConnection;

    void accept(qintptr descriptor);
    void countRequest() { ++m_requestsReceived; }
    void serve(const HttpRequest &request, const HttpResponder &responder);
    [[nodiscard]] bool takesUpgrade(const QByteArray &path) const
    {
        return m_routes.contains(path);
    }
    [[nodiscard]] std::optional<HttpResponse> refusedUpgrade(const HttpRequest &request) const;
    void upgrade(QTcpSocket *socket);
    void forget(HttpConnection *connection);
    void takeWebSockets();
    void adopt(QWebSocket *webSocket);
    void sweep();
    [[nodiscard]] const QByteArray &date();

    HttpListener *m_listener; ///< A child.
    QWebSocketServer m_webSocketServer;
    Handler m_handler;
    QHash<QByteArray, WebSocketRoute> m_routes;
    QSet<HttpConnection *> m_connections; ///< Children.
    HttpServerLimits m_limits;
    std::optional<QSslConfiguration> m_tls;
    std::optional<int> m_sendBufferBytes;
    QTimer m_sweepTimer;
    QByteArray m_date;
    qint64 m_dateSecond = 0;
    quint64 m_connectionsAccepted = 0;
    quint64 m_requestsReceived = 0;
};

} // namespace lowtide
