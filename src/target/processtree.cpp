#include "target/processtree.h"

#include "target/textfile.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>

#include <algorithm>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr qsizetype mostMembers = 4096; ///< A look must end, also at a fork bomb.

bool isDead(const ProcessStat &stat) { return stat.state == 'Z' || stat.state == 'X'; }

qint64 ownTicks(const ProcessStat &stat) { return stat.userTicks + stat.systemTicks; }

/// The link's text as it stands: "net:[4026531840]".
QByteArray linkText(const QString &path)
{
    char text[128];
    const ssize_t length = ::readlink(QFile::encodeName(path).constData(), text, sizeof text);
    return length > 0 ? QByteArray(text, static_cast<qsizetype>(length)) : QByteArray();
}

} // namespace

Result<std::unique_ptr<ProcessTree>> ProcessTree::of(qint64 pid, const QString &procPath)
{
    const auto text = readTextFile(u"%1/%2/stat"_s.arg(procPath).arg(pid));
    const auto stat = text ? parseProcessStat(*text) : std::nullopt;
    if (pid <= 0 || !stat || isDead(*stat))
        return Unexpected(Error{
            ErrorCode::Unreachable,
            QCoreApplication::translate("ProcessTree", "There is no process %1.").arg(pid),
            {},
            QCoreApplication::translate("ProcessTree", "Is the pid in the profile still right?")});
    return std::unique_ptr<ProcessTree>(new ProcessTree(pid, stat->startTicks, procPath));
}

ProcessTree::ProcessTree(qint64 pid, qint64 startTicks, QString procPath)
    : m_pid(pid)
    , m_startTicks(startTicks)
    , m_procPath(std::move(procPath))
{
}

QString ProcessTree::path(qint64 pid, QLatin1StringView file) const
{
    return m_procPath + u'/' + QString::number(pid) + u'/' + file;
}

std::optional<ProcessStat> ProcessTree::statOf(qint64 pid) const
{
    const auto text = readTextFile(path(pid, "stat"_L1));
    return text ? parseProcessStat(*text) : std::nullopt;
}

void ProcessTree::look(ProcessEvent &event, SteadyTime now)
{
    event.pid = m_pid;
    const auto main = statOf(m_pid);
    event.alive = main && main->startTicks == m_startTicks && !isDead(*main);
    if (!event.alive)
        return;
    const QHash<qint64, ProcessStat> members = findMembers(*main);
    lookAtProcessor(members, event, now);
    lookAtMemory(members, event);
    lookAtDisk(members, event);
    lookAtNetwork(event);
}

QHash<qint64, ProcessStat> ProcessTree::findMembers(const ProcessStat &main) const
{
    QHash<qint64, ProcessStat> members{{m_pid, main}};
    QList<qint64> unseen = childrenOf(m_pid);
    while (!unseen.isEmpty() && members.size() < mostMembers) {
        const qint64 pid = unseen.takeLast();
        const auto stat = statOf(pid);
        if (!stat || members.contains(pid))
            continue;
        members.insert(pid, *stat);
        unseen += childrenOf(pid);
    }
    return members;
}

QList<qint64> ProcessTree::childrenOf(qint64 pid) const
{
    // A child belongs to the thread that made it, so each thread has a list.
    QList<qint64> children;
    const QString tasks = path(pid, "task"_L1);
    const QStringList threads = QDir(tasks).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &thread : threads) {
        const auto text = readTextFile(tasks + u'/' + thread + "/children"_L1);
        for (const QByteArray &word : text.value_or(QByteArray()).split(' ')) {
            if (const qint64 child = word.trimmed().toLongLong(); child > 0)
                children.append(child);
        }
    }
    return children;
}

void ProcessTree::lookAtProcessor(const QHash<qint64, ProcessStat> &members, ProcessEvent &event,
                                  SteadyTime now)
{
    // Used since the last look = growth of (own time + time of children that were waited for) over
    // all members. A member that ends hands its time to the parent that waits for it, so the sum
    // stays right; where nobody waits its time is lost, and only what the others used themselves is
    // certain.
    qint64 before = 0;
    qint64 after = 0;
    qint64 certain = 0;
    QHash<qint64, Member> next;
    for (const Member &member : std::as_const(m_last))
        before += member.allTicks;
    for (auto it = members.begin(); it != members.end(); ++it) {
        const Member member{ownTicks(*it), ownTicks(*it) + it->reapedTicks, it->startTicks};
        const auto last = m_last.constFind(it.key());
        const bool isKnown = last != m_last.cend() && last->startTicks == member.startTicks;
        certain += member.ownTicks - (isKnown ? last->ownTicks : 0);
        after += member.allTicks;
        next.insert(it.key(), member);
    }
    if (m_lastAt && now > *m_lastAt) {
        const auto ticks = static_cast<double>(std::max({after - before, certain, qint64(0)}));
        const double seconds = ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
        event.cpuPercent = 100.0 * seconds / toSeconds(now - *m_lastAt);
    }
    m_last = next;
    m_lastAt = now;
}

void ProcessTree::lookAtMemory(const QHash<qint64, ProcessStat> &members, ProcessEvent &event) const
{
    for (auto it = members.begin(); it != members.end(); ++it) {
        const auto text = readTextFile(path(it.key(), "status"_L1));
        const ProcessMemory memory = text ? parseProcessStatus(*text) : ProcessMemory();
        if (memory.rssBytes)
            event.memoryBytes = event.memoryBytes.value_or(0) + *memory.rssBytes;
        if (it.key() == m_pid)
            event.peakMemoryBytes = memory.peakRssBytes;
    }
}

void ProcessTree::lookAtDisk(const QHash<qint64, ProcessStat> &members, ProcessEvent &event)
{
    ProcessIo io;
    for (auto it = members.begin(); it != members.end(); ++it) {
        const auto text = readTextFile(path(it.key(), "io"_L1));
        const auto part = text ? parseProcessIo(*text) : std::nullopt;
        if (!part && it.key() == m_pid)
            return; // another user's
        io.readBytes += part ? part->readBytes : 0;
        io.writtenBytes += part ? part->writtenBytes : 0;
    }
    // Totals never fall: what left with members that nobody waited for stays counted.
    m_lostIo.readBytes += std::max(m_lastIo.readBytes - io.readBytes, qint64(0));
    m_lostIo.writtenBytes += std::max(m_lastIo.writtenBytes - io.writtenBytes, qint64(0));
    m_lastIo = io;
    event.diskReadBytes = io.readBytes + m_lostIo.readBytes;
    event.diskWrittenBytes = io.writtenBytes + m_lostIo.writtenBytes;
}

void ProcessTree::lookAtNetwork(ProcessEvent &event) const
{
    // In our namespace the numbers are the whole machine's, ours included.
    const QByteArray theirs = linkText(path(m_pid, "ns/net"_L1));
    if (theirs.isEmpty() || theirs == linkText(m_procPath + "/self/ns/net"_L1))
        return;
    const auto text = readTextFile(path(m_pid, "net/dev"_L1));
    if (const auto totals = text ? parseNetworkDevices(*text) : std::nullopt) {
        event.networkReceivedBytes = totals->receivedBytes;
        event.networkSentBytes = totals->sentBytes;
    }
}

} // namespace lowtide
