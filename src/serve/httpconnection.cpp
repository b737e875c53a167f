#include "serve/httpconnection.h"

#include <QSslSocket>
#include <QTcpSocket>

#include <algorithm>

#include <sys/socket.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr qint64 socketReadBytes = 262144; ///< Beyond it the kernel slows the client down.
constexpr qint64 unsentBytes = 1048576; ///< Beyond it no further request is read.
constexpr std::chrono::milliseconds lingerTime(2000);

} // namespace

HttpConnection::HttpConnection(QTcpSocket *socket, HttpServer &server,
                               const HttpServerLimits &limits)
    : QObject(&server)
    , m_server(server)
    , m_limits(limits)
    , m_socket(socket)
    , m_parser(limits.parser)
    , m_requestStarted(steadyNow())
    , m_lastActivity(m_requestStarted)
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(socketReadBytes);
    connect(m_socket, &QTcpSocket::readyRead, this, &HttpConnection::onReadyRead);
    connect(m_socket, &QTcpSocket::bytesWritten, this, &HttpConnection::onBytesWritten);
    connect(m_socket, &QTcpSocket::disconnected, this, &HttpConnection::onDisconnected);
}

void HttpConnection::answer(quint64 number, const HttpResponse &response)
{
    Pending *const slot = pending(number);
    if (slot == nullptr)
        return;
    slot->keepAlive = slot->keepAlive && !response.close;
    m_isFinal = m_isFinal || !slot->keepAlive;
    slot->wire = response.wire(m_server.date(), slot->withBody, slot->keepAlive);
    writeAnswers();
}

void HttpConnection::answerRaw(quint64 number, const QByteArray &bytes)
{
    Pending *const slot = pending(number);
    if (slot == nullptr)
        return;
    slot->keepAlive = false;
    m_isFinal = true;
    slot->wire = bytes;
    writeAnswers();
}

void HttpConnection::closeInOrder()
{
    m_pending.clear();
    linger();
}

