#pragma once

#include "base/clock.h"
#include "load/httpload.h"
#include "model/profile.h"
#include "model/runevent.h"
#include "stats/latencyhistogram.h"

#include <QObject>

namespace lowtide {

class CgroupScope;

/// Everything a scenario is made from, complete before it is constructed.
struct ScenarioSetup {
    ScenarioPlan plan;
    Service service; ///< The one it works on, with its real endpoints.
    QList<Service> services; ///< All that the run watches.
    int maxConcurrentOperations = 3;
    CgroupScope *cgroup = nullptr; ///< Of `service`, where we made one; outlives the scenario.
    Bytes hostPressureBound; ///< Upper bound for pressure outside of any limit.
    QByteArray userAgent; ///< Of the load.
    quint64 seed = 1;
};

/// One kind of scenario at work. Main thread; owned by the session. It is run once a cycle (and
/// once before the stress where it takes a baseline); its counts go on over all of them.
class Scenario : public QObject {
    Q_OBJECT

public:
    explicit Scenario(ScenarioSetup setup, QObject *parent = nullptr);
    ~Scenario() override;

    /// "stress" or "recovery": where in the run it stands.
    [[nodiscard]] virtual QString phase() const;
    /// Whether it wants a turn in the phase "baseline", before the stress.
    [[nodiscard]] virtual bool takesBaseline() const { return false; }
    /// Recovery: what it adds to the plan, at most. Load: how long the part after its load takes at
    /// most; that comes out of the turn, up to half of it.
    [[nodiscard]] virtual Nanoseconds expectedLength() const { return {}; }

    /// Begins one turn of `length`; `ended` comes when nothing of it is open any more.
    virtual void run(const QString &phase, Nanoseconds length) = 0;
    /// Ends the turn early; `ended` comes as always.
    virtual void stop(StopMode mode) = 0;
    /// Also between turns: the next one then begins paused.
    virtual void pause() = 0;
    virtual void resume() = 0;
    /// Changes the arrival rate from now on, also for later turns.
    virtual void setRate(Rate rate) = 0;
    /// What the run sees while this scenario has its turn: processes, containers, probes.
    virtual void observe(const RunEventPayload &seen);
    /// How late operations were sent since the last call; for the generator's own figures.
    [[nodiscard]] virtual LatencyHistogram takeLateness() = 0;
    /// Totals, metrics and remarks of all turns. `end` is left to the session.
    [[nodiscard]] virtual ScenarioFinishedEvent outcome() const = 0;

    [[nodiscard]] const ScenarioSetup &setup() const { return m_setup; }

Q_SIGNALS:
    void recorded(const lowtide::RunEventPayload &payload);
    /// Pressure of ours that now weighs on the service (zero: none).
    void pressureChanged(const QString &service, lowtide::Bytes held);
    void ended();

private:
    ScenarioSetup m_setup;
};

} // namespace lowtide
