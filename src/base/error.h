#pragma once

#include <QList>
#include <QString>

namespace lowtide {

/// What kind of thing went wrong; decides the exit code of a program.
enum class ErrorCode {
    BadInput, ///< The user's profile, arguments or environment: exit code 2.
    Unreachable, ///< A target or a container engine does not answer: exit code 3.
    Io, ///< A file, socket or process of ours cannot be used: exit code 3.
    Refused, ///< The system does not allow it, for example a cgroup that cannot be written.
    Malformed, ///< Data from elsewhere (a journal, a server) does not follow its format.
};

/// An error as a value: what happened, where, and what to do next. All three are for people
/// (`tr()`).
struct Error {
    ErrorCode code = ErrorCode::BadInput;
    QString message; ///< One sentence: what is wrong.
    QString where; ///< JSON pointer, variable, flag, file or address. May be empty.
    QString hint; ///< What to do next. May be empty.

    /// "WHERE: MESSAGE HINT", on one line, without empty parts.
    [[nodiscard]] QString text() const;
    friend bool operator==(const Error &, const Error &) = default;
};

/// Validation returns every problem, not the first alone.
using Errors = QList<Error>;

} // namespace lowtide
