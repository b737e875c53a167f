#pragma once

#include <QList>
#include <QObject>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>
#include <QWebSocket>
#include <QWebSocketServer>

#include <functional>
#include <memory>

namespace lowtide {

/// A WebSocket server for tests, in the test's thread: echoes through a queue a connection, which
/// may be bounded (the newest message is dropped and counted), or does what `onMessage` does.
class WebSocketEchoServer : public QObject {
public:
    WebSocketEchoServer()
    {
        connect(&m_tcp, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_tcp.nextPendingConnection()) {
                if (sendBufferBytes > 0)
                    socket->setSocketOption(QAbstractSocket::SendBufferSizeSocketOption,
                                            sendBufferBytes);
                m_upgrade.handleConnection(socket);
                Q_EMIT socket->readyRead(); // else Qt misses what came with the connection
            }
        });
        connect(&m_upgrade, &QWebSocketServer::newConnection, this, [this] {
            while (QWebSocket *socket = m_upgrade.nextPendingConnection())
                accept(socket);
        });
    }

    [[nodiscard]] bool listen(quint16 port = 0)
    {
        return m_tcp.listen(QHostAddress::LocalHost, port);
    }
    void stopListening() { m_tcp.close(); }
    [[nodiscard]] quint16 port() const { return m_tcp.serverPort(); }
    [[nodiscard]] QUrl url() const
    {
        return QUrl(QStringLiteral("ws://127.0.0.1:%1/ws").arg(m_tcp.serverPort()));
    }
    /// Ends all connections, with a closing handshake or without.
    void dropAll(bool politely)
    {
        for (const auto &client : std::as_const(clients)) {
            if (client && politely)
                client->close(QWebSocketProtocol::CloseCodeGoingAway);
            else if (client)
                client->abort();
        }
    }

    int queueBound = 0; ///< 0: no bound.
    int sendBufferBytes = 0; ///< SO_SNDBUF; with a bound, also how much waits in Qt's buffer.
    std::function<void(QWebSocket *, const QString &)> onMessage; ///< Instead of the echo.
    std::function<void(QWebSocket *)> onConnected;

    QList<QPointer<QWebSocket>> clients; ///< Every one ever accepted.
    QList<QByteArray> userAgents;
    QList<qsizetype> sizes; ///< Of the messages that came.
    QList<int> closeCodes;
    int dropped = 0;

private:
    void accept(QWebSocket *socket)
    {
        socket->setParent(this);
        clients.append(socket);
        userAgents.append(socket->request().rawHeader("User-Agent"));
        auto queue = std::make_shared<QList<QString>>();
        connect(socket, &QWebSocket::textMessageReceived, this,
                [this, socket, queue](const QString &text) {
                    sizes.append(text.toUtf8().size());
                    if (onMessage) {
                        onMessage(socket, text);
                    } else if (queueBound == 0) {
                        socket->sendTextMessage(text);
                    } else if (queue->size() >= queueBound) {
                        ++dropped;
                    } else {
                        queue->append(text);
                        sendQueued(socket, queue.get());
                    }
                });
        connect(socket, &QWebSocket::bytesWritten, this,
                [this, socket, queue] { sendQueued(socket, queue.get()); });
        connect(socket, &QWebSocket::disconnected, this,
                [this, socket] { closeCodes.append(socket->closeCode()); });
        if (onConnected)
            onConnected(socket);
    }

    void sendQueued(QWebSocket *socket, QList<QString> *queue) const
    {
        while (!queue->isEmpty() && socket->bytesToWrite() < sendBufferBytes) {
            socket->sendTextMessage(queue->takeFirst());
            socket->flush();
        }
    }

    QTcpServer m_tcp;
    QWebSocketServer m_upgrade{QStringLiteral("test"), QWebSocketServer::NonSecureMode};
};

} // namespace lowtide
