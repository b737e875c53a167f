#pragma once

#include "base/result.h"
#include "model/runreport.h"
#include "run/runsession.h"

namespace lowtide {

/// Reads the journal and builds the report: a pure function of the file.
[[nodiscard]] Result<RunReport> reportOf(const QString &journal);

/// Writes the JSON report to the run directory (report.json) and to RunFiles::report, each whole or
/// not at all. Does nothing for a profile with generate_json_report off.
[[nodiscard]] Result<void> writeReports(const RunReport &report, const RunFiles &files);

} // namespace lowtide
