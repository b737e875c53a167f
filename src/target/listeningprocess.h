#pragma once

#include <QByteArray>
#include <QHostAddress>
#include <QList>
#include <QString>
#include <QUrl>

#include <optional>

namespace lowtide {

/// The process behind an address of this machine.
struct ListeningProcess {
    qint64 pid = 0;
    QString name; ///< As /proc/PID/comm has it.
    friend bool operator==(const ListeningProcess &, const ListeningProcess &) = default;
};

/// Inodes of the sockets that listen on `port` at one of `addresses` or at all of this machine's,
/// in a text of the form of /proc/net/tcp or tcp6 (proc(5): local address in hex, state 0A, inode
/// in column 10).
[[nodiscard]] QList<qint64> listeningInodes(const QByteArray &table, int port,
                                            const QList<QHostAddress> &addresses);

/// Who listens where each URL points to: the outermost process that holds the socket, so that a
/// server's workers count with their master. Absent for hosts other than loopback, for programs
/// that only pass connections on, such as docker's proxy (their memory would be taken for the
/// service's), and wherever it is not plain: unrelated processes listen there, or one that we may
/// not look into (another user's, unless we are root). Reads /proc once, some milliseconds.
[[nodiscard]] QList<std::optional<ListeningProcess>>
findListeningProcesses(const QList<QUrl> &urls);
[[nodiscard]] std::optional<ListeningProcess> findListeningProcess(const QUrl &url);

} // namespace lowtide
