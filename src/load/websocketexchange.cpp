#include "load/websocketexchange.h"

#include <algorithm>

namespace lowtide {

namespace {
/// A server that never answers must not fill our memory with the ids of what it did not answer.
constexpr std::size_t maxRemembered = 10'000;
} // namespace

WebSocketExchange::WebSocketExchange(int connections, Nanoseconds timeout)
    : m_timeout(timeout)
    , m_lines(static_cast<std::size_t>(connections))
{
}

WebSocketExchange::Line &WebSocketExchange::line(int connection)
{
    return m_lines[static_cast<std::size_t>(connection)];
}

quint64 WebSocketExchange::nextId(int connection) const
{
    const auto index = static_cast<std::size_t>(connection);
    return m_lines[index].next * m_lines.size() + index;
}

void WebSocketExchange::sent(int connection, const OpenMessage &message)
{
    m_limits.push_back({message.sent + m_timeout, nextId(connection)});
    Line &own = line(connection);
    own.open.insert(own.next, message);
    ++own.next;
    ++m_openCount;
}

WebSocketExchange::Echo WebSocketExchange::take(int connection, quint64 id)
{
    Line &own = line(connection);
    const quint64 number = numberOf(id);
    if (id % m_lines.size() != static_cast<std::size_t>(connection) || number >= own.next
        || number < own.first)
        return {};
    const auto found = own.open.constFind(number);
    if (found == own.open.cend())
        return {own.timedOut.erase(number) > 0 ? EchoKind::Late : EchoKind::Duplicate, {}};
    Echo echo{EchoKind::Expected, *found};
    own.open.erase(found);
    --m_openCount;
    dropClosedLimits();
    return echo;
}

std::optional<OpenMessage> WebSocketExchange::takeTimedOut(SteadyTime now)
{
    dropClosedLimits();
    if (m_limits.empty() || m_limits.front().at > now)
        return std::nullopt;
    const quint64 id = m_limits.front().id;
    m_limits.pop_front();
    Line &own = m_lines[id % m_lines.size()];
    const OpenMessage message = own.open.take(numberOf(id));
    --m_openCount;
    own.timedOut.insert(numberOf(id));
    if (own.timedOut.size() > maxRemembered)
        own.timedOut.erase(own.timedOut.begin());
    dropClosedLimits();
    return message;
}

std::vector<OpenMessage> WebSocketExchange::takeAll(int connection)
{
    Line &own = line(connection);
    std::vector<OpenMessage> messages(own.open.cbegin(), own.open.cend());
    std::sort(messages.begin(), messages.end(), [](const OpenMessage &a, const OpenMessage &b) {
        return a.operation.id < b.operation.id;
    });
    m_openCount -= own.open.size();
    own.open.clear();
    own.timedOut.clear();
    own.first = own.next;
    dropClosedLimits();
    return messages;
}

SteadyTime WebSocketExchange::nextTimeout() const
{
    return m_limits.empty() ? SteadyTime::max() : m_limits.front().at;
}

void WebSocketExchange::dropClosedLimits()
{
    while (!m_limits.empty()) {
        const quint64 id = m_limits.front().id;
        if (m_lines[id % m_lines.size()].open.contains(numberOf(id)))
            return;
        m_limits.pop_front();
    }
}

} // namespace lowtide
