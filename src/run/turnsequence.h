#pragma once

#include "run/runplan.h"
#include "scenario/scenario.h"

#include <QHash>
#include <QObject>

#include <memory>
#include <vector>

namespace lowtide {

/// Runs the turns of a plan one after the other and says where the run is. Main thread; a member of
/// the session. Each scenario's end is told once: "completed", "stopped" (part of its turns),
/// "not_run".
class TurnSequence : public QObject {
    Q_OBJECT

public:
    TurnSequence(RunPlan plan, std::vector<std::unique_ptr<Scenario>> scenarios,
                 QObject *parent = nullptr);
    ~TurnSequence() override;

    /// `ended` comes after the last turn, or at once where there is none.
    void start();
    /// No further turn; the present one is ended.
    void stop(StopMode mode);
    /// Of all scenarios, whether they have their turn or not; a turn that begins meanwhile waits.
    void pause();
    void resume();
    /// Of the scenario that has its turn and of all later ones.
    void setRate(Rate rate);
    [[nodiscard]] bool isPaused() const { return m_isPaused; }
    /// The scenario that has its turn, or null.
    [[nodiscard]] Scenario *current() const { return m_current; }
    void observe(const RunEventPayload &seen);

Q_SIGNALS:
    void recorded(const lowtide::RunEventPayload &payload);
    void pressureChanged(const QString &service, lowtide::Bytes held);
    /// A turn begins: what it is.
    void turnBegan(const lowtide::PlannedTurn &turn);
    void ended();

private:
    void next();
    void onEnded();
    void announce(bool begins);
    void finishScenario(const QString &name, const QString &end);
    [[nodiscard]] bool hasLaterTurn(const QString &scenario) const;

    RunPlan m_plan;
    std::vector<std::unique_ptr<Scenario>> m_scenarios;
    QHash<QString, Scenario *> m_byName; ///< Into m_scenarios.
    qsizetype m_turn = -1;
    Scenario *m_current = nullptr; ///< Into m_scenarios; null between turns.
    bool m_isStopping = false, m_isPaused = false;
    QStringList m_begun, m_finished;
};

} // namespace lowtide
