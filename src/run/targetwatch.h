#pragma once

#include "base/clock.h"
#include "run/serviceset.h"
#include "stats/latencyhistogram.h"
#include "target/healthprober.h"
#include "target/processsampler.h"
#include "target/reachabilitycheck.h"
#include "target/selfsampler.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace lowtide {

/// Watches the services and ourselves while the load runs, and says what it sees as events. Main
/// thread.
class TargetWatch : public QObject {
    Q_OBJECT

public:
    TargetWatch(QList<WatchedService> services, Nanoseconds healthInterval,
                QObject *parent = nullptr);
    ~TargetWatch() override;

    /// Asks every service once whether it answers; `reached` tells.
    void checkReachable();
    /// Before start(). False: probes and our own figures alone.
    void setSamplesServices(bool samples) { m_samplesServices = samples; }
    void start();
    void stop();
    /// A health probe of each service soon, beside the interval: every turn gets one.
    void probeSoon();
    /// Health probes every second or so from now on: recovery must not wait for a probe.
    void probeClosely();
    /// Pressure of ours that now weighs on a service.
    void setPressure(const QString &service, Bytes held);
    /// Records our own state together with how late operations were sent.
    void takeGenerator(const LatencyHistogram &lateness);

Q_SIGNALS:
    void recorded(const lowtide::RunEventPayload &payload);
    /// Empty: every service answered. Else one error a service, with what was tried.
    void reached(const lowtide::Errors &unreachable);
    /// Before `reached`: a service answers, but not as a healthy one does.
    void unhealthyAtStart(const QString &text);
    void secondPassed();

private:
    void startSampler();
    void onChecked(const QList<ProbeEvent> &probes);
    void onVanished(const QString &service);

    QList<WatchedService> m_services;
    bool m_samplesServices = true;
    ProcessSampler m_sampler;
    SelfSampler m_self;
    std::unique_ptr<HealthProber> m_prober;
    std::unique_ptr<ReachabilityCheck> m_check;
    QTimer m_second;
};

} // namespace lowtide
