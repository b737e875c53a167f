#pragma once

#include "model/runreport.h"
#include "report/boundedseries.h"
#include "report/sustainedcpu.h"
#include "report/usagesample.h"

#include <QMap>

#include <optional>

namespace lowtide {

/// What a counter rose by, where it may start anew when its process does.
class RisingCounter {
public:
    void add(std::optional<qint64> total)
    {
        if (!total)
            return;
        if (!m_last)
            m_risen = 0;
        else
            *m_risen += *total >= *m_last ? *total - *m_last : *total;
        m_last = total;
    }
    [[nodiscard]] std::optional<qint64> risen() const { return m_risen; }

private:
    std::optional<qint64> m_last, m_risen;
};

/// Everything one service did over the run, in bounded memory.
class ServiceTally {
public:
    ServiceTally(RunStartedEvent::Service plan, bool isStressed);

    /// `cpuSeconds`: what the sample's CPU is the mean of. `isBaseline`: taken before the stress.
    void add(double seconds, const UsageSample &sample, double cpuSeconds, bool isBaseline);
    void add(double seconds, const ProbeEvent &probe);
    void add(double seconds, const ContainerEventEvent &event);
    /// From now on its end is our own doing (or, when started again, is not).
    void expectEnd(bool isExpected) { m_isEndExpected = isExpected; }
    [[nodiscard]] bool isEndExpected() const { return m_isEndExpected; }
    /// An OOM kill hit our ballast, not the service.
    void countBallastKills(qint64 kills) { m_ballastKills += kills; }

    [[nodiscard]] bool isStressed() const { return m_isStressed; }
    [[nodiscard]] std::optional<double> lastSampleSeconds() const { return m_lastSample; }
    [[nodiscard]] const UsagePoint &latest() const { return m_latest; }
    [[nodiscard]] ServiceReport report() const;

private:
    void updateStatus(double seconds, const UsageSample &sample);
    struct LastProbe {
        bool isHealthy = true;
        QString detail;
    };
    [[nodiscard]] QStringList criticalFailures() const;
    [[nodiscard]] qint64 ownOomKills() const;
    /// What a check that fails last said; absent when none does.
    [[nodiscard]] std::optional<QString> failingProbe() const;
    [[nodiscard]] double limitCores() const;

    RunStartedEvent::Service m_plan;
    bool m_isStressed, m_isEndExpected = false;
    BoundedSeries m_memory, m_baselineMemory;
    SustainedCpuWatch m_sustained;
    ServiceReport m_figures; ///< Peaks and last values; the rest is filled by report().
    double m_cpuSum = 0.0, m_cpuSeconds = 0.0;
    RisingCounter m_periods, m_throttledPeriods, m_throttledUs, m_diskRead, m_diskWritten,
        m_networkReceived, m_networkSent, m_oomKills, m_restarts, m_majorFaults;
    double m_probeMs = 0.0;
    QMap<QString, LastProbe> m_lastProbes; ///< By check.
    std::optional<double> m_lastSample;
    UsagePoint m_latest;
    QStringList m_crashes; ///< "die" and "vanished", in words.
    double m_crashSeconds = 0.0; ///< Of the latest.
    QString m_crashWhat;
    qint64 m_crashCount = 0, m_oomEvents = 0, m_ballastKills = 0;
};

} // namespace lowtide
