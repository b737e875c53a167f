#pragma once

#include <QStringList>

namespace lowtide {

/// lowtide-demo from its arguments to its exit code: 0 ended as asked, 2 bad arguments, 3 the port
/// cannot be used. Needs a QCoreApplication and runs its event loop.
[[nodiscard]] int runDemoProgram(const QStringList &arguments);

} // namespace lowtide
