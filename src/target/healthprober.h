#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "model/profile.h"
#include "model/runevent.h"

#include <QList>
#include <QObject>

#include <memory>
#include <vector>

namespace lowtide {

class HealthCheck;
struct HealthAnswer;

/// Asks every service for its health while the load runs: at once (a little apart), then each
/// interval; after a failure every second until it is healthy again. Main thread.
class HealthProber : public QObject {
    Q_OBJECT

public:
    HealthProber(QList<Service> services, Nanoseconds interval, QObject *parent = nullptr);
    ~HealthProber() override;

    void start();
    /// Drops what is under way; no more signals.
    void stop();

Q_SIGNALS:
    void probed(const lowtide::ProbeEvent &event);

private:
    struct Watch;
    void onFinished(Watch &watch, const HealthAnswer &answer);

    Nanoseconds m_interval;
    std::vector<std::unique_ptr<Watch>> m_watches; ///< One a service and check.
};

/// Asks all services at once, each of their endpoints one time: before a run.
class ReachabilityCheck : public QObject {
    Q_OBJECT

public:
    ReachabilityCheck(const QList<Service> &services, Nanoseconds deadline,
                      QObject *parent = nullptr);
    ~ReachabilityCheck() override;

    void start();
    /// For each endpoint that did not answer as it should: what was tried and what came.
    [[nodiscard]] const Errors &errors() const { return m_errors; }

Q_SIGNALS:
    /// All of them, in the order of the services; also where there was none to ask.
    void finished(const QList<lowtide::ProbeEvent> &probes);

private:
    struct Question;
    void onAnswered(size_t index, const HealthAnswer &answer);

    Nanoseconds m_deadline;
    std::vector<Question> m_questions;
    QList<ProbeEvent> m_probes;
    Errors m_errors;
    size_t m_open = 0;
};

} // namespace lowtide
