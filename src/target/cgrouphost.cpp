#include "target/cgroup.h"
#include "target/cgroupremover.h"
#include "target/textfile.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QStandardPaths>

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

bool isWritable(const QString &path)
{
    return !path.isEmpty() && ::access(QFile::encodeName(path).constData(), W_OK) == 0;
}

QStringList words(const QString &path)
{
    const QByteArray text = readTextFile(path).value_or(QByteArray());
    return QString::fromLatin1(text).simplified().split(u' ', Qt::SkipEmptyParts);
}

bool hasBoth(const QStringList &controllers)
{
    return controllers.contains("memory"_L1) && controllers.contains("cpu"_L1);
}

/// Whether groups can be made in `folder` of the unified tree that limit memory and processor.
/// Groups with processes of their own refuse to hand controllers down, which the write then shows.
bool givesControllers(const QString &folder)
{
    const QString control = folder + "/cgroup.subtree_control"_L1;
    if (!isWritable(folder) || !isWritable(folder + "/cgroup.procs"_L1))
        return false;
    if (hasBoth(words(control)))
        return true;
    return hasBoth(words(folder + "/cgroup.controllers"_L1))
        && writeSetting(control, "+memory +cpu").has_value() && hasBoth(words(control));
}

/// Whether leaving `folder` upwards would leave limits that somebody put around us.
bool isLimited(const QString &folder)
{
    const CgroupUsage usage = readCgroupUsage({folder, folder, {}, {}, folder, true});
    return usage.memoryLimitBytes || usage.cpuLimitCores;
}

QString cleanName(const QString &name)
{
    static const QRegularExpression unusual(u"[^A-Za-z0-9_.-]"_s);
    QString clean = name.left(100);
    return clean.replace(unusual, u"_"_s);
}

bool anyExists(const CgroupFolders &folders)
{
    const QStringList all = folders.all();
    return std::any_of(all.begin(), all.end(),
                       [](const QString &folder) { return QFile::exists(folder); });
}

} // namespace

CgroupHost::CgroupHost(QString root)
    : m_root(std::move(root))
{
    findWay();
}

Result<void> CgroupHost::available() const
{
    if (m_way == CgroupWay::None)
        return Unexpected(m_reason);
    return {};
}

void CgroupHost::findWay()
{
    const QString proc = m_root + "/proc/self/"_L1;
    const CgroupLayout layout(readTextFile(proc + "mountinfo"_L1).value_or(QByteArray()),
                              readTextFile(proc + "cgroup"_L1).value_or(QByteArray()));
    if (findV1(layout))
        m_way = CgroupWay::V1;
    else if (findV2(layout))
        m_way = CgroupWay::V2;
    else if (findSystemd(layout))
        m_way = CgroupWay::SystemdScope;
    if (m_way != CgroupWay::None)
        return;
    m_reason.code = ErrorCode::Refused;
    m_reason.where = layout.mounts().isEmpty() ? m_root + "/proc/self/mountinfo"_L1
                                               : layout.mounts().constFirst().path;
    if (layout.mounts().isEmpty())
        m_reason.message = tr("No cgroups are mounted here, so limits cannot be applied.");
    else if (::geteuid() == 0)
        m_reason.message =
            tr("The cgroups cannot be written here (a container?), so limits cannot be "
               "applied.");
    else
        m_reason.message =
            tr("This user may not make cgroups and no systemd user session that could is "
               "running, so limits cannot be applied.");
}

bool CgroupHost::findV1(const CgroupLayout &layout)
{
    const auto usable = [&](QLatin1StringView controller) {
        const QString folder = layout.v1Folder(controller);
        return !folder.isEmpty() && isWritable(m_root + folder) ? m_root + folder : QString();
    };
    m_parents = {usable("memory"_L1),
                 usable("cpu"_L1),
                 usable("cpuacct"_L1),
                 usable("freezer"_L1),
                 {},
                 false};
    const QString unified = layout.v2Folder();
    if (!unified.isEmpty() && isWritable(m_root + unified))
        m_parents.unified = m_root + unified;
    return !m_parents.memory.isEmpty() && !m_parents.cpu.isEmpty();
}

