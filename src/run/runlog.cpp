#include "run/runlog.h"

#include <QCoreApplication>
#include <QDateTime>

#include <array>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr std::array levels = {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error};

} // namespace

std::optional<LogLevel> logLevelFromName(const QString &name)
{
    for (const LogLevel level : levels) {
        if (name.compare(logLevelId(level), Qt::CaseInsensitive) == 0)
            return level;
    }
    return std::nullopt;
}

QString logLevelId(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug:
        return u"debug"_s;
    case LogLevel::Info:
        return u"info"_s;
    case LogLevel::Warning:
        return u"warning"_s;
    case LogLevel::Error:
        return u"error"_s;
    }
    return {};
}

RunLog::RunLog(LogLevel threshold)
    : m_threshold(threshold)
{
}

Result<void> RunLog::open(const QString &path)
{
    auto file = std::make_unique<QFile>(path);
    if (!file->open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered)) {
        return Unexpected(
            Error{.code = ErrorCode::Io,
                  .message = QCoreApplication::translate("RunLog", "cannot open the log: %1.")
                                 .arg(file->errorString()),
                  .where = path});
    }
    m_files.push_back(std::move(file));
    return {};
}

void RunLog::write(LogLevel level, const QString &category, const QString &text)
{
    if (!takes(level))
        return;
    const QString stamp = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs);
    QByteArray lines;
    for (const QString &line : text.split(u'\n', Qt::SkipEmptyParts))
        lines +=
            u"%1 %2 %3: %4\n"_s.arg(stamp, logLevelId(level).toUpper(), category, line).toUtf8();
    for (const auto &file : m_files)
        file->write(lines);
}

} // namespace lowtide
