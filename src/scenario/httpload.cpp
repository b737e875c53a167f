// Scenario "http_load": requests to one service by the profile's load shape.
#include "model/scenarios/httpload.h"

#include "scenario/httploadturn.h"
#include "scenario/scenariokinds.h"

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

class HttpLoadScenario : public Scenario {
public:
    HttpLoadScenario(const ScenarioSetup &setup, const HttpLoadSettings &settings)
        : Scenario(setup)
        , m_load(setup.plan.name, setup, settings.requests, settings.shape)
        , m_closedModel(settings.shape.model == LoadModel::Closed)
    {
        connect(&m_load, &HttpLoadTurn::recorded, this, &Scenario::recorded);
        connect(&m_load, &HttpLoadTurn::ended, this, &Scenario::ended);
    }

    void run(const QString &phase, Nanoseconds length) override { m_load.run(phase, length); }
    void stop(StopMode mode) override { m_load.stop(mode); }
    void pause() override { m_load.pause(); }
    void resume() override { m_load.resume(); }
    void setRate(Rate rate) override { m_load.setRate(rate); }
    LatencyHistogram takeLateness() override { return m_load.takeLateness(); }

    ScenarioFinishedEvent outcome() const override
    {
        ScenarioFinishedEvent outcome{.scenario = setup().plan.name, .counts = m_load.totals()};
        outcome.remarks[u"load_model"_s] = m_closedModel ? u"closed"_s : u"open"_s;
        return outcome;
    }

private:
    HttpLoadTurn m_load;
    bool m_closedModel;
};

const ScenarioKind kind(u"http_load"_s, [](ScenarioSetup setup) -> std::unique_ptr<Scenario> {
    const auto *settings = dynamic_cast<const HttpLoadSettings *>(setup.plan.settings.get());
    return settings ? std::make_unique<HttpLoadScenario>(setup, *settings) : nullptr;
});

} // namespace

} // namespace lowtide
