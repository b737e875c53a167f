#include "load/openloop.h"

#include <algorithm>

namespace lowtide {

OpenLoop::OpenLoop(const Setup &setup)
    : LoadLoop(setup, Schedule(setup.shape).end())
    , m_schedule(setup.shape)
    , m_nextDue(m_schedule.dueAt(0))
    , m_waiting(static_cast<std::size_t>(std::max(0, setup.shape.queueBound)))
{
}

void OpenLoop::setRate(Rate rate)
{
    if (!isRunning())
        return;
    catchUp();
    m_schedule = m_schedule.rebased(timeline().at(now()), rate);
    m_nextDue = m_schedule.dueAt(m_next);
}

std::optional<Nanoseconds> OpenLoop::nextArrival() const noexcept { return m_nextDue; }

void OpenLoop::arrive() noexcept
{
    const Operation operation = plan(*m_nextDue);
    m_nextDue = m_schedule.dueAt(++m_next);
    if (hasFreeUser())
        send(operation, true);
    else if (!m_waiting.isFull())
        m_waiting.push(operation);
    else
        ledger().drop();
}

void OpenLoop::userFreed(const Completion & /*completion*/) noexcept
{
    if (!m_waiting.isEmpty())
        send(m_waiting.pop(), false);
}

std::optional<Operation> OpenLoop::takeWaiting() noexcept
{
    return m_waiting.isEmpty() ? std::nullopt : std::optional(m_waiting.pop());
}

} // namespace lowtide
