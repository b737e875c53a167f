#pragma once

#include "model/profile.h"

#include <QList>
#include <QString>

#include <functional>

namespace lowtide {

/// What a run with this profile must reach: thresholds, baselines and resource targets as rows.
/// Without `judgesDefaults` only errors and what is set are judged. `isSet` tells whether somebody
/// has given the setting at a path (general spelling), rather than its default or the bundled cast.
[[nodiscard]] QList<Objective> objectiveRows(const Profile &profile, bool judgesDefaults,
                                             const std::function<bool(const QString &)> &isSet);

/// Whether anything of the service's memory and CPU can be seen: it is started by the run, named by
/// its pid or container, or on this machine, where the run finds its process by its port.
[[nodiscard]] bool isWatchable(const Service &service);

} // namespace lowtide
