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

/// Asks all services at once, each of their endpoints one time: before a run. Main thread.
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
    /// All of them, in the order of the services; also where there was none to ask. Never from
    /// within start().
    void finished(const QList<lowtide::ProbeEvent> &probes);

private:
    void onAnswered(size_t index, const HealthAnswer &answer);
    void conclude();
    [[nodiscard]] Error errorFor(size_t index) const;

    Nanoseconds m_deadline;
    std::vector<std::unique_ptr<HealthCheck>> m_checks; ///< One an endpoint.
    QList<ProbeEvent> m_probes; ///< Of the same order.
    Errors m_errors;
    size_t m_open = 0;
};

} // namespace lowtide
