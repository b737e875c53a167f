#include "scenario/pressuresteps.h"

#include <algorithm>

namespace lowtide {

Bytes PressureSteps::afterStep(int n) const { return std::min(top, Bytes(increment.count() * n)); }

Bytes PressureRoom::free() const
{
    if (!limit)
        return hostBound;
    const Bytes reserve = std::max(Bytes::fromMb(4), Bytes(limit->count() / 20));
    return std::max(Bytes(), *limit - used.value_or(Bytes()) - reserve);
}

PressureSteps planPressure(Bytes wanted, Bytes increment, Nanoseconds hold, Nanoseconds turn,
                           const PressureRoom &room)
{
    PressureSteps plan{.increment = increment};
    plan.top = std::min(wanted, room.free());
    plan.isCut = plan.top < wanted;
    plan.steps = int((plan.top.count() + increment.count() - 1) / increment.count());
    if (plan.steps == 0)
        return plan;
    plan.settle = turn / 20;
    plan.hold = std::min(hold, turn / 5);
    const Nanoseconds watch = turn / 5;
    plan.stepLength = (turn - plan.settle - plan.hold - watch) / plan.steps;
    return plan;
}

} // namespace lowtide
