#pragma once

#include "model/servicereport.h"
#include "model/testreport.h"

#include <QStringList>

namespace lowtide {

/// Version of the JSON report, `schema_version`.
inline constexpr int reportSchemaVersion = 1;

/// How a journal ended and what of it could not be read.
struct JournalEnd {
    bool finished = false; ///< It has a run_finished.
    bool truncated = false; ///< Its last line was partial or damaged.
    bool stillRunning = false; ///< Set by callers: its run still goes on, and so will the journal.
    qint64 lines = 0, skippedLines = 0, unknownKinds = 0;
    double lastSeconds = 0.0; ///< Of the last event that could be read.
    QStringList notes; ///< For people: which lines were skipped, and why (the first few).
    friend bool operator==(const JournalEnd &, const JournalEnd &) = default;
};

/// Something that happened at a moment.
template <typename What> struct Timed {
    double seconds = 0.0;
    What what;
    friend bool operator==(const Timed &, const Timed &) = default;
};

/// A span of the run. Without end: the journal ends in it.
struct PhaseSpan {
    QString phase, scenario;
    double beginSeconds = 0.0;
    std::optional<double> endSeconds;
    friend bool operator==(const PhaseSpan &, const PhaseSpan &) = default;
};

/// A scenario's load before the stress.
struct BaselineReport {
    QString scenario;
    OperationCounts counts;
    LatencyFigures responseTime, serviceTime;
    friend bool operator==(const BaselineReport &, const BaselineReport &) = default;
};

/// What one service used in a row of the timeline or in a snapshot.
struct UsagePoint {
    std::optional<double> memoryMb, cpuPercent,
        ballastMb; ///< A longer row: highest, mean, highest.
    friend bool operator==(const UsagePoint &, const UsagePoint &) = default;
};

/// One row of the timeline. Counts are of this row alone. In rows longer than a second percentiles
/// are the highest of their seconds, since percentiles cannot be merged.
struct TimelineRow {
    double beginSeconds = 0.0, lengthSeconds = 1.0;
    QString scenario, phase;
    qint64 planned = 0, ok = 0, notOk = 0, inFlight = 0;
    std::optional<double> p50Ms, p95Ms, p99Ms, maxMs;
    QMap<QString, UsagePoint> services;
    std::optional<bool> healthy; ///< Absent: no probe in this row.
    friend bool operator==(const TimelineRow &, const TimelineRow &) = default;
};

/// Our own process over the run.
struct GeneratorReport {
    double avgCpuPercent = 0.0, peakCpuPercent = 0.0; ///< 100 is one core.
    double peakMemoryMb = 0.0;
    qint64 latenessCount = 0;
    std::optional<double> latenessP50Ms, latenessP99Ms,
        latenessMaxMs; ///< p50 and p99 of the worst second.
    friend bool operator==(const GeneratorReport &, const GeneratorReport &) = default;
};

/// A whole run, judged. A pure function of its journal.
struct RunReport {
    RunStartedEvent started;
    JournalEnd journal;
    QString end; ///< As in RunFinishedEvent; empty: recovered from a journal without it.
    QString endNote;
    double durationSeconds = 0.0;
    Verdict verdict = Verdict::NoData;
    int exitCode = 4;
    QList<TestReport> tests; ///< Enabled scenarios in their order.
    QList<ServiceReport> services;
    QList<ObjectiveResult> objectives;
    UsageFigures usage; ///< Memory over the whole run, CPU while scenarios ran.
    std::optional<MemoryGrowth> growth; ///< Of the sum over the stressed services.
    std::optional<GeneratorReport> generator;
    QList<BaselineReport> baseline;
    QMap<QString, ContainerStatus> initialContainers, finalContainers;
    QList<PhaseSpan> phases;
    QList<Timed<AlertEvent>> alerts;
    QList<Timed<ActionEvent>> actions;
    QList<Timed<LimitEvent>> limits;
    qint64 omittedEntries =
        0; ///< Of alerts, actions, limits and phases beyond the bound of each list.
    qint64 lostEvents = 0; ///< Of the journal: gaps told in it, and lines that were skipped.
    QList<TimelineRow> timeline;
    QList<Timed<QMap<QString, UsagePoint>>> snapshots;
    QStringList warnings, recommendations; ///< For people.

    [[nodiscard]] bool isInterrupted() const { return end == QStringLiteral("interrupted"); }
    [[nodiscard]] bool isRecovered() const { return end.isEmpty(); }
    [[nodiscard]] bool isCompleted() const { return end == QStringLiteral("completed"); }
    [[nodiscard]] qint64 successfulTests() const;
    /// The sum over all tests.
    [[nodiscard]] OperationCounts counts() const;
    /// Mean of the corrected response time over all tests' operations; absent without any.
    [[nodiscard]] std::optional<double> avgResponseMs() const;
    friend bool operator==(const RunReport &, const RunReport &) = default;
};

} // namespace lowtide
