#pragma once

#include "model/runevent.h"
#include "run/rundirectory.h"
#include "run/runplan.h"

#include <QStringList>

namespace lowtide {

class ServiceSet;

/// The `run_started` event without wall clock and control socket.
[[nodiscard]] RunStartedEvent describe(const EffectiveProfile &effective, const RunPlan &plan,
                                       const ServiceSet &services, const RunDirectory &directory);

/// What will be sent where and how long it takes, for people: the first thing a run prints.
[[nodiscard]] QStringList describePlan(const Profile &profile, const RunPlan &plan);

} // namespace lowtide
