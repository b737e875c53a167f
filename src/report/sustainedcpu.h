#pragma once

#include "model/servicereport.h"

#include <deque>
#include <optional>

namespace lowtide {

/// Finds the 30 s in which one service's CPU was highest on the mean. Bounded memory.
class SustainedCpuWatch {
public:
    /// `spanSeconds`: what the sample is the mean of. A gap before it begins the window anew.
    void add(double endSeconds, double spanSeconds, double percentOfLimit);
    /// Of all samples where there never were 30 s in a row.
    [[nodiscard]] std::optional<SustainedCpu> highest() const;

private:
    struct Part {
        double endSeconds, spanSeconds, percent;
    };
    void clearWindow();

    std::deque<Part> m_window;
    double m_windowSeconds = 0.0, m_windowSum = 0.0; ///< Sum of percent x seconds.
    double m_allSeconds = 0.0, m_allSum = 0.0, m_lastEnd = 0.0;
    std::optional<SustainedCpu> m_highest;
};

} // namespace lowtide
