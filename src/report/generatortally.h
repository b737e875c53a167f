#pragma once

#include "model/runreport.h"

#include <optional>

namespace lowtide {

/// Our own process over the run.
class GeneratorTally {
public:
    void add(const GeneratorEvent &event);
    [[nodiscard]] std::optional<GeneratorReport> report() const;

private:
    GeneratorReport m_report;
    double m_cpuSum = 0.0;
    qint64 m_samples = 0;
};

} // namespace lowtide
