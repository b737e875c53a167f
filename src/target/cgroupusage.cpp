#include "target/cgroupusage.h"

#include "target/textfile.h"

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr qint64 noLimit = qint64(1) << 62; ///< v1 says "unlimited" by the largest number of pages.

std::optional<qint64> number(const QByteArray &text)
{
    bool isNumber = false;
    const qint64 value = text.trimmed().toLongLong(&isNumber);
    return isNumber ? std::optional(value) : std::nullopt;
}

/// The file's text, or an empty one: then every value of it is absent.
QByteArray textOf(const QString &folder, QLatin1StringView file)
{
    return folder.isEmpty() ? QByteArray()
                            : readTextFile(folder + u'/' + file).value_or(QByteArray());
}

std::optional<qint64> scaled(std::optional<qint64> value, qint64 divisor)
{
    return value ? std::optional(*value / divisor) : std::nullopt;
}

void readV1(const CgroupFolders &folders, CgroupUsage &usage)
{
    usage.memoryBytes = number(textOf(folders.memory, "memory.usage_in_bytes"_L1));
    usage.memoryLimitBytes = limitValue(textOf(folders.memory, "memory.limit_in_bytes"_L1));
    usage.oomKills = flatKeyedValue(textOf(folders.memory, "memory.oom_control"_L1), "oom_kill");
    const QByteArray memory = textOf(folders.memory, "memory.stat"_L1);
    usage.anonymousBytes = flatKeyedValue(memory, "total_rss");
    usage.fileBytes = flatKeyedValue(memory, "total_cache");
    usage.cpuUs = scaled(number(textOf(folders.cpuacct, "cpuacct.usage"_L1)), 1000);
    const QByteArray cpu = textOf(folders.cpu, "cpu.stat"_L1);
    usage.periods = flatKeyedValue(cpu, "nr_periods");
    usage.throttledPeriods = flatKeyedValue(cpu, "nr_throttled");
    usage.throttledUs = scaled(flatKeyedValue(cpu, "throttled_time"), 1000);
    const auto quota = number(textOf(folders.cpu, "cpu.cfs_quota_us"_L1));
    const auto period = number(textOf(folders.cpu, "cpu.cfs_period_us"_L1));
    if (quota && period && *quota > 0 && *period > 0)
        usage.cpuLimitCores = static_cast<double>(*quota) / static_cast<double>(*period);
}

void readV2(const QString &folder, CgroupUsage &usage)
{
    usage.memoryBytes = number(textOf(folder, "memory.current"_L1));
    usage.memoryLimitBytes = limitValue(textOf(folder, "memory.max"_L1));
    usage.oomKills = flatKeyedValue(textOf(folder, "memory.events"_L1), "oom_kill");
    const QByteArray memory = textOf(folder, "memory.stat"_L1);
    usage.anonymousBytes = flatKeyedValue(memory, "anon");
    usage.fileBytes = flatKeyedValue(memory, "file");
    const QByteArray cpu = textOf(folder, "cpu.stat"_L1);
    usage.cpuUs = flatKeyedValue(cpu, "usage_usec");
    usage.periods = flatKeyedValue(cpu, "nr_periods");
    usage.throttledPeriods = flatKeyedValue(cpu, "nr_throttled");
    usage.throttledUs = flatKeyedValue(cpu, "throttled_usec");
    usage.cpuLimitCores = cpuMaxCores(textOf(folder, "cpu.max"_L1));
}

} // namespace

CgroupUsage readCgroupUsage(const CgroupFolders &folders)
{
    CgroupUsage usage;
    if (folders.isV2)
        readV2(folders.unified, usage);
    else
        readV1(folders, usage);
    usage.cpuPressureUs = pressureTotalUs(textOf(folders.unified, "cpu.pressure"_L1));
    usage.memoryPressureUs = pressureTotalUs(textOf(folders.unified, "memory.pressure"_L1));
    usage.ioPressureUs = pressureTotalUs(textOf(folders.unified, "io.pressure"_L1));
    return usage;
}

std::optional<qint64> flatKeyedValue(const QByteArray &text, const QByteArray &key)
{
    for (const QByteArray &line : text.split('\n')) {
        if (line.startsWith(key) && line.size() > key.size() && line.at(key.size()) == ' ')
            return number(line.mid(key.size() + 1));
    }
    return std::nullopt;
}

std::optional<qint64> limitValue(const QByteArray &text)
{
    const auto value = number(text);
    return value && *value < noLimit ? value : std::nullopt;
}

std::optional<double> pressureTotalUs(const QByteArray &text)
{
    for (const QByteArray &line : text.split('\n')) {
        const qsizetype total = line.indexOf("total=");
        if (!line.startsWith("some ") || total < 0)
            continue;
        bool isNumber = false;
        const double value = line.mid(total + 6).trimmed().toDouble(&isNumber);
        if (isNumber)
            return value;
    }
    return std::nullopt;
}

std::optional<double> cpuMaxCores(const QByteArray &text)
{
    const QList<QByteArray> fields = text.trimmed().split(' ');
    if (fields.size() != 2)
        return std::nullopt;
    const auto quota = number(fields.first());
    const auto period = number(fields.last());
    if (!quota || !period || *period <= 0)
        return std::nullopt;
    return static_cast<double>(*quota) / static_cast<double>(*period);
}

} // namespace lowtide
