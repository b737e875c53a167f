#pragma once

#include "model/runreport.h"
#include "report/jsonpen.h"

namespace lowtide {

/// Writes the named member (or, for names ending in "Parts", members) of the JSON report, in the
/// form of resources/schema/report.schema.json.
void writeTests(JsonPen &pen, const RunReport &report);
void writeContainerStatus(JsonPen &pen, const char *key,
                          const QMap<QString, ContainerStatus> &containers);
void writeServiceStatus(JsonPen &pen, const char *key, const RunReport &report,
                        std::optional<ServiceStatus> ServiceReport::*status);
void writeServices(JsonPen &pen, const RunReport &report);
void writeGenerator(JsonPen &pen, const RunReport &report);
void writeGrowth(JsonPen &pen, const char *key, const std::optional<MemoryGrowth> &growth);
void writeObjectives(JsonPen &pen, const RunReport &report);
void writeHappeningParts(JsonPen &pen,
                         const RunReport &report); ///< alerts, actions, limits, phases.
void writeTimelineParts(JsonPen &pen, const RunReport &report); ///< timeline, snapshots.
void writeProfile(JsonPen &pen, const RunReport &report);
void writeJournal(JsonPen &pen, const RunReport &report);

void writeCounts(JsonPen &pen, const char *key, const OperationCounts &counts);
void writeFigures(JsonPen &pen, const char *key, const LatencyFigures &figures);

/// Collects which of an object's figures are null, for its member `not_measured`.
class MeasuredPen {
public:
    explicit MeasuredPen(JsonPen &pen)
        : m_pen(pen)
    {
    }
    void number(const char *key, std::optional<double> value);
    void writeNotMeasured() { m_pen.texts("not_measured", m_missing); }

private:
    JsonPen &m_pen;
    QStringList m_missing;
};

} // namespace lowtide
