#include "load/schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowtide {

namespace {

/// Offsets beyond a hundred years, from the tiniest of rates, would overflow the clock.
constexpr double mostSeconds = 3e9;
constexpr double never = std::numeric_limits<double>::infinity();

/// Sums of stages that are whole in theory must be so here: an operation would else fall on the
/// wrong side of a stage's end.
double snapped(double count)
{
    const double whole = std::round(count);
    return std::abs(count - whole) < 1e-9 * std::max(1.0, count) ? whole : count;
}

/// Rate r(t) = a + k t, with k = (b - a) / T: the integral a t + k t^2 / 2 reaches m at
/// t = 2 m / (a + sqrt(a^2 + 2 k m)), the form that loses no digits for small k.
double timeToReach(double m, double a, double b, double seconds)
{
    if (m <= 0.0)
        return 0.0;
    const double k = a == b ? 0.0 : (b - a) / seconds;
    const double discriminant = std::max(0.0, a * a + 2.0 * k * m);
    return 2.0 * m / (a + std::sqrt(discriminant));
}

double endlessCount(double before, Rate rate)
{
    if (rate.perSecond() > 0.0)
        return never;
    return before;
}

} // namespace

Schedule::Schedule(const LoadShape &shape)
    : m_operations(shape.operations)
{
    if (shape.duration > Nanoseconds::zero() || !shape.operations)
        m_end = std::max(Nanoseconds::zero(), shape.duration);
    for (const LoadStage &stage : shape.stages)
        append(stage.duration, stage.from, stage.to);
    appendEndless(shape.stages.isEmpty() ? Rate() : shape.stages.constLast().to);
}

void Schedule::append(Nanoseconds length, Rate from, Rate to)
{
    if (length <= Nanoseconds::zero())
        return;
    Piece piece{.length = length, .from = from.perSecond(), .to = to.perSecond()};
    if (!m_pieces.empty()) {
        piece.start = m_pieces.back().start + m_pieces.back().length;
        piece.before = m_pieces.back().after;
    }
    piece.after = snapped(piece.before + toSeconds(length) * (piece.from + piece.to) / 2.0);
    m_pieces.push_back(piece);
}

void Schedule::appendEndless(Rate rate)
{
    Piece piece{.from = rate.perSecond(), .to = rate.perSecond()};
    if (!m_pieces.empty()) {
        piece.start = m_pieces.back().start + m_pieces.back().length;
        piece.before = m_pieces.back().after;
    }
    piece.length = Nanoseconds::max() - piece.start;
    piece.after = endlessCount(piece.before, rate);
    m_pieces.push_back(piece);
}

std::optional<Nanoseconds> Schedule::dueAt(qint64 n) const
{
    if (n < 0 || (m_operations && n >= *m_operations))
        return std::nullopt;
    const auto count = static_cast<double>(n);
    const auto piece = std::upper_bound(m_pieces.begin(), m_pieces.end(), count,
                                        [](double c, const Piece &p) { return c < p.after; });
    if (piece == m_pieces.end())
        return std::nullopt;
    const double seconds =
        timeToReach(count - piece->before, piece->from, piece->to, toSeconds(piece->length));
    if (seconds > mostSeconds)
        return std::nullopt;
    const Nanoseconds due = piece->start + std::min(fromSeconds(seconds), piece->length);
    if (m_end && due >= *m_end)
        return std::nullopt;
    return due;
}

double Schedule::arrivalsUntil(Nanoseconds at) const
{
    double count = m_pieces.front().before;
    for (const Piece &piece : m_pieces) {
        if (at <= piece.start)
            break;
        if (at >= piece.start + piece.length) {
            count = piece.after;
            continue;
        }
        const double t = toSeconds(at - piece.start);
        const double slope =
            piece.from == piece.to ? 0.0 : (piece.to - piece.from) / toSeconds(piece.length);
        count = piece.before + piece.from * t + slope * t * t / 2.0;
    }
    return count;
}

Schedule Schedule::rebased(Nanoseconds at, Rate rate) const
{
    Schedule changed;
    changed.m_end = m_end;
    changed.m_operations = m_operations;
    const double count = snapped(arrivalsUntil(at));
    changed.m_pieces.push_back({.start = at,
                                .length = Nanoseconds::max() - at,
                                .from = rate.perSecond(),
                                .to = rate.perSecond(),
                                .before = count,
                                .after = endlessCount(count, rate)});
    return changed;
}

} // namespace lowtide
