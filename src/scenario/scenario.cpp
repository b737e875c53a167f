#include "scenario/scenario.h"

using namespace Qt::StringLiterals;

namespace lowtide {

Scenario::Scenario(ScenarioSetup setup, QObject *parent)
    : QObject(parent)
    , m_setup(std::move(setup))
{
}

Scenario::~Scenario() = default;

QString Scenario::phase() const { return u"stress"_s; }

void Scenario::observe(const RunEventPayload &seen) { Q_UNUSED(seen) }

} // namespace lowtide
