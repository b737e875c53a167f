#pragma once

#include "cli/console.h"

#include <QStringList>

namespace lowtide {

/// Runs the command that the arguments (without the program's name) ask for and returns the exit
/// code. Needs a QCoreApplication; may run its event loop.
[[nodiscard]] int runCommandLine(const QStringList &arguments, Console &console);

/// "run" in front where the first argument is no command and no option of the root: the tool may be
/// started with a profile as its only argument.
[[nodiscard]] QStringList withCommand(QStringList arguments, const QStringList &commands);

} // namespace lowtide
