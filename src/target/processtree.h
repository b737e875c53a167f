#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "model/runevent.h"
#include "target/processsample.h"

#include <QHash>
#include <QString>

#include <memory>

namespace lowtide {

/// One process with its descendants, from /proc. Remembers the last look, for differences.
class ProcessTree {
public:
    /// `procPath` is other than "/proc" only in tests.
    [[nodiscard]] static Result<std::unique_ptr<ProcessTree>>
    of(qint64 pid, const QString &procPath = QStringLiteral("/proc"));

    [[nodiscard]] qint64 pid() const { return m_pid; }
    /// Fills memory, processor, disk and network; `alive` false where the process is gone (then
    /// nothing else is filled).
    void look(ProcessEvent &event, SteadyTime now);

private:
    ProcessTree(qint64 pid, qint64 startTicks, QString procPath);

    struct Member {
        qint64 ownTicks = 0;
        qint64 allTicks = 0; ///< With those of children that were waited for.
        qint64 startTicks = 0;
    };
    [[nodiscard]] QHash<qint64, ProcessStat> findMembers(const ProcessStat &main) const;
    [[nodiscard]] QList<qint64> childrenOf(qint64 pid) const;
    void lookAtProcessor(const QHash<qint64, ProcessStat> &members, ProcessEvent &event,
                         SteadyTime now);
    void lookAtMemory(const QHash<qint64, ProcessStat> &members, ProcessEvent &event) const;
    void lookAtDisk(const QHash<qint64, ProcessStat> &members, ProcessEvent &event);
    void lookAtNetwork(ProcessEvent &event) const;
    [[nodiscard]] QString path(qint64 pid, QLatin1StringView file) const;
    [[nodiscard]] std::optional<ProcessStat> statOf(qint64 pid) const;

    qint64 m_pid;
    qint64 m_startTicks;
    QString m_procPath;
    QHash<qint64, Member> m_last;
    std::optional<SteadyTime> m_lastAt;
    ProcessIo m_lastIo;
    ProcessIo m_lostIo; ///< Of members that went without anybody waiting for them.
};

} // namespace lowtide
