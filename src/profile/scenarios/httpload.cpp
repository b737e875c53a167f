// Rows of scenario "http_load".
#include "model/scenarios/httpload.h"

#include "profile/loadrows.h"

using namespace Qt::StringLiterals;

#define TEXT(text) QT_TRANSLATE_NOOP("lowtide::Settings", text)

namespace lowtide {

namespace {

const bool registered = registerScenarioTable({
    .type = u"http_load"_s,
    .title = TEXT("HTTP load"),
    .help = TEXT("Requests to one service by a rate (open model) or by users (closed model)."),
    .lengthShare = 40,
    .isProfileLoad = true,
    .endpoint = ScenarioTable::Endpoint::Http,
    .rows = loadRows<HttpLoadSettings>(LoadDefault::TestParameters),
    .make = [] { return std::make_shared<HttpLoadSettings>(); },
    .complete =
        [](const ScenarioPlan &, ScenarioSettings &settings, const ScenarioContext &context) {
            return loadProblems(static_cast<HttpLoadSettings &>(settings).shape, context.given);
        },
});

} // namespace

} // namespace lowtide
