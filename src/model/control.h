#pragma once

#include "base/result.h"

#include <QByteArray>

#include <optional>

namespace lowtide {

/// What a front end may ask of a running engine: one JSON object a line, numbered and answered.
///   {"id": 1, "command": "stop"}                 end gracefully, with a report
///   {"id": 2, "command": "stop_now"}             end at once
///   {"id": 3, "command": "pause"}  {"id": 4, "command": "resume"}
///   {"id": 5, "command": "rate", "per_second": 20}   arrival rate from now on
///   {"id": 6, "command": "status"}               answered only: is anybody there
///   {"id": 7, "command": "on_disconnect", "action": "stop"|"nothing"}   of this client
struct ControlCommand {
    enum class Kind { Stop, StopNow, Pause, Resume, SetRate, Status, OnDisconnect };
    std::optional<qint64> id;
    Kind kind = Kind::Status;
    double perSecond = 0.0; ///< SetRate; 0 to 1,000,000.
    bool stopOnDisconnect = false; ///< OnDisconnect.
    friend bool operator==(const ControlCommand &, const ControlCommand &) = default;
};

/// {"id": 1, "ok": true} or {"id": 1, "ok": false, "error": "..."}; `status` adds "state".
struct ControlAnswer {
    std::optional<qint64> id;
    bool isOk = true;
    QString error, state;
    friend bool operator==(const ControlAnswer &, const ControlAnswer &) = default;
};

[[nodiscard]] QByteArray encodeCommand(const ControlCommand &command);
/// Malformed JSON, an unknown command, a missing or out-of-range value: ErrorCode::BadInput.
[[nodiscard]] Result<ControlCommand> decodeCommand(const QByteArray &line);
[[nodiscard]] QByteArray encodeAnswer(const ControlAnswer &answer);
[[nodiscard]] Result<ControlAnswer> decodeAnswer(const QByteArray &line);

} // namespace lowtide
