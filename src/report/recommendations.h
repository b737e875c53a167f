#pragma once

#include "model/runreport.h"

#include <QStringList>

namespace lowtide {

/// Sentences that name what to change, from a judged report; the most pressing first, never empty.
[[nodiscard]] QStringList recommendations(const RunReport &report);

} // namespace lowtide
