#pragma once

#include "base/clock.h"
#include "demo/faultgate.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <deque>

class QWebSocket;

namespace lowtide {

/// What all connections of a dashboard have seen. in = out + dropped + abandoned + queued now,
/// where `in` counts what clients sent and the updates that were meant for them.
struct DashboardTally {
    quint64 messagesIn = 0; ///< Received from clients, subscriptions not counted.
    quint64 updatesIn = 0; ///< Updates due to subscribers, and answers to subscriptions.
    quint64 messagesOut = 0; ///< Handed to the socket.
    quint64 dropped = 0; ///< Found the queue full.
    quint64 abandoned = 0; ///< Still queued when their client left.
};

/// One WebSocket of the dashboard: echoes what comes, through a bounded queue that passes messages
/// on only while the socket has little unsent. A child of the service, in its thread; deletes
/// itself, and the socket (the server's child), when the client has left.
class DashboardClient : public QObject {
    Q_OBJECT

public:
    static constexpr std::size_t queueLimit = 50;
    static constexpr qint64 unsentBytes = 16384;

    /// The gate and the tally are the service's and outlive the client.
    DashboardClient(QWebSocket *socket, FaultGate &gate, DashboardTally &tally, QObject *parent);
    ~DashboardClient() override;

    /// Queues an update, if this client has subscribed.
    void update(const QByteArray &text);
    [[nodiscard]] bool isSubscribed() const { return m_isSubscribed; }
    [[nodiscard]] std::size_t queued() const { return m_queue.size(); }

private:
    struct Message {
        QByteArray payload;
        bool isText = true;
        SteadyTime due; ///< Not earlier: planted latency.
    };

    void onText(const QString &text);
    void onBinary(const QByteArray &payload);
    void queue(const QByteArray &payload, bool isText);
    void drain();
    [[nodiscard]] bool hasRoomFor(qsizetype bytes);

    QPointer<QWebSocket> m_socket;
    FaultGate &m_gate;
    DashboardTally &m_tally;
    std::deque<Message> m_queue;
    QTimer m_dueTimer;
    bool m_isSubscribed = false;
    bool m_isDraining = false;
};

} // namespace lowtide
