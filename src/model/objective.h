#pragma once

#include <QList>
#include <QString>

#include <optional>

namespace lowtide {

/// pass / fail / no data. No samples is never a pass.
enum class Verdict { Pass, Fail, NoData };
[[nodiscard]] QString verdictId(Verdict verdict); ///< "pass", "fail", "no_data".
[[nodiscard]] std::optional<Verdict> verdictFromId(const QString &id);

/// How a measured value is compared with the limit.
enum class Comparison { Below, AtMost, AtLeast }; ///< ids "<", "<=", ">="

/// One row of what a run must reach. Metrics (ids) and units:
///   response_time (ms, `percentile` 0-100, corrected), error_rate (percent of planned operations
///   that ended: (failed + timed out + dropped) / (planned - cancelled)), memory_growth (MB over
///   the run, ballast taken out), cpu_sustained (percent of the limit), memory_total (MB, highest
///   sum over the stressed services), memory (MB, peak of one service), cpu (percent of one core,
///   mean of one service), recovery_checks (percent passed), critical_failures (count: crash, OOM
///   kill, unhealthy at the end).
/// `scope` is a scenario's name, "service:NAME", or empty for the run.
struct Objective {
    QString id; ///< Unique in a run, for example "http_load.p95".
    QString metric;
    QString scope;
    std::optional<double> percentile;
    Comparison comparison = Comparison::Below;
    double limit = 0.0;
    QString unit; ///< "ms", "percent", "mb", "count".
    bool decides = true; ///< false: reported and recommended on, but not part of overall_success.
    friend bool operator==(const Objective &, const Objective &) = default;
};

/// An objective with what was measured.
struct ObjectiveResult {
    Objective objective;
    Verdict verdict = Verdict::NoData;
    std::optional<double> measured; ///< In the objective's unit; absent where nothing was measured.
    QString note; ///< For people: what it lacks, or where it was broken first.
    friend bool operator==(const ObjectiveResult &, const ObjectiveResult &) = default;
};

} // namespace lowtide
