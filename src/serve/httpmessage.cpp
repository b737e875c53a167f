#include "serve/httpmessage.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// RFC 9110, section 6.4.1: these never have content, nor a length of it.
bool forbidsBody(int status) { return status < 200 || status == 204 || status == 304; }

} // namespace

std::optional<QByteArray> HttpRequest::header(const QByteArray &name) const
{
    for (const HttpHeader &each : headers) {
        if (each.name.compare(name, Qt::CaseInsensitive) == 0)
            return each.value;
    }
    return std::nullopt;
}

HttpResponse HttpResponse::json(const QJsonObject &object, int status)
{
    HttpResponse response;
    response.status = status;
    response.body = QJsonDocument(object).toJson(QJsonDocument::Compact);
    response.contentType = "application/json"_ba;
    return response;
}

HttpResponse HttpResponse::failure(int status, const QString &message)
{
    return json({{u"error"_s, message}}, status);
}

QByteArray HttpResponse::wire(const QByteArray &date, bool withBody, bool keepAlive) const
{
    QByteArray bytes;
    bytes.reserve(256 + (withBody ? body.size() : 0));
    bytes += "HTTP/1.1 " + QByteArray::number(status) + ' ' + httpReason(status) + "\r\n";
    bytes += "Date: " + date + "\r\n";
    for (const HttpHeader &each : headers)
        bytes += each.name + ": " + each.value + "\r\n";
    if (!forbidsBody(status)) {
        if (!contentType.isEmpty())
            bytes += "Content-Type: " + contentType + "\r\n";
        bytes += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    }
    bytes += keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    if (withBody && !forbidsBody(status))
        bytes += body;
    return bytes;
}

QByteArray httpReason(int status)
{
    static constexpr struct {
        int status;
        const char *reason;
    } phrases[] = {
        {100, "Continue"},
        {101, "Switching Protocols"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (const auto &each : phrases) {
        if (each.status == status)
            return each.reason;
    }
    return "Unknown"_ba;
}

} // namespace lowtide
