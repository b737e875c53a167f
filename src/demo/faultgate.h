#pragma once

#include "base/clock.h"
#include "demo/faultsettings.h"
#include "demo/heldmemory.h"
#include "serve/httpresponder.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <vector>

namespace lowtide {

/// Stands before a service and lets its planted faults happen: delays, errors, stalls, leaks,
/// crashes. A member of its service, in its thread. What concerns the port it reports by signals.
class FaultGate : public QObject {
    Q_OBJECT

public:
    enum class Kind {
        Ordinary,
        Health, ///< Suffers from what hits the whole service; from the rest only with
                ///< `fault_health`.
    };
    using Work = std::function<HttpResponse()>;

    explicit FaultGate(QObject *parent = nullptr);

    /// Every problem, or none; then the changes hold. A stall or refusal in them begins now.
    [[nodiscard]] Errors change(const QJsonObject &changes);
    [[nodiscard]] const FaultSettings &settings() const { return m_settings; }

    /// Answers with what `work` gives, or as the faults want it, now or later.
    void pass(Kind kind, const HttpResponder &responder, const Work &work);
    /// What a WebSocket message suffers at once: CPU time, a crash.
    void burden();
    /// What a message has to wait beyond that.
    [[nodiscard]] Nanoseconds latency(Kind kind = Kind::Ordinary) const;
    [[nodiscard]] bool isStalled() const { return m_isStalled; }
    /// The refusal is over, and the service listens again.
    void endRefusal();

Q_SIGNALS:
    void stallEnded();
    void refusalBegan();
    /// `refuse_seconds` are over.
    void refusalExpired();

private:
    struct Held {
        Kind kind = Kind::Ordinary;
        HttpResponder responder;
        Work work;
    };

    void beginStall();
    void endStall();
    void leak();
    void beginRecovery();
    void countForCrash();
    void burnCpu() const;
    [[nodiscard]] bool isSpared(Kind kind) const;
    void finish(const Held &held);

    FaultSettings m_settings;
    HeldMemory m_workingSet;
    HeldMemory m_leaked;
    QTimer m_leakTimer;
    QTimer m_stallBegin;
    QTimer m_stallEnd;
    QTimer m_refusalEnd;
    std::vector<Held> m_held; ///< Answers that wait for the end of the stall.
    bool m_isStalled = false;
    qint64 m_requestsUntilCrash = 0;
    double m_errorDebt = 0.0; ///< Percent; an error is due at 100.
    double m_leakOwedBytes = 0.0; ///< Leaked by time, including what is held already.
    SteadyTime m_lastLeak;
    SteadyTime m_recoveryBegin;
    bool m_isRecovering = false;
};

} // namespace lowtide
