#include "scenario/loadwindow.h"

#include <algorithm>

namespace lowtide {

LoadWindow::LoadWindow(Nanoseconds length)
    : m_length(length)
{
}

void LoadWindow::add(const LoadInterval &interval)
{
    m_parts.push_back({.length = interval.length,
                       .due = interval.counts.planned - m_last.planned,
                       .ok = interval.counts.ok - m_last.ok,
                       .notOk = interval.counts.notOk() - m_last.notOk(),
                       .responseTime = interval.responseTime});
    m_last = interval.counts;
    m_covered += interval.length;
    while (m_parts.size() > 1 && isCoveredBy(m_covered - m_parts.front().length)) {
        m_covered -= m_parts.front().length;
        m_parts.pop_front();
    }
}

void LoadWindow::restart()
{
    m_parts.clear();
    m_covered = {};
}

bool LoadWindow::isIdle() const
{
    const bool isNothingDue = std::all_of(m_parts.cbegin(), m_parts.cend(),
                                          [](const Part &part) { return part.due == 0; });
    return isNothingDue && ended() == 0 && m_last.inFlight == 0;
}

qint64 LoadWindow::ended() const
{
    qint64 total = 0;
    for (const Part &part : m_parts)
        total += part.ok + part.notOk;
    return total;
}

qint64 LoadWindow::succeeded() const
{
    qint64 total = 0;
    for (const Part &part : m_parts)
        total += part.ok;
    return total;
}

std::optional<double> LoadWindow::errorRatePercent() const
{
    const qint64 all = ended();
    if (all == 0)
        return std::nullopt;
    return 100.0 * double(all - succeeded()) / double(all);
}

std::optional<double> LoadWindow::responseTimeMs(double percentile) const
{
    LatencyHistogram merged;
    for (const Part &part : m_parts)
        merged.add(part.responseTime);
    if (merged.isEmpty())
        return std::nullopt;
    return toMs(merged.valueAtPercentile(percentile));
}

} // namespace lowtide
