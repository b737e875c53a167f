#include "load/websocketpool.h"

#include <algorithm>
#include <numeric>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace lowtide {

namespace {
constexpr int maxOpening = 100;
constexpr Nanoseconds connectTimeout = 10s;
constexpr Nanoseconds firstBackOff = 100ms;
constexpr Nanoseconds lastBackOff = 5s;
constexpr Nanoseconds closeTimeout = 1s;

qint64 wholeUs(Nanoseconds duration)
{
    return std::chrono::round<std::chrono::microseconds>(duration).count();
}
} // namespace

WebSocketPool::WebSocketPool(Options options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_slots(static_cast<std::size_t>(m_options.connections))
    , m_random(QRandomGenerator::securelySeeded())
{
}

void WebSocketPool::open(SteadyTime now)
{
    for (int index = 0; index < m_options.connections; ++index)
        m_retries.emplace(now, index);
    startDueAttempts(now);
}

std::optional<int> WebSocketPool::takeSendable()
{
    if (m_open == 0)
        return std::nullopt;
    for (std::size_t tried = 0; tried < m_slots.size(); ++tried) {
        const std::size_t index = m_nextInTurn;
        m_nextInTurn = (m_nextInTurn + 1) % m_slots.size();
        const WebSocketConnection *connection = m_slots[index].connection;
        if (connection && connection->isSendable())
            return static_cast<int>(index);
    }
    return std::nullopt;
}

void WebSocketPool::send(int index, const QString &text) { slot(index).connection->send(text); }

void WebSocketPool::startAttempt(int index, SteadyTime now)
{
    Slot &place = slot(index);
    ++place.attempt;
    ++m_opening;
    place.hasReceived = false;
    place.connection = new WebSocketConnection(this);
    connect(place.connection, &WebSocketConnection::opened, this,
            [this, index] { onOpened(index); });
    connect(place.connection, &WebSocketConnection::received, this,
            [this, index](const QString &text) {
                slot(index).hasReceived = true;
                Q_EMIT received(index, text);
            });
    connect(place.connection, &WebSocketConnection::ponged, this, &WebSocketPool::onPonged);
    connect(place.connection, &WebSocketConnection::ended, this,
            [this, index](FailureKind kind) { onEnded(index, kind); });
    m_connectLimits.push_back({now + connectTimeout, index, place.attempt});
    place.connection->open(m_options.url, m_options.userAgent);
}

void WebSocketPool::onOpened(int index)
{
    Slot &place = slot(index);
    --m_opening;
    ++m_open;
    ++m_opened;
    m_reconnects += place.hasEverOpened ? 1 : 0;
    place.hasEverOpened = true;
    const SteadyTime now = steadyNow();
    place.openedAt = now;
    if (m_options.pingInterval.count() > 0)
        m_pings.push_back({now + m_options.pingInterval, index, place.attempt});
    Q_EMIT opened(index);
}

void WebSocketPool::onEnded(int index, FailureKind kind)
{
    const SteadyTime now = steadyNow();
    Slot &place = slot(index);
    const bool wasOpen = place.openedAt.has_value();
    if (wasOpen && (place.hasReceived || now - *place.openedAt >= lastBackOff))
        place.backOff = {};
    discard(index);
    if (m_isClosing) {
        finishClosing();
        return;
    }
    if (wasOpen)
        ++m_disconnects;
    else
        ++m_connectsFailed.at(static_cast<std::size_t>(kind));
    scheduleRetry(index, now);
    if (wasOpen)
        Q_EMIT lost(index, kind);
}

/// Takes the connection out of its slot. It may be the sender of the signal that is being handled.
void WebSocketPool::discard(int index)
{
    Slot &place = slot(index);
    --(place.openedAt ? m_open : m_opening);
    place.connection->disconnect(this);
    place.connection->deleteLater();
    place.connection = nullptr;
    place.openedAt.reset();
}

void WebSocketPool::scheduleRetry(int index, SteadyTime now)
{
    Slot &place = slot(index);
    place.backOff = std::clamp(2 * place.backOff, firstBackOff, lastBackOff);
    // Up to half of it more, so that connections that were lost together don't come back together.
    const auto jitter =
        std::chrono::duration_cast<Nanoseconds>(place.backOff * (0.5 * m_random.generateDouble()));
    m_retries.emplace(now + place.backOff + jitter, index);
}

void WebSocketPool::onPonged(Nanoseconds roundTrip)
{
    ++m_pongsReceived;
    m_pingTotal += roundTrip;
    m_pingMax = std::max(m_pingMax, roundTrip);
}

bool WebSocketPool::isCurrent(const Appointment &appointment) const
{
    const Slot &place = m_slots[static_cast<std::size_t>(appointment.index)];
    return place.connection && place.attempt == appointment.attempt;
}

SteadyTime WebSocketPool::nextDeadline() const noexcept
{
    if (m_isClosing)
        return m_closeLimit;
    SteadyTime next = noDeadline;
    if (!m_retries.empty() && m_opening < maxOpening)
        next = std::min(next, m_retries.begin()->first);
    if (!m_connectLimits.empty())
        next = std::min(next, m_connectLimits.front().at);
    if (!m_pings.empty())
        next = std::min(next, m_pings.front().at);
    return next;
}

void WebSocketPool::onDeadline(SteadyTime now)
{
    if (m_isClosing) {
        if (now >= m_closeLimit) {
            for (int index = 0; index < m_options.connections; ++index) {
                if (slot(index).connection)
                    discard(index);
            }
            finishClosing();
        }
        return;
    }
    endSlowConnects(now);
    startDueAttempts(now);
    sendDuePings(now);
}

void WebSocketPool::endSlowConnects(SteadyTime now)
{
    while (!m_connectLimits.empty() && m_connectLimits.front().at <= now) {
        const Appointment limit = m_connectLimits.front();
        m_connectLimits.pop_front();
        if (isCurrent(limit) && !slot(limit.index).openedAt)
            onEnded(limit.index, FailureKind::Other);
    }
}

void WebSocketPool::startDueAttempts(SteadyTime now)
{
    while (!m_retries.empty() && m_opening < maxOpening && m_retries.begin()->first <= now) {
        const int index = m_retries.begin()->second;
        m_retries.erase(m_retries.begin());
        startAttempt(index, now);
    }
}

void WebSocketPool::sendDuePings(SteadyTime now)
{
    while (!m_pings.empty() && m_pings.front().at <= now) {
        const Appointment due = m_pings.front();
        m_pings.pop_front();
        if (!isCurrent(due))
            continue;
        ++m_pingsSent;
        m_pings.push_back({now + m_options.pingInterval, due.index, due.attempt});
        slot(due.index).connection->ping(now);
    }
}

void WebSocketPool::close(SteadyTime now)
{
    if (m_isClosing)
        return;
    m_isClosing = true;
    m_closeLimit = now + closeTimeout;
    m_retries.clear();
    for (int index = 0; index < m_options.connections; ++index) {
        if (slot(index).connection)
            slot(index).connection->close();
    }
    finishClosing();
}

void WebSocketPool::finishClosing()
{
    if (m_open > 0 || m_opening > 0 || m_closeLimit == noDeadline)
        return;
    m_closeLimit = noDeadline;
    Q_EMIT closed();
}

QMap<QString, qint64> WebSocketPool::counters() const
{
    QMap<QString, qint64> counters{
        {u"connections_open"_s, m_open},
        {u"connections_opened"_s, m_opened},
        {u"connects_failed"_s,
         std::accumulate(m_connectsFailed.begin(), m_connectsFailed.end(), qint64(0))},
        {u"disconnects"_s, m_disconnects},
        {u"reconnects"_s, m_reconnects},
        {u"pings_sent"_s, m_pingsSent},
        {u"pongs_received"_s, m_pongsReceived},
        {u"ping_max_us"_s, wholeUs(m_pingMax)},
        {u"ping_total_us"_s, wholeUs(m_pingTotal)},
    };
    for (std::size_t kind = 0; kind < failureKindCount; ++kind) {
        if (m_connectsFailed.at(kind) > 0)
            counters[u"connects_failed_"_s + failureKindId(static_cast<FailureKind>(kind))] =
                m_connectsFailed.at(kind);
    }
    return counters;
}

} // namespace lowtide
