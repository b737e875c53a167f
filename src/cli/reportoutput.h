#pragma once

#include "cli/console.h"
#include "model/runreport.h"

#include <QString>

#include <optional>

namespace CLI {
class App;
}

namespace lowtide {

/// How and where a command shows a report: --format and -o.
class ReportOutput {
public:
    void declare(CLI::App &app);

    [[nodiscard]] bool hasFormat() const { return m_format.has_value(); }
    /// Results go to stdout unless a file was named.
    [[nodiscard]] bool goesToStandardOutput() const;
    /// Whether the file can be written, asked before anything is measured.
    [[nodiscard]] Result<void> check() const;
    [[nodiscard]] Result<void> write(const RunReport &report, Console &console) const;

    /// The summary for people.
    [[nodiscard]] static QByteArray summary(const RunReport &report);

private:
    [[nodiscard]] QString format() const;

    std::optional<QString> m_format, m_file;
};

} // namespace lowtide
