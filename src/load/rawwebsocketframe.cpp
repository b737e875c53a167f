#include "load/rawwebsocketframe.h"

#include <QCoreApplication>
#include <QCryptographicHash>

#include <QtEndian>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {
constexpr std::uint8_t finBit = 0x80;
constexpr std::uint8_t reservedBits = 0x70;
constexpr std::uint8_t maskBit = 0x80;
constexpr std::uint8_t length16 = 126;
constexpr std::uint8_t length64 = 127;
constexpr quint64 maxMessageBytes = 64ULL * 1024 * 1024;
constexpr qsizetype maxHandshakeBytes = 64LL * 1024;

Unexpected<Error> malformed(const QString &message)
{
    return Unexpected(Error{ErrorCode::Malformed, message, {}, {}});
}

QString tr(const char *text) { return QCoreApplication::translate("RawWebSocket", text); }

bool isKnown(std::uint8_t opcode) { return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xA); }

/// What is wrong with the first two bytes of a server's frame; empty when nothing is.
QString problemOf(std::uint8_t first, std::uint8_t second)
{
    const auto opcode = static_cast<std::uint8_t>(first & 0x0F);
    if ((first & reservedBits) != 0)
        return tr("The server set reserved bits of a WebSocket frame.");
    if (!isKnown(opcode))
        return tr("The server sent a WebSocket frame of an unknown kind.");
    if ((second & maskBit) != 0)
        return tr("The server masked a WebSocket frame.");
    const bool isControl = (opcode & 0x8) != 0;
    if (isControl && ((first & finBit) == 0 || (second & ~maskBit) > 125))
        return tr("The server sent a WebSocket control frame that is split or too long.");
    return {};
}

/// The values of header `name`, joined with commas.
QByteArray headerValue(const QList<QByteArray> &lines, const QByteArray &name)
{
    QByteArray values;
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        if (colon < 0 || line.first(colon).compare(name, Qt::CaseInsensitive) != 0)
            continue;
        if (!values.isEmpty())
            values += ',';
        values += line.sliced(colon + 1).trimmed();
    }
    return values;
}
} // namespace

QByteArray maskedFrame(WebSocketOpcode opcode, const QByteArray &payload, std::uint32_t mask)
{
    QByteArray frame;
    frame.reserve(payload.size() + 14);
    frame += static_cast<char>(finBit | static_cast<std::uint8_t>(opcode));
    const auto size = static_cast<quint64>(payload.size());
    if (size < length16) {
        frame += static_cast<char>(maskBit | size);
    } else if (size <= 0xFFFF) {
        frame += static_cast<char>(maskBit | length16);
        const auto length = qToBigEndian(static_cast<quint16>(size));
        frame.append(reinterpret_cast<const char *>(&length), sizeof length);
    } else {
        frame += static_cast<char>(maskBit | length64);
        const quint64 length = qToBigEndian(size);
        frame.append(reinterpret_cast<const char *>(&length), sizeof length);
    }
    std::array<char, 4> key{};
    qToBigEndian(mask, key.data());
    frame.append(key.data(), key.size());
    for (qsizetype i = 0; i < payload.size(); ++i)
        frame += static_cast<char>(payload[i] ^ key[static_cast<std::size_t>(i % 4)]);
    return frame;
}

void WebSocketFrameParser::append(const QByteArray &bytes)
{
    if (m_offset > 0) {
        m_buffer.remove(0, m_offset);
        m_offset = 0;
    }
    m_buffer += bytes;
}

std::uint8_t WebSocketFrameParser::byteAt(qsizetype index) const
{
    return static_cast<std::uint8_t>(m_buffer[m_offset + index]);
}

void WebSocketFrameParser::fail(const QString &message)
{
    m_error = Error{ErrorCode::Malformed, message, {}, {}};
}

