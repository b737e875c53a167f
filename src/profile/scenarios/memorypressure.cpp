// Rows of scenario "memory_pressure".
#include "model/scenarios/memorypressure.h"

#include "profile/loadrows.h"

using namespace Qt::StringLiterals;

#define TEXT(text) QT_TRANSLATE_NOOP("lowtide::Settings", text)

namespace lowtide {

namespace {

using enum FieldType;
using Settings = MemoryPressureSettings;

QList<Field> rows()
{
    const QList<Field> own{
        field(Size, u"max_pressure_mb"_s, Unit::Megabytes, TEXT("Pressure"),
              TEXT("How much is taken away at most. Cut to what the service's limit leaves; the "
                   "report "
                   "says so."))
            .range(1, 1048576)
            .byDefault("200")
            .into(&Settings::maxPressure),
        field(Size, u"pressure_increment_mb"_s, Unit::Megabytes, TEXT("Step"),
              TEXT("By how much the pressure grows at a time."))
            .range(1, 1048576)
            .byDefault("10")
            .into(&Settings::increment),
        field(Duration, u"hold_time"_s, Unit::Seconds, TEXT("Hold time"),
              TEXT("How long the full pressure is held; cut in short runs."))
            .range(0, 3600)
            .byDefault("5")
            .into(&Settings::holdTime),
    };
    return own + loadRows<Settings>(LoadDefault::ProfileLoad);
}

QList<ScenarioProblem> complete(const ScenarioPlan &plan, ScenarioSettings &settings,
                                const ScenarioContext &context)
{
    auto &pressure = static_cast<Settings &>(settings);
    fillRequests(pressure.requests, context.profile, plan);
    QList<ScenarioProblem> problems = loadProblems(pressure.shape, context.given);
    if (pressure.increment > pressure.maxPressure) {
        problems.append(
            {.key = u"pressure_increment_mb"_s,
             .message = settingsText(TEXT("The step is larger than max_pressure_mb."))});
    }
    return problems;
}

const bool registered = registerScenarioTable({
    .type = u"memory_pressure"_s,
    .title = TEXT("Memory pressure"),
    .help =
        TEXT("Takes memory away from the service in steps, inside its limit (on the host where it "
             "has none), while it answers the scenario's load."),
    .lengthShare = 30,
    .endpoint = ScenarioTable::Endpoint::Http,
    .defaultMaxErrorRate = "20",
    .rows = rows(),
    .make = [] { return std::make_shared<Settings>(); },
    .complete = complete,
});

} // namespace

} // namespace lowtide
