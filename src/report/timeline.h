#pragma once

#include "model/runreport.h"
#include "report/usagesample.h"

#include <map>

namespace lowtide {

/// The run second by second, in at most 1,800 rows: when a run is longer, neighbouring rows are
/// merged.
class Timeline {
public:
    void add(double seconds, const IntervalEvent &interval);
    void add(double seconds, const UsageSample &sample);
    void add(double seconds, const ProbeEvent &probe);
    [[nodiscard]] QList<TimelineRow> rows() const;

private:
    struct CpuSum {
        double percent = 0.0;
        int samples = 0;
    };
    struct Row {
        TimelineRow shown;
        QMap<QString, CpuSum> cpu;
    };
    [[nodiscard]] Row &rowAt(double seconds);
    void halve();
    static void merge(Row &into, const Row &later);

    double m_rowSeconds = 1.0;
    std::map<qint64, Row> m_rows; ///< By index: begin = index x m_rowSeconds.
    QMap<QString, OperationCounts> m_before;
};

} // namespace lowtide
