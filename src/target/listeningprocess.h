#pragma once

#include <QByteArray>
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

/// Inodes of the sockets that listen on `port`, in a text of the form of /proc/net/tcp or tcp6
/// (proc(5): local address in hex, state 0A, inode in column 10).
[[nodiscard]] QList<qint64> listeningInodes(const QByteArray &table, int port);

/// Who listens where `url` points to: the outermost process that holds the socket, so that a
/// server's workers count with their master. Absent for hosts other than loopback, for processes of
/// other users (unless we are root), and for programs that only pass connections on, such as
/// docker's proxy: their memory would be taken for the service's. Reads /proc once, some
/// milliseconds.
[[nodiscard]] std::optional<ListeningProcess> findListeningProcess(const QUrl &url);

} // namespace lowtide
