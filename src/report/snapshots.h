#pragma once

#include "model/runreport.h"
#include "report/usagesample.h"

namespace lowtide {

/// What every service used at even moments, as the profile asks (resource_check_interval). At most
/// 1,800 of them: when a run is longer, every second one goes and the interval doubles.
class Snapshots {
public:
    void begin(double intervalSeconds);
    void add(double seconds, const UsageSample &sample);
    [[nodiscard]] QList<Timed<QMap<QString, UsagePoint>>> taken() const;

private:
    void take();

    double m_interval = 5.0;
    QMap<QString, UsagePoint> m_current;
    std::optional<qint64> m_slot; ///< Number of the interval that m_current belongs to.
    double m_currentSeconds = 0.0;
    QList<Timed<QMap<QString, UsagePoint>>> m_taken;
};

} // namespace lowtide
