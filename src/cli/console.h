#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QString>

namespace lowtide {

/// Exit codes of the batch tool; scripts rely on them.
enum class ExitCode {
    Passed = 0,
    ObjectiveFailed = 1,
    BadInput = 2,
    CouldNotRun = 3,
    NotTrustworthy = 4,
    Interrupted = 130,
};
[[nodiscard]] constexpr int exitStatus(ExitCode code) { return static_cast<int>(code); }
/// 2 when all of them are the user's input, else 3.
[[nodiscard]] int exitStatusOf(const Errors &errors);

/// The terminal or whatever stands in its place: results on one descriptor, everything else on the
/// other. Does not own them. Main thread.
class Console {
public:
    explicit Console(int output = 1, int errors = 2);

    /// Writes a result whole. A reader that went away (EPIPE) is no error: it has seen enough.
    [[nodiscard]] Result<void> writeResult(const QByteArray &text);
    /// "lowtide: WHERE: MESSAGE HINT", one line each.
    void report(const Error &error);
    void report(const Errors &errors);
    /// A line for people that is neither a result nor an error.
    void say(const QString &line);
    /// While `waits` is false, report() and say() drop what stderr doesn't take at once: a reader
    /// that stalls must not hold up what is measured, nor its end.
    void setWaits(bool waits) { m_waitsForReader = waits; }

    /// Writes to stderr what fits without waiting for a reader; false when nothing was written.
    [[nodiscard]] bool tryToWrite(const QByteArray &text);

    [[nodiscard]] bool isTerminal() const;
    /// Of the terminal behind stderr; 80 where it can't be told.
    [[nodiscard]] int columns() const;
    [[nodiscard]] bool resultsGoToTerminal() const;

private:
    int m_output;
    int m_errors;
    bool m_waitsForReader = true;
};

} // namespace lowtide
