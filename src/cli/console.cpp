#include "cli/console.h"

#include <QCoreApplication>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr int fallbackColumns = 80;

/// 0, or errno of the write that failed.
int writeAll(int descriptor, const QByteArray &text)
{
    qsizetype done = 0;
    while (done < text.size()) {
        const ssize_t count = ::write(descriptor, text.constData() + done,
                                      static_cast<std::size_t>(text.size() - done));
        if (count >= 0) {
            done += count;
        } else if (errno == EAGAIN) {
            // Somebody made the shared descriptor non-blocking; a result is waited for all the
            // same.
            pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

} // namespace

int exitStatusOf(const Errors &errors)
{
    const bool allBadInput = std::all_of(errors.cbegin(), errors.cend(), [](const Error &error) {
        return error.code == ErrorCode::BadInput;
    });
    return exitStatus(allBadInput ? ExitCode::BadInput : ExitCode::CouldNotRun);
}

Console::Console(int output, int errors)
    : m_output(output)
    , m_errors(errors)
{
}

Result<void> Console::writeResult(const QByteArray &text)
{
    const int failure = writeAll(m_output, text);
    if (failure == 0 || failure == EPIPE)
        return {};
    return Unexpected(Error{ErrorCode::Io,
                            QCoreApplication::translate("Console", "cannot be written: %1.")
                                .arg(QString::fromLocal8Bit(std::strerror(failure))),
                            u"stdout"_s,
                            {}});
}

void Console::report(const Error &error) { say(u"lowtide: "_s + error.text()); }

void Console::report(const Errors &errors)
{
    for (const Error &error : errors)
        report(error);
}

void Console::say(const QString &line)
{
    const QByteArray text = line.toUtf8() + '\n';
    // Where stderr can't be written there is nobody left to tell.
    if (m_waitsForReader)
        (void)writeAll(m_errors, text);
    else
        (void)tryToWrite(text);
}

bool Console::tryToWrite(const QByteArray &text)
{
    // A pipe that polls as writable takes PIPE_BUF bytes (4096) without blocking; a stopped
    // terminal (Ctrl-S) does not poll as writable.
    constexpr qsizetype atMost = 4096;
    pollfd ready{.fd = m_errors, .events = POLLOUT, .revents = 0};
    if (text.size() > atMost || ::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0)
        return false;
    return ::write(m_errors, text.constData(), static_cast<std::size_t>(text.size()))
        == text.size();
}

bool Console::isTerminal() const { return ::isatty(m_errors) == 1; }

int Console::columns() const
{
    winsize size{};
    if (::ioctl(m_errors, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return fallbackColumns;
    return size.ws_col;
}

bool Console::resultsGoToTerminal() const { return ::isatty(m_output) == 1; }

} // namespace lowtide
