#pragma once

#include "base/clock.h"
#include "base/units.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>
#include <utility>

namespace lowtide {

/// One part of a load shape: the arrival rate goes linearly from `from` to `to` within `duration`.
struct LoadStage {
    Rate from;
    Rate to;
    Nanoseconds duration{};
    friend bool operator==(const LoadStage &, const LoadStage &) = default;
};

/// Open model: operations arrive by a schedule, whatever the target does. Closed model: each user
/// sends, waits for the answer, thinks, and sends again; a slow target is asked less (named so in
/// the report).
enum class LoadModel { Open, Closed };

/// How operations arrive and how many may be in flight.
struct LoadShape {
    LoadModel model = LoadModel::Open;
    QList<LoadStage> stages; ///< Open model; a constant rate is one stage with from == to.
    int users = 3; ///< Upper bound of operations sent and not ended, 1 to 100,000.
    int queueBound = 1000; ///< Open model: due operations that may wait for a user; beyond
                           ///< it they are dropped and counted. 0 to 1,000,000.
    Nanoseconds thinkTime{}; ///< Closed model: pause of a user between two operations.
    std::optional<qint64> operations; ///< End after so many planned operations.
    Nanoseconds duration{}; ///< End after so long. Stages are repeated or cut to it by nobody:
                            ///< the last stage's end rate goes on.
    friend bool operator==(const LoadShape &, const LoadShape &) = default;
};

/// One HTTP request that a scenario sends, chosen by weight.
struct RequestSpec {
    QString name; ///< Stands in reports; "GET /path" where the profile has none.
    QByteArray method = "GET";
    QString path = QStringLiteral("/"); ///< Appended to the service's URL. May hold a query.
    QList<std::pair<QByteArray, QByteArray>> headers;
    QByteArray body;
    QList<int> expectedStatuses; ///< Empty: any of 200 to 299.
    QByteArray bodyContains; ///< Empty: no expectation.
    double weight = 1.0; ///< Share among the scenario's requests, > 0.
    Nanoseconds timeout = std::chrono::seconds(10); ///< From the send to the end of the body.
    friend bool operator==(const RequestSpec &, const RequestSpec &) = default;
};

} // namespace lowtide
