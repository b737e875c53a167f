#include "target/listeningprocess.h"

#include "target/processsample.h"
#include "target/textfile.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QHostAddress>
#include <QSet>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <unistd.h>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr std::array forwarders = {"docker-proxy"_L1, "rootlessport"_L1, "rootlesskit"_L1,
                                   "conmon"_L1,       "slirp4netns"_L1,  "pasta"_L1,
                                   "ssh"_L1,          "sshd"_L1,         "kubectl"_L1,
                                   "systemd"_L1,      "socat"_L1};

/// Where a URL's host is this machine's loopback; empty where it is not.
QList<QHostAddress> loopbackOf(const QString &host)
{
    if (host.compare(u"localhost"_s, Qt::CaseInsensitive) == 0)
        return {QHostAddress(QHostAddress::LocalHost), QHostAddress(QHostAddress::LocalHostIPv6)};
    const QHostAddress address(host);
    return address.isLoopback() ? QList<QHostAddress>{address} : QList<QHostAddress>();
}

/// Words of 32 bits in hex, each as this machine orders its bytes. Null where it is no address.
QHostAddress addressOf(const QByteArray &hex)
{
    constexpr qsizetype digits = 8; // of one word
    QByteArray bytes;
    for (qsizetype at = 0; at + digits <= hex.size(); at += digits) {
        bool isNumber = false;
        const quint32 word = hex.mid(at, digits).toUInt(&isNumber, 16);
        if (!isNumber)
            return {};
        bytes.append(reinterpret_cast<const char *>(&word), sizeof word);
    }
    if (bytes.size() == 4)
        return QHostAddress(qFromBigEndian<quint32>(bytes.constData()));
    if (bytes.size() != 16)
        return {};
    const QHostAddress address(reinterpret_cast<const quint8 *>(bytes.constData()));
    bool isMapped = false;
    const quint32 mapped = address.toIPv4Address(&isMapped);
    return isMapped && address != QHostAddress(QHostAddress::AnyIPv6) ? QHostAddress(mapped)
                                                                      : address;
}

/// Who takes what comes to one of these: a listener at :: takes IPv4 too (ipv6(7)).
bool takes(const QHostAddress &listener, const QList<QHostAddress> &addresses)
{
    return std::any_of(addresses.cbegin(), addresses.cend(),
                       [&listener](const QHostAddress &address) {
                           const bool isEverywhere = listener == QHostAddress(QHostAddress::AnyIPv6)
                               || (listener == QHostAddress(QHostAddress::AnyIPv4)
                                   && address.protocol() == QHostAddress::IPv4Protocol);
                           return isEverywhere || listener == address;
                       });
}

using Holders = QHash<QString, QSet<qint64>>; // by socket

/// The pids of processes that hold each of these sockets.
Holders holdersOf(const QSet<QString> &sockets)
{
    Holders holders;
    if (sockets.isEmpty())
        return holders;
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
            const QString socket =
                length > 0 ? QString::fromLatin1(target.data(), length) : QString();
            if (sockets.contains(socket))
                holders[socket].insert(pid);
        }
    }
    return holders;
}

std::optional<ProcessStat> statOf(qint64 pid)
{
    const auto text = readTextFile(u"/proc/%1/stat"_s.arg(pid));
    return text ? parseProcessStat(*text) : std::nullopt;
}

/// Whether it descends from one of them.
bool descends(qint64 pid, const QSet<qint64> &others)
{
    for (auto stat = statOf(pid); stat && stat->parent > 0; stat = statOf(stat->parent)) {
        if (others.contains(stat->parent))
            return true;
    }
    return false;
}

QSet<QString> socketsOf(const QUrl &url, const QByteArrayList &tables)
{
    const QList<QHostAddress> addresses = loopbackOf(url.host());
    const bool isSecure = url.scheme() == u"https" || url.scheme() == u"wss";
    QSet<QString> sockets;
    for (const QByteArray &table : tables) {
        for (const qint64 inode : listeningInodes(table, url.port(isSecure ? 443 : 80), addresses))
            sockets.insert(u"socket:[%1]"_s.arg(inode));
    }
    return sockets;
}

std::optional<ListeningProcess> onlyProcess(const QSet<QString> &sockets, const Holders &holders)
{
    QSet<qint64> pids;
    for (const QString &socket : sockets) {
        if (!holders.contains(socket))
            return std::nullopt; // who else listens there, we may not see
        pids += holders.value(socket);
    }
    QList<qint64> outermost;
    for (const qint64 pid : std::as_const(pids)) {
        if (!descends(pid, pids))
            outermost.append(pid);
    }
    if (outermost.size() != 1)
        return std::nullopt;
    const qint64 pid = outermost.constFirst();
    const auto name = readTextFile(u"/proc/%1/comm"_s.arg(pid));
    const QString comm = QString::fromUtf8(name.value_or(QByteArray())).trimmed();
    const bool isForwarder =
        std::any_of(forwarders.begin(), forwarders.end(),
                    [&comm](QLatin1StringView known) { return comm == known; });
    return isForwarder ? std::nullopt : std::optional(ListeningProcess{.pid = pid, .name = comm});
}

} // namespace

QList<qint64> listeningInodes(const QByteArray &table, int port,
                              const QList<QHostAddress> &addresses)
{
    constexpr qsizetype addressColumn = 1;
    constexpr qsizetype stateColumn = 3;
    constexpr qsizetype inodeColumn = 9;
    QList<qint64> inodes;
    for (const QByteArray &line : table.split('\n')) {
        const QList<QByteArray> columns = line.simplified().split(' ');
        if (columns.size() <= inodeColumn || columns.at(stateColumn) != "0A")
            continue;
        const QByteArray &local = columns.at(addressColumn);
        const qsizetype colon = local.lastIndexOf(':');
        bool isNumber = false;
        const bool isPort = local.mid(colon + 1).toInt(&isNumber, 16) == port && isNumber;
        if (isPort && takes(addressOf(local.left(colon)), addresses))
            inodes.append(columns.at(inodeColumn).toLongLong());
    }
    return inodes;
}

QList<std::optional<ListeningProcess>> findListeningProcesses(const QList<QUrl> &urls)
{
    QByteArrayList tables;
    for (const QString &table : {u"/proc/net/tcp"_s, u"/proc/net/tcp6"_s})
        tables.append(readTextFile(table).value_or(QByteArray()));
    QList<QSet<QString>> sockets;
    QSet<QString> all;
    for (const QUrl &url : urls) {
        sockets.append(socketsOf(url, tables));
        all += sockets.constLast();
    }
    const Holders holders = holdersOf(all);
    QList<std::optional<ListeningProcess>> found;
    for (const QSet<QString> &ofUrl : std::as_const(sockets))
        found.append(onlyProcess(ofUrl, holders));
    return found;
}

std::optional<ListeningProcess> findListeningProcess(const QUrl &url)
{
    return findListeningProcesses({url}).constFirst();
}

} // namespace lowtide
