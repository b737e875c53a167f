#pragma once

#include "report/boundedseries.h"

#include <QMap>
#include <QString>

#include <optional>

namespace lowtide {

/// The sum over services at one moment, where their samples come one by one. A moment is a second
/// of the run; it holds each service's last sample, and one a little older for a service whose
/// sample came late.
class MomentSum {
public:
    /// Samples in the order of their time. Returns the moment that this sample closed.
    std::optional<SeriesPoint> add(double seconds, const QString &service, double value);
    /// The service has ended: its last value counts in no later moment.
    void remove(const QString &service);

    /// The highest sum so far, the open moment included. Absent without samples.
    [[nodiscard]] std::optional<double> highest() const;
    /// The sum of the open moment.
    [[nodiscard]] std::optional<SeriesPoint> open() const;
    /// Begins anew: what came before counts in no later moment. Keeps the highest.
    void interrupt();

private:
    QMap<QString, SeriesPoint> m_last;
    std::optional<qint64> m_second;
    std::optional<double> m_highest;
};

} // namespace lowtide
