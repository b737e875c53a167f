#pragma once

#include "model/runevent.h"

#include <QMap>
#include <QString>
#include <QStringList>

namespace lowtide {

/// What a run is doing now, told by its events and said in lines for a terminal. Pure: no clock, no
/// I/O.
class Progress {
public:
    void add(const RunEvent &event);

    /// A few lines to be redrawn, each at most `columns` wide (escape sequences not counted).
    [[nodiscard]] QStringList lines(int columns, bool isColoured) const;
    /// All of it in one line, for a log.
    [[nodiscard]] QString line() const;
    /// What `event` says to people beyond the figures (an alert, an action, a log line); else
    /// empty.
    [[nodiscard]] static QString notice(const RunEvent &event);

private:
    struct Figures {
        double plannedPerSecond = 0.0, endedPerSecond = 0.0;
        OperationCounts counts;
        LatencyFigures responseTime;
        bool isKnown = false;
    };
    struct Usage {
        std::optional<qint64> bytes, limitBytes;
    };

    void onPhase(const PhaseEvent &event);
    void onInterval(const IntervalEvent &event);
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString timeLeft() const;
    [[nodiscard]] QString load() const;
    [[nodiscard]] QString errors() const;
    [[nodiscard]] QString memory() const;
    [[nodiscard]] double runSecondsLeft() const;

    double m_seconds = 0.0;
    double m_runSeconds = 0.0; ///< As planned; 0 before the start.
    QStringList m_scenarios;
    QString m_phase, m_scenario;
    double m_phaseBegan = 0.0, m_phaseSeconds = 0.0;
    int m_cycle = 1, m_cycles = 1;
    Figures m_figures; ///< Of the scenario that runs.
    QMap<QString, OperationCounts> m_before; ///< Totals of each scenario at its last interval.
    QMap<QString, Usage> m_memory; ///< By service.
};

} // namespace lowtide
