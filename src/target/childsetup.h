#pragma once

#include <QStringList>

#include <functional>

namespace lowtide {

/// What a child of ours does between fork and exec: a session (and process group) of its own, so
/// that Ctrl-C reaches us and not it; the end with the thread that started it, whatever ends us;
/// the cgroups whose `cgroup.procs` are named. The function for QProcess::setChildProcessModifier;
/// it makes async-signal-safe calls only. Whether the cgroups were joined is seen afterwards, from
/// outside.
[[nodiscard]] std::function<void()> childSetup(const QStringList &joinPaths);

/// Signals the process group that `childSetup` made, or what is left of it.
void signalGroup(qint64 leader, int signal);

/// Name of a signal ("SIGTERM"), for people.
[[nodiscard]] QString signalName(int signal);

} // namespace lowtide
