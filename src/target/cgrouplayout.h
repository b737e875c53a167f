#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QStringList>

namespace lowtide {

/// One mounted hierarchy of control groups, from /proc/self/mountinfo.
struct CgroupMount {
    QString root; ///< The part of the hierarchy that is mounted; "/" outside of containers.
    QString path; ///< Where it is mounted.
    bool isV2 = false;
    QStringList controllers; ///< Of v1: "memory", "cpu", ... (co-mounted ones together).
    friend bool operator==(const CgroupMount &, const CgroupMount &) = default;
};

/// The folders of one group in the hierarchies that matter here. Empty: not there. On v2 alone they
/// are all the same folder; where v1 and v2 stand side by side, `unified` gives pressure (PSI)
/// only.
struct CgroupFolders {
    QString memory;
    QString cpu;
    QString cpuacct;
    QString freezer;
    QString unified;
    bool isV2 = false; ///< Memory and processor are accounted by the unified tree.
    /// Each folder once.
    [[nodiscard]] QStringList all() const;
    /// The same hierarchies, one level down.
    [[nodiscard]] CgroupFolders child(const QString &name) const;
    friend bool operator==(const CgroupFolders &, const CgroupFolders &) = default;
};

/// Which hierarchies there are and where a process stands in them. Pure: made from the texts of
/// /proc/self/mountinfo and /proc/PID/cgroup.
class CgroupLayout {
public:
    CgroupLayout(const QByteArray &mountinfo, const QByteArray &processCgroup);

    [[nodiscard]] const QList<CgroupMount> &mounts() const { return m_mounts; }
    /// The folder of the process in a v1 hierarchy; empty where it is not mounted or can't be seen.
    [[nodiscard]] QString v1Folder(const QString &controller) const;
    /// The folder of the process in the unified tree.
    [[nodiscard]] QString v2Folder() const;
    /// Where the unified tree is mounted; empty: nowhere.
    [[nodiscard]] QString v2Mount() const;

private:
    QList<CgroupMount> m_mounts;
    QHash<QString, QString> m_v1Paths; ///< Controller -> path within its hierarchy.
    QString m_v2Path;
};

[[nodiscard]] QList<CgroupMount> parseCgroupMounts(const QByteArray &mountinfo);

} // namespace lowtide
