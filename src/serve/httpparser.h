#pragma once

#include "serve/httpmessage.h"

#include <QByteArrayView>

#include <variant>

namespace lowtide {

/// Lengths that a request may have.
struct HttpParserLimits {
    qsizetype requestLineBytes = 8192;
    qsizetype headerBytes = 32768; ///< All header lines together, and all trailers.
    qsizetype headerCount = 100;
    qsizetype bodyBytes = 8 * 1024 * 1024;
};

/// Why a request cannot be served; the connection ends after this answer.
struct HttpParseError {
    int status = 400;
    QString message;
    friend bool operator==(const HttpParseError &, const HttpParseError &) = default;
};

/// Cuts a stream of bytes into requests (RFC 9112), strictly: what could be read in two ways (bare
/// line feeds, folded headers, two lengths) is refused. No I/O; use it in one thread.
class HttpParser {
public:
    struct NeedsMore { };
    using Outcome = std::variant<NeedsMore, HttpRequest, HttpParseError>;

    explicit HttpParser(const HttpParserLimits &limits = {});

    void feed(QByteArrayView bytes);
    /// The next complete request. After an error it returns that error for ever.
    [[nodiscard]] Outcome next();

    /// Bytes of a request have come, but not all.
    [[nodiscard]] bool isInsideRequest() const;
    /// True once per request that asked for "100 Continue", while its body is still missing.
    [[nodiscard]] bool takeContinueWish();
    /// The head of the last request, as it came, and whatever follows it: an upgrade hands both on.
    [[nodiscard]] QByteArray takeUpgradeBytes();

private:
    enum class State {
        RequestLine,
        Headers,
        Body,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        Failed
    };
    enum class Step { Advanced, Starved, Complete, Failed };

    [[nodiscard]] Step advance();
    /// The next line without its CRLF. Starved: not there yet; `limit` bounds its length.
    [[nodiscard]] Step takeLine(QByteArray &line, qsizetype limit, int statusBeyond);
    [[nodiscard]] Step readRequestLine();
    [[nodiscard]] Step readHeader();
    [[nodiscard]] Step readBody();
    [[nodiscard]] Step readChunkSize();
    [[nodiscard]] Step readChunkData();
    [[nodiscard]] Step readChunkEnd();
    [[nodiscard]] Step readTrailer();
    [[nodiscard]] Step finishHead();
    [[nodiscard]] Step setTarget(const QByteArray &target);
    [[nodiscard]] Step chooseBody();
    [[nodiscard]] Step fail(int status, const QString &message);
    [[nodiscard]] HttpRequest takeRequest();
    void compact();

    HttpParserLimits m_limits;
    State m_state = State::RequestLine;
    QByteArray m_buffer;
    qsizetype m_position = 0; ///< Of the first byte that is not parsed.
    qsizetype m_searched = 0; ///< Up to here no line feed was found.
    qsizetype m_headStart = 0; ///< In m_buffer, of the request that is being read.
    qsizetype m_headerBytes = 0;
    qsizetype m_bodyLeft = 0; ///< Of the body, or of the current chunk.
    bool m_isHttp10 = false;
    bool m_continueWish = false;
    HttpRequest m_request;
    QByteArray m_lastHead;
    HttpParseError m_error;
};

} // namespace lowtide
