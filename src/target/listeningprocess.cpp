#include "target/listeningprocess.h"

#include "target/processsample.h"
#include "target/textfile.h"

#include <QDir>
#include <QFile>
#include <QHostAddress>
#include <QSet>

#include <algorithm>
#include <array>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr std::array forwarders = {"docker-proxy"_L1, "rootlessport"_L1, "rootlesskit"_L1,
                                   "conmon"_L1,       "slirp4netns"_L1,  "pasta"_L1,
                                   "ssh"_L1,          "sshd"_L1,         "kubectl"_L1,
                                   "systemd"_L1,      "socat"_L1};

bool isOnThisMachine(const QString &host)
{
    return host.compare(u"localhost"_s, Qt::CaseInsensitive) == 0
        || QHostAddress(host).isLoopback();
}

/// The pids of processes that hold one of these sockets.
QSet<qint64> holdersOf(const QSet<QString> &sockets)
{
    QSet<qint64> holders;
    for (const QString &entry : QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        bool isPid = false;
        const qint64 pid = entry.toLongLong(&isPid);
        if (!isPid)
            continue;
        const QDir descriptors(u"/proc/%1/fd"_s.arg(pid));
        for (const QString &name :
             descriptors.entryList(QDir::System | QDir::Files | QDir::NoDotAndDotDot)) {
            std::array<char, 64> target{};
            const QByteArray link = QFile::encodeName(descriptors.filePath(name));
            const ssize_t length = ::readlink(link.constData(), target.data(), target.size());
            if (length > 0 && sockets.contains(QString::fromLatin1(target.data(), length)))
                holders.insert(pid);
        }
    }
    return holders;
}

std::optional<ProcessStat> statOf(qint64 pid)
{
    const auto text = readTextFile(u"/proc/%1/stat"_s.arg(pid));
    return text ? parseProcessStat(*text) : std::nullopt;
}

} // namespace

QList<qint64> listeningInodes(const QByteArray &table, int port)
{
    constexpr qsizetype addressColumn = 1;
    constexpr qsizetype stateColumn = 3;
    constexpr qsizetype inodeColumn = 9;
    QList<qint64> inodes;
    for (const QByteArray &line : table.split('\n')) {
        const QList<QByteArray> columns = line.simplified().split(' ');
        if (columns.size() <= inodeColumn || columns.at(stateColumn) != "0A")
            continue;
        const QByteArray &address = columns.at(addressColumn);
        bool isNumber = false;
        if (address.mid(address.lastIndexOf(':') + 1).toInt(&isNumber, 16) == port && isNumber)
            inodes.append(columns.at(inodeColumn).toLongLong());
    }
    return inodes;
}

std::optional<ListeningProcess> findListeningProcess(const QUrl &url)
{
    if (!isOnThisMachine(url.host()))
        return std::nullopt;
    const bool isSecure = url.scheme() == u"https" || url.scheme() == u"wss";
    const int port = url.port(isSecure ? 443 : 80);
    QSet<QString> sockets;
    for (const QString &table : {u"/proc/net/tcp"_s, u"/proc/net/tcp6"_s}) {
        for (const qint64 inode : listeningInodes(readTextFile(table).value_or(QByteArray()), port))
            sockets.insert(u"socket:[%1]"_s.arg(inode));
    }
    if (sockets.isEmpty())
        return std::nullopt;
    const QSet<qint64> holders = holdersOf(sockets);
    for (const qint64 pid : holders) {
        const auto stat = statOf(pid);
        if (!stat || holders.contains(stat->parent))
            continue;
        const auto name = readTextFile(u"/proc/%1/comm"_s.arg(pid));
        const QString comm = QString::fromUtf8(name.value_or(QByteArray())).trimmed();
        const bool isForwarder =
            std::any_of(forwarders.begin(), forwarders.end(),
                        [&comm](QLatin1StringView known) { return comm == known; });
        return isForwarder ? std::nullopt
                           : std::optional(ListeningProcess{.pid = pid, .name = comm});
    }
    return std::nullopt;
}

} // namespace lowtide
