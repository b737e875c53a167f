#include "demo/faultgate.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdlib>
#include <ctime>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds leakPeriod(100);
constexpr double recoveryLatencySeconds = 1.0;
constexpr int abortExitCode = 134; ///< What a shell shows of a process that aborted.

milliseconds fromNumber(double seconds)
{
    return std::chrono::ceil<milliseconds>(fromSeconds(seconds));
}

Nanoseconds threadCpuTime()
{
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}

} // namespace

FaultGate::FaultGate(QObject *parent)
    : QObject(parent)
    , m_leakTimer(this)
    , m_stallBegin(this)
    , m_stallEnd(this)
    , m_refusalEnd(this)
{
    m_leakTimer.setTimerType(Qt::PreciseTimer);
    m_leakTimer.setInterval(leakPeriod);
    for (QTimer *once : {&m_stallBegin, &m_stallEnd, &m_refusalEnd}) {
        once->setTimerType(Qt::PreciseTimer);
        once->setSingleShot(true);
    }
    connect(&m_leakTimer, &QTimer::timeout, this, &FaultGate::leak);
    connect(&m_stallBegin, &QTimer::timeout, this, &FaultGate::beginStall);
    connect(&m_stallEnd, &QTimer::timeout, this, &FaultGate::endStall);
    connect(&m_refusalEnd, &QTimer::timeout, this, &FaultGate::refusalExpired);
}

Errors FaultGate::change(const QJsonObject &changes)
{
    const Result<FaultSettings, Errors> next = m_settings.with(changes);
    if (!next)
        return next.error();
    leak(); // at the old pace up to now
    m_settings = *next;
    m_workingSet.resize(Bytes::fromMb(m_settings.workingSetMb));
    m_lastLeak = steadyNow();
    if (m_settings.leakMbPerMinute > 0.0)
        m_leakTimer.start();
    else
        m_leakTimer.stop();
    if (changes.contains("crash_after"_L1))
        m_requestsUntilCrash = m_settings.crashAfter;
    if (changes.contains("stall_seconds"_L1)) {
        m_stallBegin.stop();
        if (m_settings.stallSeconds > 0.0)
            m_stallBegin.start(fromNumber(m_settings.stallAfterSeconds));
        else
            endStall();
    }
    if (m_settings.refuse && changes.contains("refuse"_L1)) {
        if (m_settings.refuseSeconds > 0.0)
            m_refusalEnd.start(fromNumber(m_settings.refuseSeconds));
        Q_EMIT refusalBegan();
    }
    return {};
}

void FaultGate::pass(Kind kind, const HttpResponder &responder, const Work &work)
{
    if (!isSpared(kind))
        countForCrash();
    const Held held{kind, responder, work};
    const Nanoseconds wait = latency(kind);
    if (wait <= Nanoseconds(0)) {
        finish(held);
        return;
    }
    QTimer::singleShot(std::chrono::ceil<milliseconds>(wait), Qt::PreciseTimer, this,
                       [this, held] { finish(held); });
}

void FaultGate::burden()
{
    countForCrash();
    burnCpu();
}

// slow_recovery_seconds: 1 s x (1 - elapsed / slow_recovery_seconds), added to latency_ms.
Nanoseconds FaultGate::latency(Kind kind) const
{
    double seconds = isSpared(kind) ? 0.0 : m_settings.latencyMs / 1000.0;
    if (m_isRecovering && m_settings.slowRecoverySeconds > 0.0) {
        const double elapsed = toSeconds(steadyNow() - m_recoveryBegin);
        const double left = 1.0 - elapsed / m_settings.slowRecoverySeconds;
        seconds += recoveryLatencySeconds * std::max(left, 0.0);
    }
    return fromSeconds(seconds);
}

void FaultGate::endRefusal()
{
    m_settings.refuse = false;
    beginRecovery();
}

void FaultGate::beginStall()
{
    m_isStalled = true;
    m_stallEnd.start(fromNumber(std::exchange(m_settings.stallSeconds, 0.0)));
}

void FaultGate::endStall()
{
    m_stallEnd.stop();
    if (!std::exchange(m_isStalled, false))
        return;
    beginRecovery();
    for (const Held &held : std::exchange(m_held, {}))
        finish(held);
    Q_EMIT stallEnded();
}

void FaultGate::leak()
{
    const SteadyTime now = steadyNow();
    const double minutes = toSeconds(now - std::exchange(m_lastLeak, now)) / 60.0;
    if (m_settings.leakMbPerMinute <= 0.0)
        return;
    m_leakOwedBytes += double(Bytes::fromMb(m_settings.leakMbPerMinute).count()) * minutes;
    m_leaked.resize(Bytes(qint64(m_leakOwedBytes)));
}

void FaultGate::beginRecovery()
{
    m_isRecovering = true;
    m_recoveryBegin = steadyNow();
}

void FaultGate::countForCrash()
{
    if (m_settings.crashAfter > 0 && m_requestsUntilCrash-- == 0)
        std::_Exit(abortExitCode); // as a crash: nothing is flushed, closed or told
}

void FaultGate::burnCpu() const
{
    const Nanoseconds end = threadCpuTime() + fromSeconds(m_settings.cpuMsPerRequest / 1000.0);
    while (m_settings.cpuMsPerRequest > 0.0 && threadCpuTime() < end) { }
}

bool FaultGate::isSpared(Kind kind) const
{
    return kind == Kind::Health && !m_settings.faultHealth;
}

void FaultGate::finish(const Held &held)
{
    if (m_isStalled) {
        m_held.push_back(held);
        return;
    }
    if (!held.responder.isPending())
        return; // its client has left
    if (isSpared(held.kind)) {
        held.responder.send(held.work());
        return;
    }
    burnCpu();
    m_errorDebt += m_settings.errorPercent;
    if (m_errorDebt < 100.0) {
        held.responder.send(held.work());
        return;
    }
    m_errorDebt -= 100.0;
    held.responder.send(HttpResponse::failure(
        int(m_settings.errorStatus), QCoreApplication::translate("FaultGate", "A planted error.")));
}

} // namespace lowtide
