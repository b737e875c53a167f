#pragma once

#include "load/operation.h"

#include <QHash>

#include <deque>
#include <optional>
#include <set>
#include <vector>

namespace lowtide {

/// One message that was sent and has no echo yet.
struct OpenMessage {
    Operation operation;
    SteadyTime sent{};
};

/// What an incoming id means on the connection it came by.
enum class EchoKind {
    Expected,
    Late, ///< Its message had timed out.
    Duplicate, ///< Its message has had its echo.
    Foreign, ///< Not a message of this connection.
};

/// Which messages wait for their echo on which connection, and until when. Ids are unique in a
/// load, and tell their connection: id = number on the connection * connections + connection. Pure,
/// no I/O.
class WebSocketExchange {
public:
    WebSocketExchange(int connections, Nanoseconds timeout);

    [[nodiscard]] quint64 nextId(int connection) const;
    /// Notes the message of nextId(connection) as sent. Send times never go back.
    void sent(int connection, const OpenMessage &message);
    /// Removes and gives the message that this echo ends; `message` is set for EchoKind::Expected
    /// alone.
    struct Echo {
        EchoKind kind = EchoKind::Foreign;
        std::optional<OpenMessage> message;
    };
    [[nodiscard]] Echo take(int connection, quint64 id);
    /// Removes and gives one message that got no echo in time; none when there is none.
    [[nodiscard]] std::optional<OpenMessage> takeTimedOut(SteadyTime now);
    /// Removes and gives all open messages of a connection that is lost, in the order they were
    /// sent; echoes of older messages are foreign on its successor.
    [[nodiscard]] std::vector<OpenMessage> takeAll(int connection);

    [[nodiscard]] qint64 openCount() const { return m_openCount; }
    /// When the next message may time out; `SteadyTime::max()` when none is open.
    [[nodiscard]] SteadyTime nextTimeout() const;

private:
    struct Line {
        quint64 next = 0;
        quint64 first = 0; ///< Of the current connection: earlier numbers went by its predecessors.
        QHash<quint64, OpenMessage> open;
        std::set<quint64> timedOut; ///< Not more than maxRemembered, the latest.
    };
    struct Limit {
        SteadyTime at;
        quint64 id = 0;
    };

    [[nodiscard]] Line &line(int connection);
    [[nodiscard]] quint64 numberOf(quint64 id) const { return id / m_lines.size(); }
    void dropClosedLimits();

    Nanoseconds m_timeout;
    std::vector<Line> m_lines;
    std::deque<Limit>
        m_limits; ///< In order of time; ended messages stay until they reach the front.
    qint64 m_openCount = 0;
};

} // namespace lowtide
