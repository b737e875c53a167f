#pragma once

#include "model/objective.h"
#include "model/outcome.h"
#include "model/profile.h"

#include <QByteArray>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>

#include <optional>
#include <variant>

namespace lowtide {

/// Percentiles of one series over one span, in milliseconds. `count` 0 means no sample: the rest is
/// absent.
struct LatencyFigures {
    qint64 count = 0;
    std::optional<double> p50Ms, p90Ms, p95Ms, p99Ms, maxMs, meanMs;
    friend bool operator==(const LatencyFigures &, const LatencyFigures &) = default;
};

/// What a run was started with. First event of every journal.
struct RunStartedEvent {
    QString mode = QStringLiteral("run"); ///< "run", "fit", "monitor".
    QString runId; ///< "YYYYMMDD_HHMMSS" plus "_N" where taken.
    QString wallClock; ///< ISO 8601 UTC with "Z": the only wall clock of a journal.
    QString version; ///< Of lowtide.
    QString qtVersion, kernel, machine; ///< machine: "2 CPUs, 24105 MB".
    qint64 pid = 0;
    QString controlSocket; ///< Path of the local socket; empty where there is none.
    QString suite, description, environment;
    QList<EffectiveValue> settings; ///< Redacted.
    QList<Objective> objectives;
    QList<QString> warnings;
    struct Service {
        QString name, url, websocketUrl, container;
        std::optional<qint64> memoryLimitBytes;
        std::optional<double> cpuLimitCores;
        QString limits; ///< "applied", "not_applied", "none".
        QString limitsNote; ///< Why not applied, for people.
        bool startedByRun = false;
        friend bool operator==(const Service &, const Service &) = default;
    };
    QList<Service> services;
    struct Scenario {
        QString name, type, description, service;
        double plannedSeconds = 0.0; ///< 0: as long as it needs (recovery).
        QString loadModel; ///< "open", "closed", or empty.
        int users = 0, queueBound = 0; ///< 0 where they do not apply.
        friend bool operator==(const Scenario &, const Scenario &) = default;
    };
    QList<Scenario> scenarios; ///< Enabled ones, in order.
    double plannedSeconds = 0.0; ///< Whole run, as printed before the start.
    double cpuWarningPercent = 80.0; ///< cpu_limit_percent
    double snapshotSeconds = 5.0; ///< resource_check_interval
    bool detailedMetrics = true, resourceSnapshots = true;
    friend bool operator==(const RunStartedEvent &, const RunStartedEvent &) = default;
};

/// A span of the run begins or ends.
struct PhaseEvent {
    QString phase; ///< "prepare", "baseline", "stress", "recovery", "finish".
    QString scenario; ///< Empty for phases of the whole run.
    bool begins = true;
    double plannedSeconds = 0.0;
    friend bool operator==(const PhaseEvent &, const PhaseEvent &) = default;
};

/// One repetition of a scenario (stress_test_cycles) begins or ends.
struct CycleEvent {
    QString scenario;
    int index = 1, of = 1;
    bool begins = true;
    friend bool operator==(const CycleEvent &, const CycleEvent &) = default;
};

/// One second of one scenario's load. Counts are totals since the scenario's start, so that a lost
/// line loses no count; percentiles are of this interval alone.
struct IntervalEvent {
    QString scenario;
    QString phase; ///< As in PhaseEvent.
    double intervalSeconds = 1.0;
    OperationCounts counts;
    qint64 waiting = 0; ///< Of those in flight: due, not sent yet.
    QMap<QString, qint64> failedByKind; ///< failureKindId -> total.
    QMap<QString, qint64> failedByStatus; ///< "500" -> total.
    LatencyFigures responseTime; ///< From the due time (corrected).
    LatencyFigures serviceTime; ///< From the send.
    QMap<QString, qint64> counters; ///< Kind's own totals or states, e.g. "connections_open".
    friend bool operator==(const IntervalEvent &, const IntervalEvent &) = default;
};

/// The exact delta of a histogram since the last such line of the same scenario, request and
/// series.
struct HistogramEvent {
    QString scenario;
    QString phase;
    QString request; ///< Empty: all requests together (once a second); a name: every 10 s.
    QString series; ///< "response_time", "service_time".
    double intervalSeconds = 1.0;
    QByteArray data; ///< LatencyHistogram::toBase64().
    friend bool operator==(const HistogramEvent &, const HistogramEvent &) = default;
};

/// One second of one container. Absent: not measured. `sources` says where each value came from.
struct ContainerEvent {
    QString container, id, service;
    QString state; ///< "running", "exited", "paused", "missing", ...
    std::optional<QString> health;
    std::optional<double> cpuPercent; ///< 100 is one core.
    std::optional<double> cpuLimitCores;
    std::optional<qint64> memoryBytes, memoryLimitBytes, anonymousBytes, fileBytes;
    std::optional<qint64> throttledPeriods, periods, throttledUs; ///< Totals.
    std::optional<qint64> majorFaults, oomKills, restarts, pids; ///< Totals; pids now.
    std::optional<qint64> networkReceivedBytes, networkSentBytes, diskReadBytes, diskWrittenBytes;
    std::optional<double> cpuPressureUs, memoryPressureUs, ioPressureUs; ///< PSI "some" totals.
    QMap<QString, QString> sources;
    friend bool operator==(const ContainerEvent &, const ContainerEvent &) = default;
};

/// One second of one process tree: a target's ("service") with its cgroup where it has one of ours.
struct ProcessEvent {
    QString service;
    qint64 pid = 0;
    bool alive = true;
    std::optional<qint64> memoryBytes; ///< RSS, summed over the tree. Ballast is not in it.
    std::optional<qint64> peakMemoryBytes; ///< VmHWM of the main process.
    std::optional<double> cpuPercent; ///< 100 is one core.
    std::optional<qint64> diskReadBytes, diskWrittenBytes; ///< Totals.
    std::optional<qint64> networkReceivedBytes,
        networkSentBytes; ///< Totals, where the kernel tells.
    std::optional<qint64> cgroupMemoryBytes, memoryLimitBytes; ///< With ballast.
    std::optional<qint64> ballastBytes; ///< Ours, in that cgroup or (no cgroup) on the host.
    std::optional<double> cpuLimitCores;
    std::optional<qint64> throttledPeriods, periods, throttledUs, oomKills; ///< Totals.
    friend bool operator==(const ProcessEvent &, const ProcessEvent &) = default;
};

/// Our own state, once a second.
struct GeneratorEvent {
    double cpuPercent = 0.0; ///< 100 is one core.
    qint64 memoryBytes = 0;
    qint64 peakMemoryBytes = 0;
    LatencyFigures lateness; ///< Send minus due, of operations that had a free user when due.
    qint64 descriptors = 0;
    friend bool operator==(const GeneratorEvent &, const GeneratorEvent &) = default;
};

/// One health probe. Never counted as load.
struct ProbeEvent {
    QString service;
    QString check; ///< "http" or "websocket".
    bool healthy = false;
    double responseMs = 0.0; ///< Until the answer or the failure.
    QString detail; ///< "200", "refused", "timeout", ...
    int failuresInARow = 0;
    friend bool operator==(const ProbeEvent &, const ProbeEvent &) = default;
};

/// Something happened to a container or a watched process.
struct ContainerEventEvent {
    QString container, service;
    QString what; ///< "oom", "die", "start", "restart", "health_status", "vanished".
    QString detail;
    friend bool operator==(const ContainerEventEvent &, const ContainerEventEvent &) = default;
};

/// A line of a container's or service's log.
struct ContainerLogEvent {
    QString container, stream, text;
    friend bool operator==(const ContainerLogEvent &, const ContainerLogEvent &) = default;
};

/// A limit was changed by us.
struct LimitEvent {
    QString target; ///< Service or container.
    QString what; ///< "memory", "cpu".
    std::optional<double> before, after; ///< Bytes or cores; absent: unlimited.
    QString why;
    friend bool operator==(const LimitEvent &, const LimitEvent &) = default;
};

/// A failure condition was met (raised) or is over (cleared).
struct AlertEvent {
    QString id, scope;
    bool raised = true;
    double measured = 0.0, limit = 0.0;
    QString unit, text;
    friend bool operator==(const AlertEvent &, const AlertEvent &) = default;
};

/// Something we did: ballast grown or released, rate changed, pause, stop, a service started or
/// ended.
struct ActionEvent {
    QString id; ///< "ballast", "rate", "pause", "resume", "stop", "service_started", ...
    QString scope;
    QString detail; ///< For people.
    std::optional<double> value;
    friend bool operator==(const ActionEvent &, const ActionEvent &) = default;
};

/// A line of our own log.
struct LogEvent {
    QString level; ///< "debug", "info", "warning", "error".
    QString category, text;
    friend bool operator==(const LogEvent &, const LogEvent &) = default;
};

/// A sink lost samples (it was too slow). Counts are totals, so only pictures are missing.
struct GapEvent {
    qint64 lostEvents = 0;
    double fromSeconds = 0.0, toSeconds = 0.0;
    friend bool operator==(const GapEvent &, const GapEvent &) = default;
};

/// One probe of a search for limits (`fit`) or rates (`capacity`).
struct SearchEvent {
    QString target, what; ///< "memory", "cpu", "rate".
    double tried = 0.0;
    QString unit;
    std::optional<Verdict> verdict; ///< Absent: the probe begins.
    std::optional<double> smallestPassed, largestFailed;
    friend bool operator==(const SearchEvent &, const SearchEvent &) = default;
};

/// A scenario ended.
struct ScenarioFinishedEvent {
    QString scenario;
    QString end; ///< "completed", "stopped", "aborted", "not_run".
    QString note; ///< For people, e.g. why pressure was cut.
    OperationCounts counts;
    QMap<QString, double> metrics; ///< Kind's own results: the report's additional_metrics.
    QMap<QString, QString> remarks; ///< Likewise in words, e.g. "pressure_mode": "host".
    friend bool operator==(const ScenarioFinishedEvent &, const ScenarioFinishedEvent &) = default;
};

/// Last event of a journal that ended in order.
struct RunFinishedEvent {
    QString end; ///< "completed", "interrupted", "failed".
    QString note;
    friend bool operator==(const RunFinishedEvent &, const RunFinishedEvent &) = default;
};

using RunEventPayload =
    std::variant<RunStartedEvent, PhaseEvent, CycleEvent, IntervalEvent, HistogramEvent,
                 ContainerEvent, ProcessEvent, GeneratorEvent, ProbeEvent, ContainerEventEvent,
                 ContainerLogEvent, LimitEvent, AlertEvent, ActionEvent, LogEvent, GapEvent,
                 SearchEvent, ScenarioFinishedEvent, RunFinishedEvent>;

/// One line of a journal. `seconds` since the run's start on the steady clock.
struct RunEvent {
    double seconds = 0.0;
    RunEventPayload payload;
    friend bool operator==(const RunEvent &, const RunEvent &) = default;
};

} // namespace lowtide
