#include "cli/stopsignals.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace lowtide {

namespace {

constexpr std::array stopping = {SIGINT, SIGTERM, SIGHUP};

/// Handler to event loop; a handler may do little more than write().
std::array<int, 2> &selfPipe()
{
    static std::array<int, 2> ends = [] {
        std::array<int, 2> made{-1, -1};
        (void)::pipe2(made.data(), O_CLOEXEC | O_NONBLOCK);
        return made;
    }();
    return ends;
}

extern "C" void noteStop(int)
{
    const int kept = errno;
    (void)!::write(selfPipe()[1], "s", 1);
    errno = kept;
}

/// Who started us with nohup, or in the background of a script, wants it ignored.
bool isInheritedAsIgnored(int number)
{
    struct sigaction action { };
    return number != SIGTERM && ::sigaction(number, nullptr, &action) == 0
        && action.sa_handler == SIG_IGN;
}

void handleWith(void (*handler)(int))
{
    for (const int number : stopping) {
        if (isInheritedAsIgnored(number))
            continue;
        struct sigaction action { };
        action.sa_handler = handler;
        action.sa_flags = SA_RESTART;
        ::sigaction(number, &action, nullptr);
    }
}

} // namespace

StopSignals::StopSignals(QObject *parent)
    : QObject(parent)
    , m_notifier(selfPipe()[0], QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, &StopSignals::onReadable);
    handleWith(noteStop);
}

StopSignals::~StopSignals() { handleWith(SIG_DFL); }

void StopSignals::onReadable()
{
    char signal = 0;
    while (::read(selfPipe()[0], &signal, 1) == 1) {
        ++m_count;
        if (m_count == 1) {
            Q_EMIT stopAsked();
        } else if (m_count == 2) {
            handleWith(SIG_DFL);
            Q_EMIT stopNowAsked();
        }
    }
}

} // namespace lowtide
