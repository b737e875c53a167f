#include "report/snapshots.h"

#include <cmath>

namespace lowtide {

namespace {
constexpr qsizetype mostSnapshots = 1800;
} // namespace

void Snapshots::begin(double intervalSeconds)
{
    if (intervalSeconds > 0.0)
        m_interval = intervalSeconds;
}

void Snapshots::add(double seconds, const UsageSample &sample)
{
    const auto slot = qint64(std::floor(seconds / m_interval));
    if (m_slot && slot != *m_slot)
        take();
    if (!m_slot) {
        m_slot = slot;
        m_currentSeconds = seconds;
    }
    // The first sample of each service in an interval: those are taken at one moment.
    if (!m_current.contains(sample.service)) {
        m_current[sample.service] = {.memoryMb = sample.alive ? sample.memoryMb : std::nullopt,
                                     .cpuPercent = sample.alive ? sample.cpuPercent : std::nullopt,
                                     .ballastMb = sample.ballastMb};
    }
}

QList<Timed<QMap<QString, UsagePoint>>> Snapshots::taken() const
{
    QList<Timed<QMap<QString, UsagePoint>>> all = m_taken;
    if (m_slot)
        all.append({m_currentSeconds, m_current});
    return all;
}

void Snapshots::take()
{
    m_taken.append({m_currentSeconds, m_current});
    m_current.clear();
    m_slot.reset();
    if (m_taken.size() < mostSnapshots)
        return;
    for (qsizetype i = 0; i < m_taken.size() / 2; ++i)
        m_taken[i] = m_taken[2 * i];
    m_taken.resize(m_taken.size() / 2);
    m_interval *= 2.0;
}

} // namespace lowtide
