#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QUrl>

#include <cstdint>
#include <optional>

namespace lowtide {

/// RFC 6455, 5.2.
enum class WebSocketOpcode : std::uint8_t {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
};

/// One whole message or control frame as a server sends it.
struct WebSocketFrame {
    WebSocketOpcode opcode = WebSocketOpcode::Text;
    QByteArray payload;
    friend bool operator==(const WebSocketFrame &, const WebSocketFrame &) = default;
};

/// A final frame of a client, masked with `mask` as clients must.
[[nodiscard]] QByteArray maskedFrame(WebSocketOpcode opcode, const QByteArray &payload,
                                     std::uint32_t mask);

/// Cuts a server's byte stream into messages and control frames. Fragments are joined (RFC 6455,
/// 5.4), up to 64 MB a message. After an error every call gives it again.
class WebSocketFrameParser {
public:
    void append(const QByteArray &bytes);
    /// The next whole message or control frame, none when more bytes are needed, or
    /// ErrorCode::Malformed.
    [[nodiscard]] Result<std::optional<WebSocketFrame>> next();

private:
    struct Head {
        WebSocketOpcode opcode = WebSocketOpcode::Text;
        bool isFinal = true;
        qsizetype headBytes = 2;
        qsizetype payloadBytes = 0;
        [[nodiscard]] bool isControl() const { return opcode >= WebSocketOpcode::Close; }
    };

    /// The frame that comes next; none until its head is there. Sets m_error where it is wrong.
    [[nodiscard]] std::optional<Head> readHead();
    /// Of the next frame, which is there.
    [[nodiscard]] QByteArray takePayload(const Head &head);
    void fail(const QString &message);
    [[nodiscard]] qsizetype available() const { return m_buffer.size() - m_offset; }
    [[nodiscard]] std::uint8_t byteAt(qsizetype index) const;

    QByteArray m_buffer;
    qsizetype m_offset = 0; ///< Consumed bytes at the front of m_buffer.
    std::optional<WebSocketFrame> m_fragments; ///< Joined so far, of the message that is under way.
    std::optional<Error> m_error;
};

/// The request that opens a WebSocket. `key` is 16 random bytes in base64.
[[nodiscard]] QByteArray handshakeRequest(const QUrl &url, const QByteArray &key,
                                          const QByteArray &userAgent);
/// What a server must answer to `key` (RFC 6455, 4.2.2).
[[nodiscard]] QByteArray acceptKey(const QByteArray &key);
/// Length of the server's answer up to and with its empty line, none when more bytes are needed, or
/// an error when it refuses the upgrade or accepts it wrongly. What follows are frames.
[[nodiscard]] Result<std::optional<qsizetype>> readHandshake(const QByteArray &bytes,
                                                             const QByteArray &key);

} // namespace lowtide
