#pragma once

#include "load/rawwebsocketframe.h"

#include <QHostAddress>
#include <QObject>
#include <QTimer>

#include <deque>
#include <memory>

class QHostInfo;
class QTcpSocket;

namespace lowtide {

/// A minimal WebSocket client that can stop reading, so that the server's queue fills up;
/// QWebSocket always reads. It counts as sent only what the kernel took. Lives in the load worker's
/// thread.
class RawWebSocketClient : public QObject {
    Q_OBJECT

public:
    struct Options {
        QUrl url; ///< ws or wss.
        QByteArray userAgent;
        int receiveBufferBytes = 0; ///< SO_RCVBUF, set before the connect; 0 leaves the system's.
    };

    explicit RawWebSocketClient(Options options, QObject *parent = nullptr);
    ~RawWebSocketClient() override;

    void open();
    /// After `opened`. Queues without bound: ask bytesWaiting() first.
    void sendText(const QByteArray &text);
    /// Bytes that the kernel has not taken yet.
    [[nodiscard]] qint64 bytesWaiting() const;
    /// Messages of sendText() that the kernel took whole. (On wss: that the TLS layer took.)
    [[nodiscard]] qint64 messagesSent() const { return m_messagesSent; }

    /// The connection ended because the server broke the protocol, not because it wished to.
    [[nodiscard]] bool hasProtocolError() const { return m_hasProtocolError; }

    void pauseReading();
    /// Also gives the kernel's receive buffer a usual size, or the reading would crawl.
    void resumeReading();
    /// Closing handshake with 1000; `closed` comes when the server agrees, or after a second.
    void close();

Q_SIGNALS:
    void opened();
    void received(const QByteArray &text);
    /// The kernel took some of what waited.
    void written();
    /// Once, also when opening failed; nothing follows. `reason` is for people.
    void closed(const QString &reason);

private:
    enum class State { Idle, Connecting, Handshake, Open, Closing, Closed };

    void onResolved(const QHostInfo &info);
    /// Tries the next address of the host.
    void connectToNext();
    void startConnect(const QString &address);
    void onConnected();
    void onReadyRead();
    void onBytesWritten();
    void onSocketError();
    void countSent();
    void readHandshakeAnswer();
    void readFrames();
    void handle(const WebSocketFrame &frame);
    void sendFrame(WebSocketOpcode opcode, const QByteArray &payload);
    void finish(const QString &reason);

    Options m_options;
    std::unique_ptr<QTcpSocket> m_socket;
    QTimer m_closeTimer;
    QList<QHostAddress> m_addresses; ///< Not tried yet.
    State m_state = State::Idle;
    bool m_readingPaused = false;
    bool m_hasProtocolError = false;
    QByteArray m_key;
    QByteArray m_handshake;
    WebSocketFrameParser m_parser;
    qint64 m_bytesQueued = 0;
    std::deque<qint64> m_messageEnds; ///< Of m_bytesQueued, per message that is not sent whole.
    qint64 m_messagesSent = 0;
};

} // namespace lowtide
