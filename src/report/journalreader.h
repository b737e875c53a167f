#pragma once

#include "base/result.h"
#include "model/runevent.h"
#include "model/runreport.h"

#include <QString>

#include <functional>

namespace lowtide {

/// Reads a journal line by line in bounded memory and hands each event to `sink`, in order. A
/// partial or damaged last line is noted, a damaged line before it is skipped, counted and named;
/// unknown kinds are counted. A file that cannot be read is an error (Io), and so is one without
/// run_started (Malformed).
[[nodiscard]] Result<JournalEnd> readJournal(const QString &path,
                                             const std::function<void(const RunEvent &)> &sink);

} // namespace lowtide
