#include "serve/httpserver.h"

#include "serve/httpconnection.h"
#include "serve/httplistener.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QSslSocket>
#include <QTcpSocket>
#include <QUrl>
#include <QWebSocket>

#include <algorithm>

#include <sys/socket.h>

using namespace Qt::StringLiterals;

namespace lowtide {

HttpServer::HttpServer(QObject *parent)
    : QObject(parent)
    , m_listener(new HttpListener([this](qintptr descriptor) { accept(descriptor); }, this))
    , m_webSocketServer(u"lowtide"_s, QWebSocketServer::NonSecureMode, this)
{
    m_webSocketServer.setMaxPendingConnections(4096);
    connect(&m_webSocketServer, &QWebSocketServer::newConnection, this,
            &HttpServer::takeWebSockets);
    connect(&m_sweepTimer, &QTimer::timeout, this, &HttpServer::sweep);
    setLimits(m_limits);
}

HttpServer::~HttpServer()
{
    // Before the handlers, which may hold responders: these must find their connections gone.
    m_connections.clear();
    qDeleteAll(findChildren<HttpConnection *>());
}

void HttpServer::setHandler(Handler handler) { m_handler = std::move(handler); }

void HttpServer::setWebSocketHandler(const QByteArray &path, WebSocketHandler handler,
                                     UpgradeGuard guard)
{
    m_routes.insert(path, {std::move(handler), std::move(guard)});
}

void HttpServer::setLimits(const HttpServerLimits &limits)
{
    m_limits = limits;
    const auto shortest = std::min({limits.request, limits.idle, limits.write});
    using std::chrono::milliseconds;
    m_sweepTimer.setInterval(std::clamp(shortest / 4, milliseconds(10), milliseconds(1000)));
}

void HttpServer::setSendBufferBytes(int bytes) { m_sendBufferBytes = bytes; }

void HttpServer::setTlsConfiguration(const QSslConfiguration &configuration)
{
    m_tls = configuration;
}

Result<void> HttpServer::listen(const QHostAddress &address, quint16 port)
{
    if (m_listener->listen(address, port))
        return {};
    return Unexpected(Error{
        ErrorCode::Io,
        tr("The server cannot listen there: %1.").arg(m_listener->errorString()),
        u"%1:%2"_s.arg(address.toString()).arg(port),
        m_listener->serverError() == QAbstractSocket::AddressInUseError ? tr(
            "Another program uses the port: end it, or choose another port (0 takes a free one).")
                                                                        : QString(),
    });
}

void HttpServer::stopListening() { m_listener->close(); }

void HttpServer::abortConnections()
{
    const QSet<HttpConnection *> connections = m_connections;
    for (HttpConnection *each : connections)
        each->abort();
    const struct linger reset {
        1, 0
    };
    const auto webSockets = m_webSocketServer.findChildren<QTcpSocket *>();
    for (QTcpSocket *each : webSockets) {
        ::setsockopt(int(each->socketDescriptor()), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        each->abort();
    }
}

void HttpServer::closeConnections()
{
    const QSet<HttpConnection *> connections = m_connections;
    for (HttpConnection *each : connections)
        each->closeInOrder();
    const auto webSockets = m_webSocketServer.findChildren<QTcpSocket *>();
    for (QTcpSocket *each : webSockets)
        each->disconnectFromHost();
}

qsizetype HttpServer::openWebSockets() const
{
    return m_webSocketServer.findChildren<QTcpSocket *>().size();
}

bool HttpServer::isListening() const { return m_listener->isListening(); }

quint16 HttpServer::port() const { return m_listener->serverPort(); }

QString HttpServer::url() const
{
    QUrl url;
    url.setScheme(m_tls ? u"https"_s : u"http"_s);
    url.setHost(m_listener->serverAddress().toString());
    url.setPort(m_listener->serverPort());
    return url.toString();
}

void HttpServer::accept(qintptr descriptor)
{
    QTcpSocket *const socket = m_tls ? new QSslSocket(this) : new QTcpSocket(this);
    if (!socket->setSocketDescriptor(descriptor)) {
        delete socket;
        return;
    }
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    if (m_sendBufferBytes)
        socket->setSocketOption(QAbstractSocket::SendBufferSizeSocketOption, *m_sendBufferBytes);
    m_connections.insert(new HttpConnection(socket, *this, m_limits));
    ++m_connectionsAccepted;
    if (!m_sweepTimer.isActive())
        m_sweepTimer.start();
    if (auto *const secure = qobject_cast<QSslSocket *>(socket)) {
        secure->setSslConfiguration(*m_tls);
        secure->startServerEncryption();
    }
}

void HttpServer::serve(const HttpRequest &request, const HttpResponder &responder)
{
    countRequest();
    if (m_handler)
        m_handler(request, responder);
    else
        responder.send(HttpResponse::failure(404, tr("Nothing is served here.")));
}

std::optional<HttpResponse> HttpServer::refusedUpgrade(const HttpRequest &request) const
{
    const UpgradeGuard guard = m_routes.value(request.path).guard;
    return guard ? guard(request) : std::nullopt;
}

void HttpServer::upgrade(QTcpSocket *socket)
{
    socket->setParent(&m_webSocketServer);
    socket->setReadBufferSize(0);
    // Until a QWebSocket adopts it nobody else would delete a socket whose client leaves.
    connect(socket, &QTcpSocket::disconnected, &m_webSocketServer, [this, socket] {
        if (socket->parent() == &m_webSocketServer)
            socket->deleteLater();
    });
    m_webSocketServer.handleConnection(socket);
}

void HttpServer::forget(HttpConnection *connection)
{
    m_connections.remove(connection);
    connection->deleteLater();
    if (m_connections.isEmpty())
        m_sweepTimer.stop();
}

void HttpServer::takeWebSockets()
{
    while (QWebSocket *const socket = m_webSocketServer.nextPendingConnection()) {
        socket->setParent(&m_webSocketServer);
        adopt(socket);
        const auto route = m_routes.constFind(socket->requestUrl().path().toUtf8());
        if (route != m_routes.constEnd() && route->handler)
            route->handler(socket);
        else
            socket->deleteLater();
    }
}

// QWebSocket does not delete the socket under it when a server made it.
void HttpServer::adopt(QWebSocket *webSocket)
{
    const auto open = m_webSocketServer.findChildren<QTcpSocket *>(Qt::FindDirectChildrenOnly);
    for (QTcpSocket *each : open) {
        if (each->peerPort() == webSocket->peerPort()
            && each->peerAddress() == webSocket->peerAddress())
            each->setParent(webSocket);
    }
}

void HttpServer::sweep()
{
    const SteadyTime now = steadyNow();
    const QSet<HttpConnection *> connections = m_connections;
    for (HttpConnection *each : connections)
        each->sweep(now);
}

const QByteArray &HttpServer::date()
{
    const qint64 second = QDateTime::currentSecsSinceEpoch();
    if (second != m_dateSecond) {
        m_dateSecond = second;
        const QDateTime now = QDateTime::fromSecsSinceEpoch(second, Qt::UTC);
        m_date = QLocale::c().toString(now, u"ddd, dd MMM yyyy hh:mm:ss 'GMT'").toLatin1();
    }
    return m_date;
}

} // namespace lowtide
