#pragma once

#include "base/error.h"
#include "base/result.h"

#include <QJsonObject>

namespace lowtide {

/// How a demo service shall misbehave. All zero: it behaves.
struct FaultSettings {
    double latencyMs = 0.0;
    double errorPercent = 0.0;
    qint64 errorStatus = 500;
    double stallSeconds = 0.0; ///< No answer for so long, from the moment it is set.
    double stallAfterSeconds = 0.0; ///< Delays the begin of the stall that is set with it.
    double leakMbPerMinute = 0.0;
    double cpuMsPerRequest = 0.0;
    qint64 crashAfter = 0; ///< So many requests are served, the next one kills. 0: never.
    bool refuse = false; ///< The port is closed, and every connection.
    double refuseSeconds = 0.0; ///< Ends the refusal; 0: it lasts.
    double slowRecoverySeconds =
        0.0; ///< After a stall or refusal, latency falls from 1 s to normal.
    double workingSetMb = 0.0;
    bool faultHealth = false; ///< /health suffers from latency, errors and CPU time too.

    [[nodiscard]] QJsonObject toJson() const;
    /// These settings with the keys of `changes` replaced; or every problem, `where` naming the
    /// key.
    [[nodiscard]] Result<FaultSettings, Errors> with(const QJsonObject &changes) const;
    /// `{key: value}` from "key=value" as a flag gives it. It is not checked here.
    [[nodiscard]] static Result<QJsonObject> change(const QString &keyAndValue);
    friend bool operator==(const FaultSettings &, const FaultSettings &) = default;
};

} // namespace lowtide
