#include "load/closedloop.h"

#include "load/schedule.h"

#include <algorithm>

namespace lowtide {

ClosedLoop::ClosedLoop(const Setup &setup)
    : LoadLoop(setup, Schedule(setup.shape).end())
    , m_thinkTime(std::max(Nanoseconds::zero(), setup.shape.thinkTime))
    , m_ready(static_cast<std::size_t>(std::max(1, setup.shape.users)))
{
}

void ClosedLoop::start(LoadClient &client)
{
    LoadLoop::start(client);
    for (int i = 0; i < users(); ++i)
        m_ready.push(Nanoseconds::zero());
}

std::optional<Nanoseconds> ClosedLoop::nextArrival() const noexcept
{
    return m_ready.isEmpty() ? std::nullopt : std::optional(m_ready.front());
}

void ClosedLoop::arrive() noexcept { send(plan(m_ready.pop()), true); }

void ClosedLoop::userFreed(const Completion &completion) noexcept
{
    m_ready.push(timeline().at(completion.ended) + m_thinkTime);
}

std::optional<Operation> ClosedLoop::takeWaiting() noexcept
{
    return std::nullopt; // a user exists for each operation
}

} // namespace lowtide
