#include "load/websocketconnection.h"

#include <QHostAddress>
#include <QNetworkProxy>
#include <QNetworkRequest>
#include <QWebSocket>

namespace lowtide {

namespace {
constexpr qint64 maxWaitingBytes = 4LL * 1024 * 1024;
/// Above the largest message, so that each is one frame.
constexpr quint64 maxFrameBytes = 16ULL * 1024 * 1024;
} // namespace

WebSocketConnection::WebSocketConnection(QObject *parent)
    : QObject(parent)
{
}

WebSocketConnection::~WebSocketConnection()
{
    if (m_socket)
        m_socket->disconnect(this);
}

void WebSocketConnection::open(const QUrl &url, const QByteArray &userAgent)
{
    Q_ASSERT(m_state == State::Idle);
    m_state = State::Opening;
    m_socket = std::make_unique<QWebSocket>();
    m_socket->setProxy(QNetworkProxy::NoProxy);
    m_socket->setOutgoingFrameSize(maxFrameBytes);
    connect(m_socket.get(), &QWebSocket::connected, this, [this] {
        m_state = State::Open;
        Q_EMIT opened();
    });
    connect(m_socket.get(), &QWebSocket::textMessageReceived, this, &WebSocketConnection::received);
    connect(m_socket.get(), &QWebSocket::binaryMessageReceived, this,
            [this](const QByteArray &bytes) { Q_EMIT received(QString::fromUtf8(bytes)); });
    connect(m_socket.get(), &QWebSocket::pong, this,
            [this](quint64, const QByteArray &payload) { onPong(payload); });
    // errorOccurred() is of Qt 6.5.
    connect(m_socket.get(), qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
            &WebSocketConnection::onError);
    connect(m_socket.get(), &QWebSocket::disconnected, this, &WebSocketConnection::onDisconnected);
    QNetworkRequest request(url);
    if (!userAgent.isEmpty())
        request.setRawHeader("User-Agent", userAgent);
    m_socket->open(request);
}

bool WebSocketConnection::isSendable() const
{
    return isOpen() && m_socket->bytesToWrite() < maxWaitingBytes;
}

void WebSocketConnection::send(const QString &text)
{
    Q_ASSERT(isOpen());
    m_socket->sendTextMessage(text);
    m_socket->flush(); // else it waits for a turn of the event loop, and costs two epoll_ctl
}

void WebSocketConnection::ping(SteadyTime now)
{
    // The moment travels with the ping: Qt counts a pong from the last ping, and in milliseconds.
    m_socket->ping(QByteArray::number(static_cast<qint64>(now.time_since_epoch().count())));
    m_socket->flush();
}

void WebSocketConnection::close()
{
    if (m_state != State::Open) {
        finish(FailureKind::Other);
        return;
    }
    m_state = State::Closing;
    m_socket->close(QWebSocketProtocol::CloseCodeNormal);
}

void WebSocketConnection::onPong(const QByteArray &payload)
{
    bool isNumber = false;
    const SteadyTime sent{Nanoseconds(payload.toLongLong(&isNumber))};
    const SteadyTime now = steadyNow();
    if (isNumber && sent <= now)
        Q_EMIT ponged(now - sent);
}

void WebSocketConnection::onError(QAbstractSocket::SocketError error)
{
    // A connection that was open ends with disconnected(), after what it still has to deliver.
    // Before that the order of the two depends on the error.
    if (m_state == State::Opening)
        finish(kindOf(error)); // error() lacks those of the handshake
}

void WebSocketConnection::onDisconnected()
{
    if (m_state == State::Opening) {
        finish(kindOf(m_socket->error()));
        return;
    }
    switch (m_socket->closeCode()) {
    case QWebSocketProtocol::CloseCodeProtocolError:
    case QWebSocketProtocol::CloseCodeDatatypeNotSupported:
    case QWebSocketProtocol::CloseCodeWrongDatatype:
    case QWebSocketProtocol::CloseCodeTooMuchData:
        finish(FailureKind::Protocol);
        break;
    default:
        finish(FailureKind::Reset);
    }
}

FailureKind WebSocketConnection::kindOf(QAbstractSocket::SocketError error) const
{
    switch (error) {
    case QAbstractSocket::HostNotFoundError:
        return FailureKind::Dns;
    case QAbstractSocket::ConnectionRefusedError:
        // Qt says "refused" also when the server answers, but not with an upgrade.
        return m_socket->peerAddress().isNull() ? FailureKind::Refused : FailureKind::Status;
    case QAbstractSocket::RemoteHostClosedError:
        return FailureKind::Reset;
    case QAbstractSocket::SslHandshakeFailedError:
    case QAbstractSocket::SslInternalError:
    case QAbstractSocket::SslInvalidUserDataError:
        return FailureKind::Tls;
    default:
        return FailureKind::Other;
    }
}

void WebSocketConnection::finish(FailureKind kind)
{
    if (m_state == State::Ended)
        return;
    m_state = State::Ended;
    if (m_socket)
        m_socket->disconnect(this);
    Q_EMIT ended(kind);
}

} // namespace lowtide
