#include "load/rawwebsocketclient.h"

#include <QHostInfo>
#include <QNetworkProxy>
#include <QRandomGenerator>
#include <QSslSocket>
#include <QTcpSocket>

#include <array>
#include <chrono>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {
constexpr std::chrono::seconds closeTimeout{1};
constexpr int usualReceiveBufferBytes = 1024 * 1024;
constexpr quint16 normalClosure = 1000;

QByteArray randomKey()
{
    std::array<quint32, 4> words{};
    QRandomGenerator::system()->fillRange(words.data(), static_cast<qsizetype>(words.size()));
    return QByteArray(reinterpret_cast<const char *>(words.data()), sizeof words).toBase64();
}

QByteArray closePayload()
{
    return QByteArray() + static_cast<char>(normalClosure >> 8)
        + static_cast<char>(normalClosure & 0xFF);
}
} // namespace

RawWebSocketClient::RawWebSocketClient(Options options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_closeTimer(this)
{
    m_closeTimer.setSingleShot(true);
    connect(&m_closeTimer, &QTimer::timeout, this,
            [this] { finish(tr("The server did not answer the closing handshake.")); });
}

RawWebSocketClient::~RawWebSocketClient()
{
    if (m_socket)
        m_socket->disconnect(this);
}

void RawWebSocketClient::open()
{
    Q_ASSERT(m_state == State::Idle);
    m_state = State::Connecting;
    // The address is needed before the socket: SO_RCVBUF must be set before the connect, since the
    // window is agreed there, and Qt makes a socket early only by bind(), which needs the family.
    QHostInfo::lookupHost(m_options.url.host(), this, &RawWebSocketClient::onResolved);
}

void RawWebSocketClient::onResolved(const QHostInfo &info)
{
    if (m_state != State::Connecting)
        return;
    if (info.addresses().isEmpty()) {
        finish(info.errorString());
        return;
    }
    m_addresses = info.addresses();
    connectToNext();
}

void RawWebSocketClient::connectToNext()
{
    const QHostAddress address = m_addresses.takeFirst();
    const bool isTls = m_options.url.scheme() == "wss"_L1;
    m_socket = isTls ? std::make_unique<QSslSocket>() : std::make_unique<QTcpSocket>();
    m_socket->setProxy(QNetworkProxy::NoProxy);
    connect(m_socket.get(), &QTcpSocket::readyRead, this, &RawWebSocketClient::onReadyRead);
    connect(m_socket.get(), &QTcpSocket::bytesWritten, this, &RawWebSocketClient::onBytesWritten);
    connect(m_socket.get(), &QTcpSocket::errorOccurred, this, &RawWebSocketClient::onSocketError);
    if (m_options.receiveBufferBytes > 0) {
        m_socket->bind(address.protocol() == QAbstractSocket::IPv6Protocol ? QHostAddress::AnyIPv6
                                                                           : QHostAddress::AnyIPv4);
        m_socket->setSocketOption(QAbstractSocket::ReceiveBufferSizeSocketOption,
                                  m_options.receiveBufferBytes);
    }
    startConnect(address.toString());
}

void RawWebSocketClient::startConnect(const QString &address)
{
    const QUrl &url = m_options.url;
    if (auto *tls = qobject_cast<QSslSocket *>(m_socket.get())) {
        connect(tls, &QSslSocket::encrypted, this, &RawWebSocketClient::onConnected);
        tls->connectToHostEncrypted(address, static_cast<quint16>(url.port(443)), url.host());
        return;
    }
    connect(m_socket.get(), &QTcpSocket::connected, this, &RawWebSocketClient::onConnected);
    m_socket->connectToHost(address, static_cast<quint16>(url.port(80)));
}

void RawWebSocketClient::onConnected()
{
    m_state = State::Handshake;
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_key = randomKey();
    const QByteArray request = handshakeRequest(m_options.url, m_key, m_options.userAgent);
    m_bytesQueued += request.size();
    m_socket->write(request);
    m_socket->flush();
}

void RawWebSocketClient::sendText(const QByteArray &text)
{
    if (m_state != State::Open)
        return;
    sendFrame(WebSocketOpcode::Text, text);
    m_messageEnds.push_back(m_bytesQueued);
    m_socket->flush();
    countSent();
}

void RawWebSocketClient::sendFrame(WebSocketOpcode opcode, const QByteArray &payload)
{
    const QByteArray frame = maskedFrame(opcode, payload, QRandomGenerator::system()->generate());
    m_bytesQueued += frame.size();
    m_socket->write(frame);
}

qint64 RawWebSocketClient::bytesWaiting() const { return m_socket ? m_socket->bytesToWrite() : 0; }

void RawWebSocketClient::countSent()
{
    // Not summed up from bytesWritten(): Qt leaves it out where it would be emitted within itself.
    const qint64 bytesSent = m_bytesQueued - m_socket->bytesToWrite();
    while (!m_messageEnds.empty() && m_messageEnds.front() <= bytesSent) {
        m_messageEnds.pop_front();
        ++m_messagesSent;
    }
}

void RawWebSocketClient::onBytesWritten()
{
    countSent();
    if (m_state == State::Open)
        Q_EMIT written();
}

void RawWebSocketClient::onSocketError()
{
    const QString reason = m_socket->errorString();
    if (m_state == State::Connecting && !m_addresses.isEmpty()) {
        m_socket->disconnect(this);
        m_socket.release()->deleteLater(); // it is the sender
        connectToNext();
        return;
    }
    onReadyRead(); // what came before the end still counts
    finish(reason);
}

void RawWebSocketClient::pauseReading()
{
    m_readingPaused = true;
    if (m_socket)
        m_socket->setReadBufferSize(1); // 0 would mean unlimited: Qt still takes one byte
}

void RawWebSocketClient::resumeReading()
{
    m_readingPaused = false;
    if (!m_socket)
        return;
    m_socket->setSocketOption(QAbstractSocket::ReceiveBufferSizeSocketOption,
                              usualReceiveBufferBytes);
    m_socket->setReadBufferSize(0);
    onReadyRead();
}

void RawWebSocketClient::onReadyRead()
{
    if (m_readingPaused)
        return;
    if (m_state == State::Handshake)
        readHandshakeAnswer();
    else if (m_state == State::Open || m_state == State::Closing)
        readFrames();
}

void RawWebSocketClient::readHandshakeAnswer()
{
    m_handshake += m_socket->readAll();
    const auto length = readHandshake(m_handshake, m_key);
    if (!length) {
        finish(length.error().message);
        return;
    }
    if (!length->has_value())
        return;
    m_parser.append(m_handshake.sliced(**length));
    m_handshake.clear();
    m_state = State::Open;
    Q_EMIT opened();
    if (!m_readingPaused)
        readFrames();
}

void RawWebSocketClient::readFrames()
{
    countSent(); // an echo must never be counted before its message
    m_parser.append(m_socket->readAll());
    while (m_state == State::Open || m_state == State::Closing) {
        const auto frame = m_parser.next();
        if (!frame) {
            m_hasProtocolError = true;
            finish(frame.error().message);
            return;
        }
        if (!frame->has_value())
            return;
        handle(**frame);
    }
}

void RawWebSocketClient::handle(const WebSocketFrame &frame)
{
    switch (frame.opcode) {
    case WebSocketOpcode::Text:
    case WebSocketOpcode::Binary:
        Q_EMIT received(frame.payload);
        break;
    case WebSocketOpcode::Ping:
        if (m_state == State::Open)
            sendFrame(WebSocketOpcode::Pong, frame.payload);
        break;
    case WebSocketOpcode::Close:
        if (m_state == State::Open) {
            sendFrame(WebSocketOpcode::Close,
                      frame.payload.first(qMin<qsizetype>(2, frame.payload.size())));
            m_socket->flush();
        }
        finish(tr("The server closed the connection."));
        break;
    case WebSocketOpcode::Pong:
    case WebSocketOpcode::Continuation: // the parser joins these
        break;
    }
}

void RawWebSocketClient::close()
{
    if (m_state == State::Closing || m_state == State::Closed)
        return;
    if (m_state != State::Open) {
        finish(tr("Closed before the connection was open."));
        return;
    }
    sendFrame(WebSocketOpcode::Close, closePayload());
    m_state = State::Closing;
    m_socket->flush();
    m_closeTimer.start(closeTimeout);
}

void RawWebSocketClient::finish(const QString &reason)
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    m_closeTimer.stop();
    if (m_socket) {
        m_socket->disconnect(this);
        m_socket->abort();
    }
    Q_EMIT closed(reason);
}

} // namespace lowtide
