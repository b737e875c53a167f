#pragma once

#include "model/scenarios/recovery.h"
#include "scenario/loadwindow.h"

#include <QMap>
#include <QString>

#include <optional>

namespace lowtide {

/// Decides from a load's intervals when a service is back, then counts the checks. Pure: time comes
/// in with the intervals.
///
///   waiting   until the objective and the baseline are reached again, or recoveryTime is over
///   checking  one check per window: objective met, every service healthy; a window in which
///             nothing was due is none
///   done      after `checks` windows
class RecoveryJudge {
public:
    struct Limits {
        double maxErrorRatePercent = 20.0;
        Nanoseconds window = std::chrono::seconds(2); ///< Of load, that one judgement looks at.
    };
    /// `baselineP50Ms` absent: no baseline was taken, so only the objective is waited for.
    RecoveryJudge(const RecoverySettings &settings, Limits limits,
                  std::optional<double> baselineP50Ms);

    void add(const LoadInterval &interval, bool everyServiceIsHealthy);
    /// An interval in which the load was paused, wholly or in part: it speaks neither for nor
    /// against the service, and the clock stands still.
    void skip(const LoadInterval &interval);
    /// From now on; a load at another rate needs another length.
    void setWindow(Nanoseconds window) { m_window.setLength(window); }
    [[nodiscard]] bool isDone() const { return m_checksDone >= m_checks; }

    /// Since the load was restored to the profile's own; absent: not reached.
    [[nodiscard]] std::optional<double> secondsToObjective() const { return m_toObjective; }
    [[nodiscard]] std::optional<double> secondsToBaseline() const { return m_toBaseline; }
    [[nodiscard]] std::optional<double> lastP50Ms() const { return m_lastP50Ms; }
    [[nodiscard]] int checksPassed() const { return m_checksPassed; }
    [[nodiscard]] int checksDone() const { return m_checksDone; }
    /// Why checks failed, by reason: "no_answer", "error_rate", "response_time", "unhealthy".
    [[nodiscard]] const QMap<QString, int> &failures() const { return m_failures; }

private:
    [[nodiscard]] QString firstFailure(bool everyServiceIsHealthy) const;
    [[nodiscard]] bool isAtBaseline() const;

    double m_maxResponseMs, m_tolerancePercent;
    Nanoseconds m_recoveryTime;
    int m_checks;
    Limits m_limits;
    std::optional<double> m_baselineP50Ms;
    LoadWindow m_window;
    Nanoseconds m_elapsed{};
    bool m_isChecking = false;
    std::optional<double> m_toObjective, m_toBaseline, m_lastP50Ms;
    int m_checksPassed = 0, m_checksDone = 0;
    QMap<QString, int> m_failures;
};

} // namespace lowtide
