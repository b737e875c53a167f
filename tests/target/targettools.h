#pragma once

#include "target/processsample.h"
#include "target/textfile.h"

#include <QDir>
#include <QFile>
#include <QString>
#include <QTcpServer>

namespace lowtide {

/// There, and not only waiting to be reaped.
inline bool isAlive(qint64 pid)
{
    const auto text = readTextFile(QStringLiteral("/proc/%1/stat").arg(pid));
    const auto stat = text ? parseProcessStat(*text) : std::nullopt;
    return stat && stat->state != 'Z' && stat->state != 'X';
}

inline void writeTestFile(const QString &path, const QByteArray &text)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(path));
}

inline QByteArray readTestFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// A port on which nothing listens now.
inline quint16 freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost, 0);
    return server.serverPort();
}

} // namespace lowtide
