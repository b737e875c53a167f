#include "run/runplan.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr Nanoseconds longestBaseline = std::chrono::seconds(10);

double sumOfShares(const QList<PlannableScenario> &scenarios)
{
    double sum = 0.0;
    for (const PlannableScenario &scenario : scenarios) {
        if (!scenario.isRecovery && !scenario.plan.duration)
            sum += scenario.plan.lengthShare;
    }
    return sum;
}

void addStress(RunPlan &plan, const Profile &profile, const QList<PlannableScenario> &scenarios)
{
    const double shares = sumOfShares(scenarios);
    const int cycles = std::max(1, profile.cycles);
    for (int cycle = 1; cycle <= cycles; ++cycle) {
        for (const PlannableScenario &scenario : scenarios) {
            if (scenario.isRecovery)
                continue;
            const Nanoseconds whole = scenario.plan.duration.value_or(
                fromSeconds(toSeconds(profile.testDuration) * scenario.plan.lengthShare
                            / std::max(shares, 1e-9)));
            const Nanoseconds length = whole / cycles;
            plan.turns.append({.scenario = scenario.plan.name,
                               .phase = u"stress"_s,
                               .cycle = cycle,
                               .cycles = cycles,
                               .length = length});
            plan.stressLength += length;
            // What comes after its load has up to half of the turn; the rest comes on top.
            plan.longest += std::max(Nanoseconds(), scenario.expectedLength - length / 2);
        }
    }
}

} // namespace

RunPlan planOf(const Profile &profile, const QList<PlannableScenario> &scenarios)
{
    RunPlan plan;
    for (const PlannableScenario &scenario : scenarios) {
        if (!scenario.takesBaseline)
            continue;
        const Nanoseconds length = std::min(longestBaseline, profile.testDuration / 10);
        plan.turns.append(
            {.scenario = scenario.plan.name, .phase = u"baseline"_s, .length = length});
        plan.longest += length;
    }
    addStress(plan, profile, scenarios);
    plan.longest += plan.stressLength;
    for (const PlannableScenario &scenario : scenarios) {
        if (!scenario.isRecovery)
            continue;
        plan.turns.append({.scenario = scenario.plan.name,
                           .phase = u"recovery"_s,
                           .length = scenario.expectedLength});
        plan.longest += scenario.expectedLength;
    }
    return plan;
}

} // namespace lowtide
