#pragma once

#include "model/runreport.h"

#include <QStringList>

namespace lowtide {

/// What one objective comes to, by the report's figures. No samples is no data.
[[nodiscard]] ObjectiveResult judged(const Objective &objective, const RunReport &report);

/// Stressed services whose memory was not measured and that no load worked on: figures over all
/// services are without them. (One that a load works on takes their pass away instead.)
[[nodiscard]] QStringList leftOutServices(const RunReport &report);

/// Fills the objectives (from `started`), the tests' success and the verdict of a report whose
/// figures are complete, and its exit code.
void judge(RunReport &report);

/// What a test's percentiles do not hold, in a sentence for people; empty when they hold every
/// operation.
[[nodiscard]] QString percentilesLack(const TestReport &test);

/// 0 passed; 1 an objective failed; 3 could not run; 4 no data, nothing failed; 130 interrupted.
[[nodiscard]] int exitCode(const RunReport &report);

} // namespace lowtide
