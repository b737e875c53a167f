#include "target/processsample.h"

#include <QList>

namespace lowtide {

namespace {

/// The number in "KEY:   123 kB", in bytes.
std::optional<qint64> kilobytes(const QByteArray &text, const QByteArray &key)
{
    for (const QByteArray &line : text.split('\n')) {
        if (!line.startsWith(key + ':'))
            continue;
        const QByteArray rest = line.mid(key.size() + 1).trimmed();
        bool isNumber = false;
        const qint64 value = rest.left(rest.indexOf(' ')).toLongLong(&isNumber);
        if (isNumber && rest.endsWith(" kB"))
            return value * 1024;
    }
    return std::nullopt;
}

std::optional<qint64> plainNumber(const QByteArray &text, const QByteArray &key)
{
    for (const QByteArray &line : text.split('\n')) {
        if (!line.startsWith(key + ':'))
            continue;
        bool isNumber = false;
        const qint64 value = line.mid(key.size() + 1).trimmed().toLongLong(&isNumber);
        if (isNumber)
            return value;
    }
    return std::nullopt;
}

} // namespace

std::optional<ProcessStat> parseProcessStat(const QByteArray &text)
{
    // "PID (NAME) STATE PPID ...": the name may hold spaces and brackets, so count from its last
    // bracket.
    const qsizetype nameBegin = text.indexOf('(');
    const qsizetype nameEnd = text.lastIndexOf(')');
    if (nameBegin < 1 || nameEnd < nameBegin)
        return std::nullopt;
    const QList<QByteArray> fields = text.mid(nameEnd + 1).trimmed().split(' ');
    constexpr qsizetype firstField = 3; // what proc_pid_stat(5) numbers 3 is ours number 0
    constexpr qsizetype startField = 22;
    if (fields.size() <= startField - firstField || fields.first().size() != 1)
        return std::nullopt;
    bool areNumbers = true;
    const auto field = [&](qsizetype number) {
        bool isNumber = false;
        const qint64 value = fields.at(number - firstField).toLongLong(&isNumber);
        areNumbers = areNumbers && isNumber;
        return value;
    };
    bool isPid = false;
    ProcessStat stat;
    stat.pid = text.left(nameBegin).trimmed().toLongLong(&isPid);
    stat.state = fields.first().at(0);
    stat.parent = field(4);
    stat.userTicks = field(14);
    stat.systemTicks = field(15);
    stat.reapedTicks = field(16) + field(17);
    stat.startTicks = field(startField);
    return isPid && areNumbers ? std::optional(stat) : std::nullopt;
}

ProcessMemory parseProcessStatus(const QByteArray &text)
{
    return {kilobytes(text, "VmRSS"), kilobytes(text, "VmHWM")};
}

std::optional<ProcessIo> parseProcessIo(const QByteArray &text)
{
    const auto read = plainNumber(text, "read_bytes");
    const auto written = plainNumber(text, "write_bytes");
    if (!read || !written)
        return std::nullopt;
    return ProcessIo{*read, *written};
}

std::optional<NetworkTotals> parseNetworkDevices(const QByteArray &text)
{
    // NAME: bytes packets errs drop fifo frame compressed multicast | bytes ...
    constexpr qsizetype sentField = 8;
    NetworkTotals totals;
    bool hasHeader = false;
    for (const QByteArray &line : text.split('\n')) {
        hasHeader = hasHeader || line.contains("|bytes");
        const qsizetype colon = line.indexOf(':');
        if (colon < 0 || line.left(colon).trimmed() == "lo")
            continue;
        const QList<QByteArray> fields = line.mid(colon + 1).simplified().split(' ');
        bool isReceived = false;
        bool isSent = false;
        if (fields.size() <= sentField)
            return std::nullopt;
        totals.receivedBytes += fields.first().toLongLong(&isReceived);
        totals.sentBytes += fields.at(sentField).toLongLong(&isSent);
        if (!isReceived || !isSent)
            return std::nullopt;
    }
    return hasHeader ? std::optional(totals) : std::nullopt;
}

std::optional<qint64> parseMeminfo(const QByteArray &text, const QByteArray &key)
{
    return kilobytes(text, key);
}

} // namespace lowtide