bool CgroupHost::findV2(const CgroupLayout &layout)
{
    QString folder = layout.v2Folder();
    const QString top = layout.v2Mount();
    while (!folder.isEmpty() && folder.startsWith(top)) {
        const QString here = m_root + folder;
        if (givesControllers(here)) {
            m_parents = {here, here, {}, {}, here, true};
            return true;
        }
        if (isLimited(here) || folder == top)
            return false;
        folder = folder.left(folder.lastIndexOf(u'/'));
    }
    return false;
}

bool CgroupHost::findSystemd(const CgroupLayout &layout) const
{
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    if (runtime.isEmpty() || !QFile::exists(m_root + runtime + "/systemd/private"_L1)
        || QStandardPaths::findExecutable(u"systemd-run"_s).isEmpty())
        return false;
    const QString id = QString::number(::getuid());
    return hasBoth(words(u"%1%2/user.slice/user-%3.slice/user@%3.service/cgroup.controllers"_s.arg(
        m_root, layout.v2Mount(), id)));
}

Result<void> CgroupHost::makeFolders(const CgroupFolders &folders)
{
    for (const QString &folder : folders.all()) {
        if (::mkdir(QFile::encodeName(folder).constData(), 0755) != 0)
            return Unexpected(Error{ErrorCode::Refused,
                                    tr("The cgroup cannot be made (%1).")
                                        .arg(QString::fromLocal8Bit(std::strerror(errno))),
                                    folder,
                                    {}});
    }
    return {};
}

Result<std::unique_ptr<CgroupScope>> CgroupHost::create(const QString &name,
                                                        const CgroupLimits &limits) const
{
    if (m_way == CgroupWay::None)
        return Unexpected(m_reason);
    const QString wanted = u"lowtide-%1-%2"_s.arg(::getpid()).arg(cleanName(name));
    if (m_way == CgroupWay::SystemdScope) {
        static int scopes = 0; // systemd remembers names for a while
        const QString unit = u"%1-%2.scope"_s.arg(wanted).arg(++scopes);
        auto scope = std::unique_ptr<CgroupScope>(new CgroupScope(m_root, {}, unit, limits));
        scope->m_launchPrefix = systemdPrefix(unit, limits);
        return scope;
    }
    QString free = wanted;
    for (int i = 2; anyExists(m_parents.child(free)); ++i)
        free = u"%1-%2"_s.arg(wanted).arg(i);
    const CgroupFolders folders = m_parents.child(free);
    // From here on the scope removes what has been made, also where the rest fails.
    auto scope = std::unique_ptr<CgroupScope>(new CgroupScope(m_root, folders, free, limits));
    if (auto made = makeFolders(folders); !made)
        return Unexpected(made.error());
    if (auto applied = scope->applyLimits(); !applied)
        return Unexpected(applied.error());
    return scope;
}

QStringList CgroupHost::systemdPrefix(const QString &unit, const CgroupLimits &limits)
{
    QStringList prefix{u"systemd-run"_s, u"--user"_s,    u"--scope"_s,
                       u"--quiet"_s,     u"--collect"_s, u"--unit="_s + unit};
    if (limits.memory)
        prefix += {u"--property=MemoryMax=%1"_s.arg(limits.memory->count()),
                   u"--property=MemorySwapMax=0"_s};
    if (limits.cores)
        prefix.append(u"--property=CPUQuota=%1%"_s.arg(*limits.cores * 100.0, 0, 'f', 2));
    prefix.append(u"--"_s);
    return prefix;
}

QStringList CgroupHost::removeLeftovers() const
{
    static const QRegularExpression ours(u"^lowtide-([0-9]+)-"_s);
    QStringList names;
    for (const QString &parent : m_parents.all()) {
        const QStringList found = QDir(parent).entryList(
            {u"lowtide-*"_s}, QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks);
        for (const QString &name : found) {
            const QRegularExpressionMatch match = ours.match(name);
            if (match.hasMatch() && !names.contains(name)
                && !QFile::exists(m_root + "/proc/"_L1 + match.captured(1)))
                names.append(name);
        }
    }
    for (const QString &name : names)
        CgroupRemover::removeDetached(m_parents.child(name));
    return names;
}

} // namespace lowtide
