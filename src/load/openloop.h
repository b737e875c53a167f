#pragma once

#include "load/loadloop.h"
#include "load/ring.h"
#include "load/schedule.h"

namespace lowtide {

/// Sends by the schedule, whatever the target does. An operation that finds no free user waits, the
/// oldest first, and its response time counts from when it was due; where no room to wait is left
/// it is dropped and counted. A dropped one has no response time.
class OpenLoop final : public LoadLoop {
public:
    explicit OpenLoop(const Setup &setup);

    void setRate(Rate rate) override;

private:
    [[nodiscard]] std::optional<Nanoseconds> nextArrival() const noexcept override;
    void arrive() noexcept override;
    void userFreed(const Completion &completion) noexcept override;
    [[nodiscard]] std::optional<Operation> takeWaiting() noexcept override;

    Schedule m_schedule;
    qint64 m_next = 0; ///< Number of the next operation.
    std::optional<Nanoseconds> m_nextDue; ///< Its time, asked of the schedule once.
    Ring<Operation> m_waiting;
};

} // namespace lowtide
