#pragma once

#include "serve/httpserver.h"

#include <QTcpSocket>

namespace lowtide {

/// A client that sends bytes as they are and keeps what it gets.
class RawClient : public QObject {
public:
    explicit RawClient(const HttpServer &server, const QByteArray &first = {})
        : RawClient(server.port(), first)
    {
    }
    explicit RawClient(quint16 port, const QByteArray &first = {})
    {
        connect(&socket, &QTcpSocket::readyRead, this, [this] { received += socket.readAll(); });
        connect(&socket, &QTcpSocket::disconnected, this, [this] { isClosed = true; });
        connect(&socket, &QTcpSocket::errorOccurred, this, [this] { isClosed = true; });
        socket.connectToHost(QHostAddress::LocalHost, port);
        socket.write(first);
    }
    void send(const QByteArray &bytes)
    {
        socket.write(bytes);
        socket.flush();
    }
    /// The status of the first answer; nothing before its line is complete.
    [[nodiscard]] std::optional<int> status() const
    {
        if (!received.contains("\r\n"))
            return std::nullopt;
        return received.mid(9, 3).toInt();
    }
    [[nodiscard]] QByteArray body() const
    {
        const qsizetype end = received.indexOf("\r\n\r\n");
        return end < 0 ? QByteArray() : received.sliced(end + 4);
    }

    QTcpSocket socket;
    QByteArray received;
    bool isClosed = false;
};

} // namespace lowtide
