#pragma once

#include "model/outcome.h"
#include "stats/latencyhistogram.h"

#include <QMap>
#include <QString>

#include <optional>
#include <vector>

namespace lowtide {

/// What a load measured in one interval (about a second), handed from the worker to the main thread
/// by value. Counts are totals since the load's start; histograms are deltas of this interval.
struct LoadInterval {
    Nanoseconds length{};
    OperationCounts counts;
    qint64 waiting = 0; ///< Of those in flight: due, not sent yet.
    QMap<QString, qint64> failedByKind; ///< Totals by failureKindId.
    QMap<QString, qint64> failedByStatus; ///< Totals by status code as text.
    LatencyHistogram responseTime; ///< Ended ok, failed or timed out; end minus due.
    LatencyHistogram serviceTime; ///< The same operations; end minus send.
    LatencyHistogram lateness; ///< Send minus due, of those with a free user when due.
    std::vector<LatencyHistogram> responseTimeByRequest; ///< Index as the load's requests.
    std::optional<Nanoseconds> firstOk; ///< End of the first ok operation since the load's start.
    QMap<QString, qint64> counters; ///< Client's own, for example WebSocket connections.
};

} // namespace lowtide
