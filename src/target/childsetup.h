#pragma once

#include <QByteArray>
#include <QList>
#include <QStringList>

#include <functional>
#include <unistd.h>

namespace lowtide {

/// What a child of ours does between fork and exec: a session (and process group) of its own, so
/// that Ctrl-C reaches us and not it; the end with the thread that started it, whatever ends us;
/// the cgroups whose `cgroup.procs` are named. The function for QProcess::setChildProcessModifier;
/// it makes async-signal-safe calls only. Whether the cgroups were joined is seen afterwards, from
/// outside.
[[nodiscard]] std::function<void()> childSetup(const QStringList &joinPaths);

/// Ends what is left of the process group that `childSetup` made, if anything.
void signalGroup(qint64 leader, int signal);

/// Name of a signal ("SIGTERM"), for people.
[[nodiscard]] QString signalName(int signal);

} // namespace lowtide
