#include "scenario/recoveryjudge.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// Medians of a few ms differ by more than 20 % from noise alone; below this difference the service
/// counts as back at its baseline.
constexpr double noiseMs = 5.0;

} // namespace

RecoveryJudge::RecoveryJudge(const RecoverySettings &settings, Limits limits,
                             std::optional<double> baselineP50Ms)
    : m_maxResponseMs(settings.maxResponseMs)
    , m_tolerancePercent(settings.baselineTolerancePercent)
    , m_recoveryTime(settings.recoveryTime)
    , m_checks(settings.checks)
    , m_limits(limits)
    , m_baselineP50Ms(baselineP50Ms)
    , m_window(limits.window)
{
}

void RecoveryJudge::add(const LoadInterval &interval, bool everyServiceIsHealthy)
{
    m_elapsed += interval.length;
    m_window.add(interval);
    if (const auto p50 = m_window.responseTimeMs(50))
        m_lastP50Ms = p50;
    if (!m_window.isFull() || isDone())
        return;

    if (m_window.isIdle()) {
        m_window.restart();
        return;
    }
    const QString failure = firstFailure(everyServiceIsHealthy);
    if (failure.isEmpty() && !m_toObjective)
        m_toObjective = toSeconds(m_elapsed);
    if (failure.isEmpty() && !m_toBaseline && isAtBaseline())
        m_toBaseline = toSeconds(m_elapsed);

    if (!m_isChecking) {
        const bool isBack = m_toObjective && (m_toBaseline || !m_baselineP50Ms);
        m_isChecking = isBack || m_elapsed >= m_recoveryTime;
        if (m_isChecking)
            m_window.restart();
        return;
    }
    ++m_checksDone;
    if (failure.isEmpty())
        ++m_checksPassed;
    else
        ++m_failures[failure];
    m_window.restart();
}

void RecoveryJudge::skip(const LoadInterval &interval)
{
    m_window.add(interval); // for the totals
    m_window.restart();
}

QString RecoveryJudge::firstFailure(bool everyServiceIsHealthy) const
{
    if (!everyServiceIsHealthy)
        return u"unhealthy"_s;
    if (m_window.succeeded() == 0)
        return u"no_answer"_s;
    if (m_window.errorRatePercent().value_or(100.0) > m_limits.maxErrorRatePercent)
        return u"error_rate"_s;
    if (m_window.responseTimeMs(95).value_or(m_maxResponseMs) >= m_maxResponseMs)
        return u"response_time"_s;
    return {};
}

bool RecoveryJudge::isAtBaseline() const
{
    if (!m_baselineP50Ms || !m_lastP50Ms)
        return false;
    const double allowed =
        std::max(*m_baselineP50Ms * (1.0 + m_tolerancePercent / 100.0), *m_baselineP50Ms + noiseMs);
    return *m_lastP50Ms <= allowed;
}

} // namespace lowtide
