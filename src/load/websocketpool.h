#pragma once

#include "load/deadlinesource.h"
#include "load/websocketconnection.h"

#include <QMap>
#include <QObject>
#include <QRandomGenerator>
#include <QUrl>

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace lowtide {

/// Keeps a number of WebSocket connections open: opens them a hundred at a time, pings them, and
/// replaces lost ones after a pause that doubles with each failure. Lives in the load worker's
/// thread; the worker calls onDeadline(). Slots of its signals may send, but not close or destroy
/// it.
class WebSocketPool : public QObject {
    Q_OBJECT

public:
    struct Options {
        QUrl url;
        QByteArray userAgent;
        int connections = 1;
        Nanoseconds pingInterval = std::chrono::seconds(5); ///< Zero: no pings.
    };

    explicit WebSocketPool(Options options, QObject *parent = nullptr);

    void open(SteadyTime now);
    /// Index of the next connection in turn that takes a message.
    [[nodiscard]] std::optional<int> takeSendable();
    void send(int index, const QString &text);
    /// Ends all connections with the closing handshake; `closed` follows, after a second at most.
    void close(SteadyTime now);

    [[nodiscard]] SteadyTime nextDeadline() const noexcept;
    void onDeadline(SteadyTime now);
    /// connections_open, connects_failed and the like; see WebSocketLoad.
    [[nodiscard]] QMap<QString, qint64> counters() const;

Q_SIGNALS:
    void opened(int index);
    /// An open connection ended, though nobody had asked for it.
    void lost(int index, lowtide::FailureKind kind);
    void received(int index, const QString &text);
    /// All are closed; once.
    void closed();

private:
    /// The place of one connection. `attempt` tells the successive connections of a slot apart.
    struct Slot {
        WebSocketConnection *connection = nullptr; ///< Child of the pool; null between attempts.
        quint64 attempt = 0;
        std::optional<SteadyTime> openedAt; ///< Of the current attempt.
        Nanoseconds backOff{};
        bool hasEverOpened = false;
        bool hasReceived = false; ///< Since this attempt opened.
    };
    struct Appointment {
        SteadyTime at;
        int index = 0;
        quint64 attempt = 0;
    };

    [[nodiscard]] Slot &slot(int index) { return m_slots[static_cast<std::size_t>(index)]; }
    [[nodiscard]] bool isCurrent(const Appointment &appointment) const;
    void startAttempt(int index, SteadyTime now);
    void onOpened(int index);
    void onEnded(int index, FailureKind kind);
    void onPonged(Nanoseconds roundTrip);
    void discard(int index);
    void scheduleRetry(int index, SteadyTime now);
    void endSlowConnects(SteadyTime now);
    void startDueAttempts(SteadyTime now);
    void sendDuePings(SteadyTime now);
    void finishClosing();

    Options m_options;
    std::vector<Slot> m_slots;
    std::multimap<SteadyTime, int> m_retries;
    std::deque<Appointment> m_connectLimits; ///< In order of time, as the next one.
    std::deque<Appointment> m_pings;
    QRandomGenerator m_random;
    std::size_t m_nextInTurn = 0;
    int m_opening = 0;
    int m_open = 0;
    bool m_isClosing = false;
    SteadyTime m_closeLimit = noDeadline;
    qint64 m_opened = 0;
    qint64 m_disconnects = 0;
    qint64 m_reconnects = 0;
    std::array<qint64, failureKindCount> m_connectsFailed{};
    qint64 m_pingsSent = 0;
    qint64 m_pongsReceived = 0;
    Nanoseconds m_pingMax{};
    Nanoseconds m_pingTotal{};
};

} // namespace lowtide
