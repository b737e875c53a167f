#pragma once

#include "demo/demoservice.h"
#include "serve/rawclient.h"

#include <QJsonDocument>

namespace lowtide {

/// One request to a demo service on a connection of its own.
class DemoCall : public RawClient {
public:
    DemoCall(quint16 port, const QByteArray &method, const QByteArray &path,
             const QByteArray &body = {})
        : RawClient(port,
                    method + ' ' + path
                        + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
                        + QByteArray::number(body.size()) + "\r\n\r\n" + body)
    {
    }
    DemoCall(const DemoService &service, const QByteArray &method, const QByteArray &path,
             const QByteArray &body = {})
        : DemoCall(service.port(), method, path, body)
    {
    }
    [[nodiscard]] bool hasAnswer() const { return isClosed && status().has_value(); }
    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(body()).object(); }
};

} // namespace lowtide
