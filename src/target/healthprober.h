#pragma once

#include "base/clock.h"
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
    HealthProber(const QList<Service> &services, Nanoseconds interval, QObject *parent = nullptr);
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

} // namespace lowtide
