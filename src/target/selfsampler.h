#pragma once

#include "base/clock.h"
#include "model/runevent.h"

namespace lowtide {

/// Our own processor time, memory and descriptors. Any thread, one at a time.
class SelfSampler {
public:
    SelfSampler();
    /// Processor time is that since the last call (or the construction), all threads together.
    /// Lateness is left to those who know it.
    [[nodiscard]] GeneratorEvent sample();

private:
    SteadyTime m_lastAt;
    Nanoseconds m_lastCpu{};
};

} // namespace lowtide
