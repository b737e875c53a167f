#pragma once

#include "base/result.h"

#include <QFile>
#include <QList>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace lowtide {

enum class LogLevel { Debug, Info, Warning, Error };
/// "DEBUG", "INFO", "WARNING", "ERROR", in any case; absent for another word.
[[nodiscard]] std::optional<LogLevel> logLevelFromName(const QString &name);
/// "debug", "info", "warning", "error".
[[nodiscard]] QString logLevelId(LogLevel level);

/// The log of a run in one or more files, appended: "2026-01-31T12:00:00.000Z WARNING lowtide.run:
/// text". Main thread.
class RunLog {
public:
    explicit RunLog(LogLevel threshold);

    [[nodiscard]] Result<void> open(const QString &path);
    [[nodiscard]] bool takes(LogLevel level) const { return level >= m_threshold; }
    /// A text of several lines becomes several lines.
    void write(LogLevel level, const QString &category, const QString &text);

private:
    LogLevel m_threshold;
    std::vector<std::unique_ptr<QFile>> m_files;
};

} // namespace lowtide
