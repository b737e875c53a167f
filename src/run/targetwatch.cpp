#include "run/targetwatch.h"

#include "model/latencyfigures.h"

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr Nanoseconds reachWithin = std::chrono::seconds(10);
constexpr Nanoseconds closeInterval = std::chrono::seconds(1);

QList<Service> servicesOf(const QList<WatchedService> &watched)
{
    QList<Service> services;
    for (const WatchedService &entry : watched)
        services.append(entry.service);
    return services;
}

} // namespace

TargetWatch::TargetWatch(QList<WatchedService> services, Nanoseconds healthInterval,
                         QObject *parent)
    : QObject(parent)
    , m_services(std::move(services))
    , m_prober(std::make_unique<HealthProber>(servicesOf(m_services), healthInterval))
{
    connect(&m_sampler, &ProcessSampler::sampled, this, &TargetWatch::recorded);
    connect(&m_sampler, &ProcessSampler::vanished, this, &TargetWatch::onVanished);
    connect(m_prober.get(), &HealthProber::probed, this, &TargetWatch::recorded);
    m_second.setInterval(std::chrono::seconds(1));
    m_second.setTimerType(Qt::PreciseTimer);
    connect(&m_second, &QTimer::timeout, this, &TargetWatch::secondPassed);
}

TargetWatch::~TargetWatch() = default;

void TargetWatch::checkReachable()
{
    m_check = std::make_unique<ReachabilityCheck>(servicesOf(m_services), reachWithin);
    connect(m_check.get(), &ReachabilityCheck::finished, this, &TargetWatch::onChecked);
    m_check->start();
}

/// Whoever answers at all is there: what a wrong status means is for the run to tell.
void TargetWatch::onChecked(const QList<ProbeEvent> &probes)
{
    Errors unreachable;
    qsizetype error = 0;
    for (const ProbeEvent &probe : probes) {
        if (probe.healthy)
            continue;
        const Error &found = m_check->errors().at(error++);
        bool isStatus = false;
        (void)probe.detail.toInt(&isStatus);
        if (isStatus)
            Q_EMIT unhealthyAtStart(found.text());
        else
            unreachable.append(found);
    }
    Q_EMIT reached(unreachable);
}

void TargetWatch::start()
{
    if (m_samplesServices)
        startSampler();
    m_prober->start();
    m_second.start();
}

void TargetWatch::startSampler()
{
    for (const WatchedService &watched : m_services) {
        if (!watched.pid)
            continue;
        if (const auto result = m_sampler.watch(watched.service.name, *watched.pid, watched.cgroup);
            !result)
            onVanished(watched.service.name);
    }
    m_sampler.start();
    m_sampler.sampleNow();
}

void TargetWatch::stop()
{
    m_sampler.stop();
    m_prober->stop();
    m_second.stop();
}

void TargetWatch::probeSoon() { m_prober->start(); }

void TargetWatch::probeClosely()
{
    m_prober->stop();
    m_prober->disconnect(this);
    m_prober.release()->deleteLater();
    m_prober = std::make_unique<HealthProber>(servicesOf(m_services), closeInterval);
    connect(m_prober.get(), &HealthProber::probed, this, &TargetWatch::recorded);
    m_prober->start();
}

void TargetWatch::setPressure(const QString &service, Bytes held)
{
    m_sampler.setBallast(service, held);
}

void TargetWatch::takeGenerator(const LatencyHistogram &lateness)
{
    GeneratorEvent generator = m_self.sample();
    generator.lateness = figuresOf(lateness);
    Q_EMIT recorded(generator);
}

void TargetWatch::onVanished(const QString &service)
{
    Q_EMIT recorded(ContainerEventEvent{
        .service = service, .what = u"vanished"_s, .detail = tr("its process is gone")});
}

} // namespace lowtide
