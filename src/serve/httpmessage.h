#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>

#include <optional>

namespace lowtide {

/// One header line. Names compare without regard to case.
struct HttpHeader {
    QByteArray name;
    QByteArray value;
    friend bool operator==(const HttpHeader &, const HttpHeader &) = default;
};

/// A complete request as the client sent it, its body decoded.
struct HttpRequest {
    QByteArray method; ///< In the client's case: methods are case sensitive.
    QByteArray target; ///< As sent, for example "/orders/7?side=buy".
    QByteArray path; ///< The target up to '?', percent-decoded.
    QByteArray query; ///< What follows '?', not decoded. May be empty.
    QList<HttpHeader> headers;
    QByteArray body;
    bool keepAlive = true;
    bool isUpgrade = false; ///< A well-formed WebSocket handshake.

    /// The first value of that name; nothing when the header is absent.
    [[nodiscard]] std::optional<QByteArray> header(const QByteArray &name) const;
    friend bool operator==(const HttpRequest &, const HttpRequest &) = default;
};

/// An answer. Content-Length, Date and Connection are added when it is sent; a HEAD request gets
/// the same head without the body.
struct HttpResponse {
    int status = 200;
    QByteArray body = {};
    QByteArray contentType = "text/plain; charset=utf-8";
    QList<HttpHeader> headers = {};
    bool close = false; ///< Close the connection after this answer.

    [[nodiscard]] static HttpResponse json(const QJsonObject &object, int status = 200);
    /// `{"error": message}`: how our servers answer what they refuse.
    [[nodiscard]] static HttpResponse failure(int status, const QString &message);

    /// The bytes to send. `date` is the value of the Date header.
    [[nodiscard]] QByteArray wire(const QByteArray &date, bool withBody, bool keepAlive) const;
    friend bool operator==(const HttpResponse &, const HttpResponse &) = default;
};

/// "Not Found" for 404; "Unknown" for a status without a registered phrase.
[[nodiscard]] QByteArray httpReason(int status);

} // namespace lowtide
