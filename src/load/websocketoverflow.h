#pragma once

#include "base/clock.h"
#include "load/rawwebsocketclient.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <vector>

namespace lowtide {

/// How one part of the overflow test goes: burst (no sendTime, no readPause) or slow reader.
struct WebSocketOverflowPlan {
    RawWebSocketClient::Options connection;
    int messages = 200;
    int messageSizeBytes = 512;
    Nanoseconds sendTime{}; ///< The messages are spread evenly over it; zero sends all at once.
    Nanoseconds readPause{}; ///< Nothing is read while sending and for so long after it; zero:
                             ///< always read.
    Nanoseconds silence = std::chrono::seconds(2); ///< When nothing moved for so long, the server
                                                   ///< is asked whether it has done with them.
    Nanoseconds limit = std::chrono::seconds(10); ///< From the start to the end, at most.
};

/// What became of the messages.
struct WebSocketOverflowResult {
    bool hasOpened = false;
    bool closedByPeer = false; ///< The server ended the connection before all echoes were there.
    bool cutShort = false; ///< We ended it before it was known that the server had done with all.
    qint64 sent = 0; ///< Taken whole by the kernel.
    qint64 received = 0; ///< Of those, echoes that came; each counted once.
    /// Only then lost() says what the server lost.
    [[nodiscard]] bool isWhole() const { return hasOpened && !closedByPeer && !cutShort; }
    [[nodiscard]] qint64 lost() const { return sent - received; }
    friend bool operator==(const WebSocketOverflowResult &,
                           const WebSocketOverflowResult &) = default;
};

/// Overfills the server's send queue on a connection of its own, and counts the echoes that come
/// back. Servers work in order: when nothing comes any more, a probe (one more message to echo) is
/// sent after the others, and only its echo says that those without one are lost and not just slow.
/// A WebSocket ping would not do: many servers answer it past the queue. Lives in the load worker's
/// thread.
class WebSocketOverflow : public QObject {
    Q_OBJECT

public:
    explicit WebSocketOverflow(const WebSocketOverflowPlan &plan, QObject *parent = nullptr);

    void start();
    /// Ends it where it is: the closing handshake, then `finished`.
    void stop();
    [[nodiscard]] WebSocketOverflowResult result() const;

Q_SIGNALS:
    /// Once; the result does not change any more.
    void finished();

private:
    [[nodiscard]] bool isSlowReader() const { return m_plan.readPause.count() > 0; }
    [[nodiscard]] bool isComplete() const;
    void onOpened();
    void sendDue();
    void onWritten();
    void startReading();
    void onReceived(const QByteArray &text);
    void onSilence();
    /// Probes always come after all messages.
    [[nodiscard]] bool isProbe(quint64 id) const;
    void send(int id);
    void onLimit();
    void onClosed();
    void closeConnection();

    WebSocketOverflowPlan m_plan;
    RawWebSocketClient m_client;
    QTimer m_sendTimer;
    QTimer m_pauseTimer;
    QTimer m_silenceTimer;
    QTimer m_limitTimer;
    SteadyTime m_sendStart{};
    int m_queued = 0;
    int m_probes = 0; ///< Sent. Their ids follow those of the messages.
    std::vector<bool> m_isEchoed; ///< By message.
    qint64 m_received = 0;
    bool m_hasOpened = false;
    bool m_closedByPeer = false;
    bool m_cutShort = false;
    bool m_isClosing = false;
};

} // namespace lowtide
