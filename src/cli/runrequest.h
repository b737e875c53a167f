#pragma once

#include "cli/console.h"
#include "cli/profilequery.h"
#include "cli/reportoutput.h"

#include <QString>

#include <optional>

namespace CLI {
class App;
}

namespace lowtide {

/// What `run` and `demo` have in common: where a run writes, how much it says, and doing it.
class RunRequest {
public:
    void declare(CLI::App &app);
    /// --events, --control, --run-dir: for programs that drive a run.
    void declareForPrograms(CLI::App &app);

    /// Runs the event loop until the run is over; returns the exit code.
    [[nodiscard]] int execute(const ProfileQuery &query, Console &console);

private:
    [[nodiscard]] Errors problems(const ProfileQuery &query) const;

    std::optional<QString> m_outputDirectory, m_runDirectory, m_events, m_control, m_logLevel;
    bool m_isQuiet = false, m_isVerbose = false;
    ReportOutput m_output;
};

} // namespace lowtide
