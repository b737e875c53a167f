#pragma once

#include "base/result.h"
#include "model/runreport.h"
#include "run/runsession.h"

namespace lowtide {

/// Reads the journal and builds the report: a pure function of the file, and of whether its run
/// goes on (which a journal that has its end never does).
[[nodiscard]] Result<RunReport> reportOf(const QString &journal, bool isRunning = false);

/// Writes the JSON report to the run directory (report.json) and to RunFiles::report, each whole or
/// not at all. Does nothing for a profile with generate_json_report off.
[[nodiscard]] Result<void> writeReports(const RunReport &report, const RunFiles &files);

} // namespace lowtide
