#pragma once

#include <QList>
#include <QMap>
#include <QString>

#include <array>
#include <cstdint>
#include <optional>

namespace lowtide {

/// The one end that every operation has.
enum class Outcome : std::uint8_t {
    Ok,
    Failed, ///< Answered wrongly or not at all; see FailureKind.
    TimedOut, ///< No complete answer within the request's time limit.
    Dropped, ///< Due, but the queue of waiting operations was full: never sent.
    Cancelled, ///< Ended by us: the run stopped before it was sent or answered.
};

/// Why an operation failed. The ids (failureKindId) stand in events and reports.
enum class FailureKind : std::uint8_t {
    Dns, ///< The host name could not be resolved.
    Refused, ///< Nothing listens on the port.
    Reset, ///< The peer closed or reset the connection before the answer was complete.
    Tls, ///< Handshake or certificate.
    Status, ///< An HTTP status (or WebSocket close code) other than the expected ones.
    Body, ///< The expected status with a body that misses its expectation.
    Protocol, ///< The answer does not follow HTTP or WebSocket.
    Lost, ///< WebSocket: a message whose echo never came although the connection lived.
    Other, ///< Anything else, for example no file descriptor left on our side.
};
inline constexpr std::size_t failureKindCount = 9;

/// "dns", "refused", "reset", "tls", "status", "body", "protocol", "lost", "other".
[[nodiscard]] QString failureKindId(FailureKind kind);
[[nodiscard]] std::optional<FailureKind> failureKindFromId(const QString &id);

/// Where every planned operation went, counted since the start of its scenario.
/// planned = ok + failed + timedOut + dropped + cancelled + inFlight holds at every moment.
struct OperationCounts {
    qint64 planned = 0; ///< Due so far by the schedule (closed model: started).
    qint64 sent = 0; ///< Handed to the network so far.
    qint64 ok = 0;
    qint64 failed = 0; ///< Without the timed out ones.
    qint64 timedOut = 0;
    qint64 dropped = 0;
    qint64 cancelled = 0;
    qint64 inFlight = 0; ///< Due and without an end: waiting for a free user, or sent.

    [[nodiscard]] bool addUp() const
    {
        return planned == ok + failed + timedOut + dropped + cancelled + inFlight;
    }
    /// Operations that ended with an answer or the lack of one: ok + failed + timedOut.
    [[nodiscard]] qint64 completed() const { return ok + failed + timedOut; }
    /// The report's `operations_failed`: failed, timed out and dropped.
    [[nodiscard]] qint64 notOk() const { return failed + timedOut + dropped; }
    friend bool operator==(const OperationCounts &, const OperationCounts &) = default;
};

} // namespace lowtide
