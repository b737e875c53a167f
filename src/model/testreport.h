#pragma once

#include "model/objective.h"
#include "model/outcome.h"
#include "model/runevent.h"
#include "stats/latencyhistogram.h"

#include <QList>
#include <QMap>
#include <QString>

#include <optional>

namespace lowtide {

/// Percent of the operations that ended: (failed + timed out + dropped) / (planned - cancelled - in
/// flight). Absent when none has ended. (At the end of a run nothing is in flight.)
[[nodiscard]] std::optional<double> errorRatePercent(const OperationCounts &counts);

/// What the stressed services used, summed over them. Absent: not measured.
struct UsageFigures {
    std::optional<double> maxMemoryMb; ///< Highest sum at one moment, ballast taken out.
    std::optional<double> maxWithBallastMb; ///< Likewise with our ballast; absent without ballast.
    std::optional<double> avgCpuPercent, peakCpuPercent; ///< 100 is one core.
    QMap<QString, double> maxMemoryMbByService;
    friend bool operator==(const UsageFigures &, const UsageFigures &) = default;
};

/// Health probes of one span or service. Never counted as load.
struct HealthFigures {
    qint64 totalChecks = 0, healthyChecks = 0;
    std::optional<double> avgResponseMs; ///< Of the healthy ones.
    friend bool operator==(const HealthFigures &, const HealthFigures &) = default;
};

/// One repetition of a scenario.
struct CycleReport {
    int index = 1;
    double beginSeconds = 0.0, lengthSeconds = 0.0;
    OperationCounts counts;
    LatencyFigures responseTime;
    std::optional<double> memoryMb; ///< Sum over the stressed services at its end.
    friend bool operator==(const CycleReport &, const CycleReport &) = default;
};

/// One request name of a scenario.
struct RequestReport {
    QString name;
    LatencyFigures responseTime;
    friend bool operator==(const RequestReport &, const RequestReport &) = default;
};

/// Key of TestReport::remarks: the scenario ran but could not measure what it is for; its value
/// says why. Such a test never passes.
inline constexpr QLatin1StringView noDataRemark("no_data");

/// One enabled scenario, whether it ran or not: an entry of `test_results`.
struct TestReport {
    QString name, type, description, service;
    QString end; ///< As in ScenarioFinishedEvent, or "unfinished" (the journal ends in it).
    QString note;
    Verdict verdict = Verdict::NoData;
    bool success = false; ///< Completed, and each deciding objective of its own passed.
    double durationSeconds = 0.0, plannedSeconds = 0.0;
    QString loadModel; ///< "open", "closed", or empty.
    int users = 0, queueBound = 0; ///< 0 where they do not apply.
    OperationCounts counts; ///< Without those of the baseline.
    QMap<QString, qint64> failedByKind, failedByStatus;
    LatencyHistogram responseTime; ///< From the due time (corrected).
    LatencyHistogram serviceTime; ///< From the send.
    UsageFigures usage; ///< While it ran.
    HealthFigures health; ///< While it ran.
    QList<CycleReport> cycles;
    QList<RequestReport> requests;
    QMap<QString, double> metrics;
    QMap<QString, QString> remarks;
    friend bool operator==(const TestReport &, const TestReport &) = default;
};

} // namespace lowtide
