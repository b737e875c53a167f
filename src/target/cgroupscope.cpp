#include "target/cgroup.h"
#include "target/cgroupremover.h"
#include "target/processsample.h"
#include "target/textfile.h"

#include <QFile>

#include <cmath>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr qint64 periodUs = 100000; ///< The kernel's own default.
constexpr qint64 smallestQuotaUs = 1000;

qint64 quotaUs(double cores) { return std::llround(cores * static_cast<double>(periodUs)); }

/// The kernel rounds limits down to whole pages.
qint64 wholePages(Bytes limit)
{
    const qint64 page = ::sysconf(_SC_PAGESIZE);
    return limit.count() / page * page;
}

bool machineSwaps(const QString &root)
{
    const QByteArray text = readTextFile(root + "/proc/meminfo"_L1).value_or(QByteArray());
    return parseMeminfo(text, "SwapTotal").value_or(0) > 0;
}

} // namespace

CgroupScope::CgroupScope(QString root, CgroupFolders folders, QString name, CgroupLimits limits)
    : m_root(std::move(root))
    , m_folders(std::move(folders))
    , m_name(std::move(name))
    , m_limits(limits)
{
}

CgroupScope::~CgroupScope()
{
    if (!m_isRemoved && m_launchPrefix.isEmpty())
        CgroupRemover::removeDetached(m_folders);
}

QStringList CgroupScope::joinPaths() const
{
    QStringList paths;
    for (const QString &folder : m_folders.all())
        paths.append(folder + "/cgroup.procs"_L1);
    return paths;
}

QStringList CgroupScope::memoryJoinPaths() const
{
    if (m_folders.isV2)
        return joinPaths();
    QStringList paths;
    for (const QString &folder : {m_folders.memory, m_folders.freezer}) {
        if (!folder.isEmpty())
            paths.append(folder + "/cgroup.procs"_L1);
    }
    return paths;
}

CgroupLayout CgroupScope::layoutOf(qint64 pid) const
{
    const QString proc = m_root + "/proc/"_L1;
    CgroupLayout layout(
        readTextFile(proc + "self/mountinfo"_L1).value_or(QByteArray()),
        readTextFile(proc + QString::number(pid) + "/cgroup"_L1).value_or(QByteArray()));
    return layout;
}

Result<void> CgroupScope::adopt(qint64 pid)
{
    const CgroupLayout layout = layoutOf(pid);
    bool isInside = false;
    if (!m_launchPrefix.isEmpty()) {
        const QString folder = layout.v2Folder();
        isInside = folder.endsWith(u'/' + m_name);
        if (isInside)
            m_folders = {m_root + folder, m_root + folder, {}, {}, m_root + folder, true};
    } else if (m_folders.isV2) {
        isInside = m_root + layout.v2Folder() == m_folders.unified;
    } else {
        const auto agrees = [&](const QString &folder, QLatin1StringView controller) {
            return folder.isEmpty() || folder == m_root + layout.v1Folder(controller);
        };
        isInside = agrees(m_folders.memory, "memory"_L1) && agrees(m_folders.cpu, "cpu"_L1);
    }
    if (!isInside)
        return Unexpected(Error{ErrorCode::Refused,
                                tr("process %1 did not get into its cgroup.").arg(pid),
                                m_name,
                                {}});
    return checkLimits();
}

bool CgroupScope::accountsMemoryOf(qint64 pid) const
{
    const CgroupLayout layout = layoutOf(pid);
    const QString folder = m_folders.isV2 ? layout.v2Folder() : layout.v1Folder(u"memory"_s);
    return !folder.isEmpty() && m_root + folder == m_folders.memory;
}

CgroupUsage CgroupScope::usage() const { return readCgroupUsage(m_folders); }

void CgroupScope::remove()
{
    if (m_remover != nullptr)
        return;
    // A systemd scope goes with its last process.
    m_remover = new CgroupRemover(m_launchPrefix.isEmpty() ? m_folders : CgroupFolders(), this);
    connect(m_remover, &CgroupRemover::finished, this, [this](bool complete) {
        m_isRemoved = complete;
        Q_EMIT removed(complete);
    });
    m_remover->start();
}

Result<void> CgroupScope::applyLimits()
{
    if (m_limits.memory) {
        if (auto done = limitMemory(*m_limits.memory); !done)
            return done;
    }
    if (m_limits.cores) {
        if (auto done = limitCpu(*m_limits.cores); !done)
            return done;
    }
    return checkLimits();
}

Result<void> CgroupScope::limitMemory(Bytes limit)
{
    const QByteArray value = QByteArray::number(limit.count());
    const QString folder = m_folders.memory + u'/';
    if (auto done = writeSetting(
            folder + (m_folders.isV2 ? "memory.max"_L1 : "memory.limit_in_bytes"_L1), value);
        !done)
        return done;
    // v1 counts memory and swap together, v2 apart.
    const QString swap =
        folder + (m_folders.isV2 ? "memory.swap.max"_L1 : "memory.memsw.limit_in_bytes"_L1);
    if (QFile::exists(swap))
        return writeSetting(swap, m_folders.isV2 ? QByteArray("0") : value);
    if (machineSwaps(m_root))
        m_notes.append(
            tr("The kernel does not count swap here: the memory limit holds without it."));
    return {};
}

Result<void> CgroupScope::limitCpu(double cores)
{
    const qint64 quota = quotaUs(cores);
    if (quota < smallestQuotaUs)
        return Unexpected(Error{
            ErrorCode::BadInput, tr("A limit below 0.01 cores is not possible."), m_name, {}});
    const QString folder = m_folders.cpu + u'/';
    if (m_folders.isV2)
        return writeSetting(folder + "cpu.max"_L1,
                            QByteArray::number(quota) + ' ' + QByteArray::number(periodUs));
    if (auto done = writeSetting(folder + "cpu.cfs_period_us"_L1, QByteArray::number(periodUs));
        !done)
        return done;
    return writeSetting(folder + "cpu.cfs_quota_us"_L1, QByteArray::number(quota));
}

Result<void> CgroupScope::checkLimits() const
{
    const CgroupUsage found = usage();
    if (m_limits.memory && found.memoryLimitBytes != wholePages(*m_limits.memory))
        return Unexpected(
            Error{ErrorCode::Refused, tr("The kernel did not take the memory limit."), m_name, {}});
    const double accuracy = 1.0 / static_cast<double>(periodUs);
    if (m_limits.cores
        && (!found.cpuLimitCores || std::abs(*found.cpuLimitCores - *m_limits.cores) > accuracy))
        return Unexpected(
            Error{ErrorCode::Refused, tr("The kernel did not take the CPU limit."), m_name, {}});
    return {};
}

} // namespace lowtide