std::optional<WebSocketFrameParser::Head> WebSocketFrameParser::readHead()
{
    if (available() < 2)
        return std::nullopt;
    const QString problem = problemOf(byteAt(0), byteAt(1));
    if (!problem.isEmpty()) {
        fail(problem);
        return std::nullopt;
    }
    Head head{.opcode = static_cast<WebSocketOpcode>(byteAt(0) & 0x0F),
              .isFinal = (byteAt(0) & finBit) != 0};
    if (!head.isControl()
        && (head.opcode == WebSocketOpcode::Continuation) != m_fragments.has_value()) {
        fail(tr("The server mixed up the fragments of its WebSocket messages."));
        return std::nullopt;
    }
    const std::uint8_t shortLength = byteAt(1) & static_cast<std::uint8_t>(~maskBit);
    head.headBytes = shortLength == length64 ? 10 : shortLength == length16 ? 4 : 2;
    if (available() < head.headBytes)
        return std::nullopt;
    quint64 length = shortLength;
    if (shortLength == length16)
        length = qFromBigEndian<quint16>(m_buffer.constData() + m_offset + 2);
    else if (shortLength == length64)
        length = qFromBigEndian<quint64>(m_buffer.constData() + m_offset + 2);
    const auto joinedBytes =
        head.isControl() || !m_fragments ? 0 : static_cast<quint64>(m_fragments->payload.size());
    if (length > maxMessageBytes - joinedBytes) {
        fail(tr("The server sent a WebSocket message above 64 MB."));
        return std::nullopt;
    }
    head.payloadBytes = static_cast<qsizetype>(length);
    return head;
}

QByteArray WebSocketFrameParser::takePayload(const Head &head)
{
    QByteArray payload = m_buffer.sliced(m_offset + head.headBytes, head.payloadBytes);
    m_offset += head.headBytes + head.payloadBytes;
    return payload;
}

Result<std::optional<WebSocketFrame>> WebSocketFrameParser::next()
{
    using Frame = std::optional<WebSocketFrame>;
    for (;;) {
        const auto head = m_error ? std::nullopt : readHead();
        if (m_error)
            return Unexpected(*m_error);
        if (!head || available() < head->headBytes + head->payloadBytes)
            return Frame();
        const QByteArray payload = takePayload(*head);
        if (head->isControl() || (head->isFinal && !m_fragments))
            return Frame(WebSocketFrame{head->opcode, payload});
        if (!m_fragments)
            m_fragments = WebSocketFrame{head->opcode, {}};
        m_fragments->payload += payload;
        if (head->isFinal)
            return std::exchange(m_fragments, std::nullopt);
    }
}

QByteArray handshakeRequest(const QUrl &url, const QByteArray &key, const QByteArray &userAgent)
{
    QByteArray target = url.path(QUrl::FullyEncoded).toLatin1();
    if (target.isEmpty())
        target = "/";
    if (url.hasQuery())
        target += '?' + url.query(QUrl::FullyEncoded).toLatin1();
    QByteArray host = url.host(QUrl::FullyEncoded).toLatin1();
    if (host.contains(':') && !host.startsWith('['))
        host = '[' + host + ']';
    if (url.port() >= 0)
        host += ':' + QByteArray::number(url.port());
    QByteArray request = "GET " + target + " HTTP/1.1\r\nHost: " + host
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: "
        + key + "\r\n";
    if (!userAgent.isEmpty())
        request += "User-Agent: " + userAgent + "\r\n";
    if (!url.userInfo().isEmpty())
        request += "Authorization: Basic "
            + (url.userName(QUrl::FullyDecoded) + u':' + url.password(QUrl::FullyDecoded))
                  .toUtf8()
                  .toBase64()
            + "\r\n";
    return request + "\r\n";
}

QByteArray acceptKey(const QByteArray &key)
{
    constexpr auto magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    return QCryptographicHash::hash(key + magic, QCryptographicHash::Sha1).toBase64();
}

Result<std::optional<qsizetype>> readHandshake(const QByteArray &bytes, const QByteArray &key)
{
    using Length = std::optional<qsizetype>;
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (end < 0) {
        if (bytes.size() > maxHandshakeBytes)
            return malformed(tr("The server's answer to the WebSocket handshake has no end."));
        return Length();
    }
    QList<QByteArray> lines = bytes.first(end).split('\n');
    for (QByteArray &line : lines)
        line = line.trimmed();
    const QByteArray statusLine = lines.takeFirst();
    if (!statusLine.startsWith("HTTP/1.1 101"))
        return malformed(tr("The server refused the WebSocket handshake: %1.")
                             .arg(QString::fromLatin1(statusLine)));
    if (headerValue(lines, "Upgrade").compare("websocket", Qt::CaseInsensitive) != 0
        || !headerValue(lines, "Connection").toLower().contains("upgrade")
        || headerValue(lines, "Sec-WebSocket-Accept") != acceptKey(key))
        return malformed(tr("The server accepted the WebSocket handshake with wrong headers."));
    return Length(end + 4);
}

} // namespace lowtide
