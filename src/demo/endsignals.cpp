#include "demo/endsignals.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <sys/signalfd.h>
#include <unistd.h>

namespace lowtide {

namespace {

sigset_t endingSignals()
{
    sigset_t set;
    ::sigemptyset(&set);
    for (const int each : {SIGINT, SIGTERM, SIGHUP})
        ::sigaddset(&set, each);
    return set;
}

int openSignals()
{
    const sigset_t set = endingSignals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

} // namespace

EndSignals::EndSignals(QObject *parent)
    : QObject(parent)
    , m_signals(openSignals())
    , m_signalNotifier(m_signals, QSocketNotifier::Read, this)
    , m_inputNotifier(STDIN_FILENO, QSocketNotifier::Read, this)
{
    m_inputNotifier.setEnabled(false);
    connect(&m_signalNotifier, &QSocketNotifier::activated, this, &EndSignals::onSignal);
    connect(&m_inputNotifier, &QSocketNotifier::activated, this, &EndSignals::onInput);
}

EndSignals::~EndSignals()
{
    m_signalNotifier.setEnabled(false);
    ::close(m_signals);
}

void EndSignals::watchLifeline() { m_inputNotifier.setEnabled(true); }

void EndSignals::onSignal()
{
    signalfd_siginfo info = {};
    if (::read(m_signals, &info, sizeof info) == sizeof info)
        Q_EMIT endAsked();
}

void EndSignals::onInput()
{
    std::array<char, 256> ignored = {};
    const ssize_t count = ::read(STDIN_FILENO, ignored.data(), ignored.size());
    if (count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN)))
        return;
    m_inputNotifier.setEnabled(false);
    Q_EMIT endAsked();
}

} // namespace lowtide
