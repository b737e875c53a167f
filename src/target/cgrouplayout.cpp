#include "target/cgrouplayout.h"

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// mountinfo writes space, tab, newline and backslash as three octal digits.
QString unescaped(const QByteArray &field)
{
    QByteArray text;
    for (qsizetype i = 0; i < field.size(); ++i) {
        bool isNumber = false;
        const int code = field.at(i) == '\\' ? field.mid(i + 1, 3).toInt(&isNumber, 8) : 0;
        if (isNumber) {
            text.append(static_cast<char>(code));
            i += 3;
        } else {
            text.append(field.at(i));
        }
    }
    return QString::fromLocal8Bit(text);
}

/// Where `path` of a hierarchy is seen through `mount`; empty where the mount doesn't show it.
QString folderIn(const CgroupMount &mount, const QString &path)
{
    if (path.isEmpty() || path.startsWith("/.."_L1))
        return {}; // outside of our cgroup namespace
    QString below = path;
    if (mount.root != "/"_L1) {
        if (path != mount.root && !path.startsWith(mount.root + u'/'))
            return {};
        below = path.mid(mount.root.size());
    }
    while (below.startsWith(u'/'))
        below.remove(0, 1);
    return below.isEmpty() ? mount.path : mount.path + u'/' + below;
}

} // namespace

QStringList CgroupFolders::all() const
{
    QStringList folders;
    for (const QString &folder : {memory, cpu, cpuacct, freezer, unified}) {
        if (!folder.isEmpty() && !folders.contains(folder))
            folders.append(folder);
    }
    return folders;
}

CgroupFolders CgroupFolders::child(const QString &name) const
{
    const auto below = [&name](const QString &folder) {
        return folder.isEmpty() ? folder : folder + u'/' + name;
    };
    return {below(memory), below(cpu), below(cpuacct), below(freezer), below(unified), isV2};
}

QList<CgroupMount> parseCgroupMounts(const QByteArray &mountinfo)
{
    // 36 35 98:0 ROOT PATH OPTIONS [OPTIONAL...] - TYPE SOURCE SUPEROPTIONS (proc_pid_mountinfo(5))
    QList<CgroupMount> mounts;
    for (const QByteArray &line : mountinfo.split('\n')) {
        const QList<QByteArray> fields = line.split(' ');
        const qsizetype separator = fields.indexOf("-");
        if (separator < 6 || fields.size() < separator + 4)
            continue;
        const QByteArray &type = fields.at(separator + 1);
        if (type != "cgroup" && type != "cgroup2")
            continue;
        CgroupMount mount{unescaped(fields.at(3)), unescaped(fields.at(4)), type == "cgroup2", {}};
        if (!mount.isV2)
            mount.controllers = QString::fromLatin1(fields.at(separator + 3)).split(u',');
        mounts.append(mount);
    }
    return mounts;
}

CgroupLayout::CgroupLayout(const QByteArray &mountinfo, const QByteArray &processCgroup)
    : m_mounts(parseCgroupMounts(mountinfo))
{
    // HIERARCHY:CONTROLLER[,CONTROLLER...]:PATH, and 0::PATH for the unified tree. The path may
    // hold ':'.
    for (const QByteArray &line : processCgroup.split('\n')) {
        const qsizetype first = line.indexOf(':');
        const qsizetype second = first < 0 ? -1 : line.indexOf(':', first + 1);
        if (second < 0)
            continue;
        const QString path = QString::fromLocal8Bit(line.mid(second + 1));
        const QByteArray controllers = line.mid(first + 1, second - first - 1);
        if (controllers.isEmpty()) {
            m_v2Path = path;
            continue;
        }
        for (const QByteArray &controller : controllers.split(','))
            m_v1Paths.insert(QString::fromLatin1(controller), path);
    }
}

QString CgroupLayout::v1Folder(const QString &controller) const
{
    for (const CgroupMount &mount : m_mounts) {
        if (mount.isV2 || !mount.controllers.contains(controller))
            continue;
        const QString folder = folderIn(mount, m_v1Paths.value(controller));
        if (!folder.isEmpty())
            return folder;
    }
    return {};
}

QString CgroupLayout::v2Folder() const
{
    for (const CgroupMount &mount : m_mounts) {
        const QString folder = mount.isV2 ? folderIn(mount, m_v2Path) : QString();
        if (!folder.isEmpty())
            return folder;
    }
    return {};
}

QString CgroupLayout::v2Mount() const
{
    for (const CgroupMount &mount : m_mounts) {
        if (mount.isV2)
            return mount.path;
    }
    return {};
}

} // namespace lowtide
