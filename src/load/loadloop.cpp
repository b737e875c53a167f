#include "load/loadloop.h"

#include <algorithm>

namespace lowtide {

namespace {
/// Operations planned in one turn. After a stall of ours there may be thousands due: sockets get
/// their turn in between.
constexpr int mostPerTurn = 64;

/// The last operation that is due in time shall end by its own time limit first.
constexpr Nanoseconds drainGrace = std::chrono::milliseconds(10);
} // namespace

LoadLoop::LoadLoop(const Setup &setup, std::optional<Nanoseconds> end)
    : m_mix(setup.mix)
    , m_clock(setup.clock)
    , m_listener(setup.listener)
    , m_firstOperationId(setup.firstOperationId)
    , m_operations(setup.shape.operations)
    , m_end(end)
    , m_timeline(setup.clock.now())
    , m_ledger(setup.clock.now(), setup.mix.size())
    , m_users(std::max(1, setup.shape.users))
{
}

void LoadLoop::start(LoadClient &client)
{
    Q_ASSERT(m_phase == Phase::Idle);
    m_client = &client;
    m_users = std::min(m_users, client.capacity());
    m_timeline = LoadTimeline(m_clock.now());
    m_ledger = OperationLedger(m_clock.now(), m_mix.size());
    m_phase = Phase::Running;
}

void LoadLoop::stop(StopMode mode, Nanoseconds drainTime)
{
    if (m_phase == Phase::Ended)
        return;
    m_endedByItself = false;
    if (mode == StopMode::Now || m_phase == Phase::Idle) {
        cancelAll();
        return;
    }
    drainUntil(std::min(m_drainDeadline, m_clock.now() + drainTime));
}

void LoadLoop::pause()
{
    if (m_phase != Phase::Running || m_timeline.isPaused())
        return;
    catchUp();
    m_timeline.pause(m_clock.now());
}

void LoadLoop::resume() { m_timeline.resume(m_clock.now()); }

void LoadLoop::setRate(Rate /*rate*/) { }

SteadyTime LoadLoop::nextDeadline() const noexcept
{
    switch (m_phase) {
    case Phase::Idle:
    case Phase::Ended:
        return noDeadline;
    case Phase::Draining:
        return m_drainDeadline;
    case Phase::Running:
        break;
    }
    if (isExhausted())
        return m_timeline.steady(Nanoseconds::zero());
    if (m_timeline.isPaused())
        return noDeadline;
    SteadyTime next = m_end ? m_timeline.steady(*m_end) : noDeadline;
    if (const auto arrival = nextArrival())
        next = std::min(next, m_timeline.steady(*arrival));
    return next;
}

void LoadLoop::onDeadline(SteadyTime now) noexcept
{
    if (m_phase == Phase::Draining && now >= m_drainDeadline) {
        if (m_endedByItself)
            timeOutWaiting();
        else
            cancelAll();
    }
    if (m_phase != Phase::Running)
        return;
    for (int i = 0; i < mostPerTurn && isDue(now); ++i)
        arrive();
    if (isOver(now)) {
        m_endedByItself = true;
        drainUntil(m_clock.now() + m_mix.longestTimeout() + drainGrace);
    }
}

void LoadLoop::completed(const Completion &completion) noexcept
{
    --m_open;
    m_ledger.complete(completion);
    if (!m_isCancelling)
        userFreed(completion);
    endIfNothingIsOpen();
}

Operation LoadLoop::plan(Nanoseconds due) noexcept
{
    const std::uint64_t id =
        m_firstOperationId + static_cast<std::uint64_t>(m_ledger.counts().planned);
    m_ledger.plan();
    return {.id = id, .request = m_mix.requestOf(id), .due = m_timeline.steady(due)};
}

void LoadLoop::send(const Operation &operation, bool hadFreeUser) noexcept
{
    Q_ASSERT(hasFreeUser());
    const SteadyTime now = m_clock.now();
    ++m_open;
    m_ledger.send(hadFreeUser ? std::optional(now - operation.due) : std::nullopt);
    m_client->send(operation, now + m_mix.timeoutOf(operation.request));
}

void LoadLoop::catchUp() noexcept
{
    const SteadyTime now = m_clock.now();
    while (m_phase == Phase::Running && isDue(now))
        arrive();
}

bool LoadLoop::isExhausted() const noexcept
{
    return m_operations && m_ledger.counts().planned >= *m_operations;
}

bool LoadLoop::isDue(SteadyTime now) const noexcept
{
    if (m_timeline.isPaused() || isExhausted())
        return false;
    const auto arrival = nextArrival();
    return arrival && !(m_end && *arrival >= *m_end) && m_timeline.steady(*arrival) <= now;
}

bool LoadLoop::isOver(SteadyTime now) const noexcept
{
    if (isExhausted())
        return true;
    // All that was due before the end is planned first, however late we are.
    return !isDue(now) && m_end && now >= m_timeline.steady(*m_end) && !m_timeline.isPaused();
}

void LoadLoop::drainUntil(SteadyTime deadline) noexcept
{
    m_phase = Phase::Draining;
    m_drainDeadline = deadline;
    endIfNothingIsOpen();
}

void LoadLoop::cancelAll() noexcept
{
    m_phase = Phase::Draining;
    m_isCancelling = true;
    while (takeWaiting())
        m_ledger.cancelWaiting();
    if (m_client)
        m_client->cancelAll(); // comes back as completed() for each
    endIfNothingIsOpen();
}

void LoadLoop::timeOutWaiting() noexcept
{
    // Nothing waits any more, so nothing more is sent either.
    while (const auto operation = takeWaiting())
        m_ledger.timeOutWaiting(*operation, m_clock.now());
    m_drainDeadline = noDeadline;
    endIfNothingIsOpen();
}

void LoadLoop::endIfNothingIsOpen() noexcept
{
    if (m_phase != Phase::Draining || m_ledger.counts().inFlight > 0)
        return;
    m_phase = Phase::Ended;
    m_listener.loopEnded();
}

} // namespace lowtide
