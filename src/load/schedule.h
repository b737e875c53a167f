#pragma once

#include "model/loadshape.h"

#include <optional>
#include <vector>

namespace lowtide {

/// When each operation of an open load is due, as an offset from the load's start. Pure: nothing
/// accumulates from one operation to the next, so nothing drifts. A value.
///
/// Operation n is due where the integral of the arrival rate reaches n and goes on from there;
/// operation 0 so falls on the first moment with a rate, and stages are half open: 10/s for 1 s are
/// the 10 operations from 0.0 to 0.9 s.
class Schedule {
public:
    explicit Schedule(const LoadShape &shape);

    /// Nothing when there is no such operation: past the duration or the number of operations, or
    /// never reached at the rate that goes on.
    [[nodiscard]] std::optional<Nanoseconds> dueAt(qint64 n) const;
    /// When the load is over by time. Nothing when only the number of operations bounds it. A shape
    /// without any bound is over at once: an endless load is never meant.
    [[nodiscard]] std::optional<Nanoseconds> end() const { return m_end; }
    /// The integral of the rate up to `at`: operations so far with the started fraction of the
    /// next.
    [[nodiscard]] double arrivalsUntil(Nanoseconds at) const;

    /// The same schedule with `rate` from `at` on: the started fraction of the next operation
    /// stays, so there is neither jump nor catch-up. Operations due before `at` must have been
    /// taken: the new schedule knows them no more.
    [[nodiscard]] Schedule rebased(Nanoseconds at, Rate rate) const;

private:
    /// The rate goes linearly from `from` to `to` within `length`. In operations a second.
    struct Piece {
        Nanoseconds start{};
        Nanoseconds length{};
        double from = 0.0;
        double to = 0.0;
        double before = 0.0; ///< Integral at its start.
        double after = 0.0; ///< Integral at its end; infinite for the last piece, if it has a rate.
    };

    Schedule() = default;
    void append(Nanoseconds length, Rate from, Rate to);
    void appendEndless(Rate rate);

    std::vector<Piece> m_pieces; ///< Without gaps; the last one is endless and constant.
    std::optional<Nanoseconds> m_end;
    std::optional<qint64> m_operations;
};

} // namespace lowtide
