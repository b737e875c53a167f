#pragma once

#include "base/clock.h"
#include "model/outcome.h"

#include <QAbstractSocket>
#include <QObject>
#include <QUrl>

#include <memory>

class QWebSocket;

namespace lowtide {

/// One attempt to hold a WebSocket connection, from the connect to its end; a reconnect is a new
/// one. Lives in the load worker's thread. May be destroyed in a slot only by deleteLater().
class WebSocketConnection : public QObject {
    Q_OBJECT

public:
    explicit WebSocketConnection(QObject *parent = nullptr);
    ~WebSocketConnection() override;

    void open(const QUrl &url, const QByteArray &userAgent);
    [[nodiscard]] bool isOpen() const { return m_state == State::Open; }
    /// Open, and the server takes what we send: no more than `maxWaitingBytes` wait in our memory.
    [[nodiscard]] bool isSendable() const;
    void send(const QString &text);
    void ping(SteadyTime now);
    /// Closing handshake with 1000; `ended` comes when the server agrees.
    void close();

Q_SIGNALS:
    void opened();
    void received(const QString &text);
    void ponged(lowtide::Nanoseconds roundTrip);
    /// Once, also when opening failed; nothing follows.
    void ended(lowtide::FailureKind kind);

private:
    enum class State { Idle, Opening, Open, Closing, Ended };

    void onPong(const QByteArray &payload);
    void onError(QAbstractSocket::SocketError error);
    void onDisconnected();
    void finish(FailureKind kind);
    [[nodiscard]] FailureKind kindOf(QAbstractSocket::SocketError error) const;

    std::unique_ptr<QWebSocket> m_socket;
    State m_state = State::Idle;
};

} // namespace lowtide