void HttpConnection::abort()
{
    // Without the option the kernel would send FIN, unless unread bytes are left.
    const struct linger reset {
        1, 0
    };
    ::setsockopt(int(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    m_isFinal = true;
    m_pending.clear();
    m_socket->abort();
}

void HttpConnection::sweep(SteadyTime now)
{
    const bool isQuiet = now - m_lastActivity > m_limits.idle;
    if (m_isLingering && now - m_lastActivity > lingerTime)
        abort();
    else if (m_socket->bytesToWrite() > 0 && now - m_lastActivity > m_limits.write)
        abort();
    else if (m_isFinal || isPaused())
        return;
    else if (m_parser.isInsideRequest() && now - m_requestStarted > m_limits.request)
        refuse(408, tr("The request took too long to arrive."));
    else if (!m_parser.isInsideRequest() && m_pending.empty() && isQuiet)
        closeInOrder();
}

void HttpConnection::onReadyRead()
{
    if (m_isFinal)
        m_socket->skip(m_socket->bytesAvailable());
    else
        readRequests();
}

void HttpConnection::onBytesWritten()
{
    m_lastActivity = steadyNow();
    if (m_isLingering)
        finishLinger();
    else if (m_wasPaused)
        readRequests();
}

void HttpConnection::onDisconnected()
{
    m_isFinal = true;
    m_pending.clear();
    m_upgrade.reset();
    m_server.forget(this);
}

void HttpConnection::readRequests()
{
    if (m_isReading || m_isFinal)
        return;
    m_isReading = true;
    m_wasPaused = false;
    bool mayFollow = true;
    while (mayFollow && !isPaused()) {
        if (!m_parser.isInsideRequest())
            m_requestStarted = steadyNow();
        if (m_socket->bytesAvailable() > 0)
            m_parser.feed(m_socket->readAll());
        mayFollow = handle(m_parser.next());
    }
    m_wasPaused = mayFollow;
    m_isReading = false;
    writeAnswers();
}

bool HttpConnection::isPaused() const
{
    return m_isFinal || m_upgrade.has_value()
        || qsizetype(m_pending.size()) >= m_limits.pipelinedRequests
        || m_socket->bytesToWrite() > unsentBytes;
}

bool HttpConnection::handle(HttpParser::Outcome &&outcome)
{
    if (const auto *error = std::get_if<HttpParseError>(&outcome)) {
        refuse(error->status, error->message);
        return false;
    }
    auto *const request = std::get_if<HttpRequest>(&outcome);
    if (request == nullptr) {
        m_owesContinue = m_owesContinue || m_parser.takeContinueWish();
        return false;
    }
    m_owesContinue = false;
    m_requestStarted = m_lastActivity = steadyNow();
    if (request->isUpgrade)
        m_upgrade = std::move(*request);
    else
        serve(*request);
    return true;
}

void HttpConnection::serve(const HttpRequest &request)
{
    const quint64 number = ++m_lastNumber;
    m_pending.push_back({number, request.method != "HEAD", request.keepAlive, std::nullopt});
    m_isFinal = !request.keepAlive;
    m_server.serve(request, HttpResponder(*this, number));
}

void HttpConnection::answerUpgrade()
{
    const HttpRequest request = *std::exchange(m_upgrade, std::nullopt);
    if (!m_server.takesUpgrade(request.path)) {
        serve(request);
    } else if (const auto refusal = m_server.refusedUpgrade(request)) {
        m_pending.push_back(
            {++m_lastNumber, true, request.keepAlive && !refusal->close, std::nullopt});
        m_server.countRequest();
        answer(m_lastNumber, *refusal);
    } else {
        m_isFinal = true;
        m_server.countRequest();
        m_socket->disconnect(this);
        const QByteArray bytes = m_parser.takeUpgradeBytes();
        // QWebSocketServer reads the handshake from the socket, so it goes back to where it came
        // from.
        std::for_each(bytes.rbegin(), bytes.rend(), [this](char c) { m_socket->ungetChar(c); });
        m_server.upgrade(m_socket);
        m_server.forget(this);
    }
}

void HttpConnection::refuse(int status, const QString &message)
{
    m_isFinal = true;
    m_pending.push_back({++m_lastNumber, true, false, std::nullopt});
    answer(m_lastNumber, HttpResponse::failure(status, message));
}

HttpConnection::Pending *HttpConnection::pending(quint64 number)
{
    const auto found =
        std::find_if(m_pending.begin(), m_pending.end(),
                     [number](const Pending &each) { return each.number == number; });
    return found == m_pending.end() ? nullptr : &*found;
}

void HttpConnection::writeAnswers()
{
    if (m_isReading || m_isLingering)
        return; // one write for all that the requests at hand are answered at once
    QByteArray bytes;
    while (!m_pending.empty() && m_pending.front().wire) {
        const Pending first = std::move(m_pending.front());
        m_pending.pop_front();
        bytes += *first.wire;
        if (!first.keepAlive) {
            m_socket->write(bytes);
            m_pending.clear();
            linger();
            return;
        }
    }
    if (m_pending.empty() && std::exchange(m_owesContinue, false))
        bytes += "HTTP/1.1 100 Continue\r\n\r\n";
    if (!bytes.isEmpty()) {
        if (m_socket->bytesToWrite() == 0)
            m_lastActivity = steadyNow();
        m_socket->write(bytes);
        m_socket->flush();
    }
    if (m_pending.empty() && m_upgrade)
        answerUpgrade();
    else if (m_wasPaused && !isPaused())
        QMetaObject::invokeMethod(this, &HttpConnection::readRequests, Qt::QueuedConnection);
}

// Closing at once with bytes of the client unread would send RST, which may destroy the answer on
// its way. So: send FIN, read and forget what still comes until the client closes.
void HttpConnection::linger()
{
    m_isFinal = true;
    m_isLingering = true;
    m_lastActivity = steadyNow();
    m_socket->flush();
    finishLinger();
}

void HttpConnection::finishLinger()
{
    m_socket->skip(m_socket->bytesAvailable());
    if (qobject_cast<QSslSocket *>(m_socket) != nullptr)
        m_socket->disconnectFromHost(); // the close of TLS comes first; it has no half-closed state
    else if (m_socket->bytesToWrite() == 0)
        ::shutdown(int(m_socket->socketDescriptor()), SHUT_WR);
}

} // namespace lowtide
