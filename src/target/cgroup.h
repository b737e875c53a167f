#pragma once

#include "base/result.h"
#include "base/units.h"
#include "target/cgrouplayout.h"
#include "target/cgroupusage.h"

#include <QCoreApplication>
#include <QObject>
#include <QStringList>

#include <memory>
#include <optional>

namespace lowtide {

class CgroupRemover;

/// What a scope may use. Absent: not limited, but counted all the same.
struct CgroupLimits {
    std::optional<Bytes> memory; ///< Swap included.
    std::optional<double> cores; ///< 0.5 is half a core.
    friend bool operator==(const CgroupLimits &, const CgroupLimits &) = default;
};

/// The way in which this machine lets us limit a process.
enum class CgroupWay {
    None,
    V1, ///< A folder in each of v1's hierarchies.
    V2, ///< A folder in the unified tree.
    SystemdScope, ///< `systemd-run --user --scope`: the folder exists once the process runs.
};

/// One control group of ours: made, read and removed by us. Main thread. Owned by who created it.
class CgroupScope : public QObject {
    Q_OBJECT

public:
    ~CgroupScope() override;

    [[nodiscard]] QString name() const { return m_name; }
    [[nodiscard]] CgroupLimits limits() const { return m_limits; }
    /// The `cgroup.procs` files: a process that writes "0" to each is inside. Empty for a systemd
    /// scope that has not been adopted.
    [[nodiscard]] QStringList joinPaths() const;
    /// Those that account memory (and let us end what is inside). Ballast joins by these alone:
    /// where the hierarchies are apart, filling memory must not spend the service's share of the
    /// processor.
    [[nodiscard]] QStringList memoryJoinPaths() const;
    /// Put before the command, where the scope is made by starting it (systemd). Else empty.
    [[nodiscard]] QStringList launchPrefix() const { return m_launchPrefix; }
    /// Whether `pid` is inside; for a systemd scope this also finds its folder and checks its
    /// limits.
    [[nodiscard]] Result<void> adopt(qint64 pid);
    /// Whether what `pid` takes is counted here.
    [[nodiscard]] bool accountsMemoryOf(qint64 pid) const;
    [[nodiscard]] CgroupUsage usage() const;
    /// What the limits don't cover here, for people. Usually empty.
    [[nodiscard]] QStringList notes() const { return m_notes; }

    /// Kills what is inside and removes the folders, by a timer until it is done (5 s at most);
    /// then `removed`. Destruction tries once, without waiting; what stays is removed at the next
    /// start.
    void remove();

Q_SIGNALS:
    void removed(bool complete);

private:
    friend class CgroupHost;
    CgroupScope(QString root, CgroupFolders folders, QString name, CgroupLimits limits);
    [[nodiscard]] CgroupLayout layoutOf(qint64 pid) const;
    [[nodiscard]] Result<void> applyLimits();
    [[nodiscard]] Result<void> limitMemory(Bytes limit);
    [[nodiscard]] Result<void> limitCpu(double cores);
    [[nodiscard]] Result<void> checkLimits() const;

    QString m_root;
    CgroupFolders m_folders;
    QString m_name;
    CgroupLimits m_limits;
    QStringList m_launchPrefix;
    QStringList m_notes;
    CgroupRemover *m_remover = nullptr; ///< A child, from remove() on.
    bool m_isRemoved = false;
};

/// Finds out what this machine allows, and makes scopes. Main thread. Scopes may outlive it.
class CgroupHost {
    Q_DECLARE_TR_FUNCTIONS(CgroupHost)

public:
    /// `root` stands before every path that is read or written; other than empty only in tests.
    explicit CgroupHost(QString root = {});

    [[nodiscard]] CgroupWay way() const { return m_way; }
    /// Nothing, or why limits can't be applied here, in one sentence.
    [[nodiscard]] Result<void> available() const;
    /// Makes "lowtide-PID-NAME" and applies the limits; they are read back and compared.
    [[nodiscard]] Result<std::unique_ptr<CgroupScope>> create(const QString &name,
                                                              const CgroupLimits &limits) const;
    /// Removes the folders of processes of ours that are dead, and kills what is in them. The names
    /// of the folders come back; the work goes on by timers.
    QStringList removeLeftovers() const;

private:
    void findWay();
    [[nodiscard]] bool findV1(const CgroupLayout &layout);
    [[nodiscard]] bool findV2(const CgroupLayout &layout);
    [[nodiscard]] bool findSystemd(const CgroupLayout &layout) const;
    [[nodiscard]] static QStringList systemdPrefix(const QString &unit, const CgroupLimits &limits);
    [[nodiscard]] static Result<void> makeFolders(const CgroupFolders &folders);

    QString m_root;
    CgroupWay m_way = CgroupWay::None;
    CgroupFolders m_parents; ///< Where scopes are made.
    Error m_reason; ///< Why `m_way` is None.
};

} // namespace lowtide
