// Rows of scenario "recovery".
#include "model/scenarios/recovery.h"

#include "profile/loadrows.h"

using namespace Qt::StringLiterals;

#define TEXT(text) QT_TRANSLATE_NOOP("lowtide::Settings", text)

namespace lowtide {

namespace {

using enum FieldType;
using Settings = RecoverySettings;

QList<Field> rows()
{
    const QList<Field> own{
        field(Number, u"recovery_threshold_percent"_s, Unit::Percent, TEXT("Threshold"),
              TEXT("Share of the checks that must pass."))
            .range(0, 100)
            .byDefault("80")
            .into(&Settings::thresholdPercent),
        field(Integer, u"recovery_checks"_s, Unit::None, TEXT("Checks"), TEXT("Rounds of checks."))
            .range(1, 100)
            .byDefault("5")
            .into(&Settings::checks),
        field(Number, u"baseline_tolerance_percent"_s, Unit::Percent, TEXT("Tolerance"),
              TEXT("Back to the baseline means: not worse than it by more than this."))
            .range(0, 1000)
            .byDefault("20")
            .into(&Settings::baselineTolerancePercent),
    };
    return own + loadRows<Settings>(LoadDefault::ProfileLoad);
}

QList<ScenarioProblem> complete(const ScenarioPlan &plan, ScenarioSettings &settings,
                                const ScenarioContext &context)
{
    auto &recovery = static_cast<Settings &>(settings);
    recovery.recoveryTime = context.profile.recoveryTime;
    recovery.maxResponseMs = plan.targetResponseMs;
    fillRequests(recovery.requests, context.profile, plan);
    QList<ScenarioProblem> problems = loadProblems(recovery.shape, context.given);
    if (context.given.contains(u"duration_seconds"_s)) {
        problems.append(
            {.key = u"duration_seconds"_s,
             .message = settingsText(TEXT("Recovery takes what it needs; "
                                          "test_parameters.recovery_time_seconds bounds it."))});
    }
    return problems;
}

QList<Objective> objectives(const ScenarioPlan &plan, const ScenarioSettings &settings)
{
    return {Objective{.id = plan.name + u".recovery_checks"_s,
                      .metric = u"recovery_checks"_s,
                      .scope = plan.name,
                      .percentile = {},
                      .comparison = Comparison::AtLeast,
                      .limit = static_cast<const Settings &>(settings).thresholdPercent,
                      .unit = u"percent"_s}};
}

const bool registered = registerScenarioTable({
    .type = u"recovery"_s,
    .title = TEXT("Post-stress recovery"),
    .help =
        TEXT("After the stress, the profile's own load goes on while checks ask whether the "
             "service is back to where it was before. Response time and error rate of its whole "
             "load are reported and recommended on, and do not fail the run: the checks apply "
             "both."),
    .lengthShare = 0,
    .runsLast = true,
    .endpoint = ScenarioTable::Endpoint::Http,
    .defaultMaxErrorRate = "20",
    .defaultTargetResponse = "2000",
    .rows = rows(),
    .make = [] { return std::make_shared<Settings>(); },
    .complete = complete,
    .objectives = objectives,
});

} // namespace

} // namespace lowtide
