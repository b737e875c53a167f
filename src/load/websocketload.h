#pragma once

#include "load/httpload.h"
#include "load/loadinterval.h"

#include <QObject>
#include <QUrl>

namespace lowtide {

/// What a WebSocket load does. Immutable after the start.
struct WebSocketLoadPlan {
    QUrl url; ///< ws or wss.
    int connections = 2;
    int messageSizeBytes = 512;
    Rate messageRate = Rate::perSecond(5); ///< Over all connections, open model.
    int queueBound = 1000;
    Nanoseconds messageTimeout = std::chrono::seconds(10);
    Nanoseconds pingInterval = std::chrono::seconds(5);
    Nanoseconds duration{};
    QByteArray userAgent;
    bool overflow = false; ///< After `duration`: burst, then slow reader.
    int burstMessages = 200;
    Nanoseconds slowReadPause = std::chrono::seconds(3);
};

/// WebSocket connections that are opened once and kept, in a worker thread of their own. Each
/// message carries an id and comes back as an echo; the round trip counts from its due time.
/// Reconnects (with back-off) after a loss. A message that no connection took within messageTimeout
/// of its due time has timed out. Counters in LoadInterval::counters (totals unless "_open" or
/// "_max_"): connections_open, connections_opened, connects_failed (and connects_failed_KIND),
/// disconnects, reconnects, pings_sent, pongs_received, ping_max_us, ping_total_us, messages_sent,
/// messages_received, messages_lost (timed out on a connection that lived), messages_late (of the
/// lost ones, echoes that came after all), messages_unsent (timed out before any connection took
/// them), messages_other (not ours), duplicates; of the overflow part burst_sent, burst_received,
/// burst_closed (the server ended it), slow_sent, slow_received, slow_closed, and at its end
/// overflow_unfinished (parts of the two that did not open, were closed by the server or cut short)
/// and, only if that is 0, overflow_lost.
class WebSocketLoad : public QObject {
    Q_OBJECT

public:
    explicit WebSocketLoad(WebSocketLoadPlan plan, QObject *parent = nullptr);
    ~WebSocketLoad() override;

    void start();
    void stop(StopMode mode, Nanoseconds drainTime = std::chrono::seconds(5));
    void pause();
    void resume();
    void setRate(Rate rate);

Q_SIGNALS:
    void measured(const lowtide::LoadInterval &interval);
    void finished();

private:
    class Private;
    std::unique_ptr<Private> m_d;
};

} // namespace lowtide
