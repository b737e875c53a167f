#include "target/processsampler.h"

#include "target/cgroup.h"

#include <algorithm>

namespace lowtide {

ProcessSampler::ProcessSampler(QObject *parent)
    : QObject(parent)
    , m_timer(this)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &ProcessSampler::onTurn);
}

ProcessSampler::~ProcessSampler() = default;

Result<void> ProcessSampler::watch(const QString &service, qint64 pid, CgroupScope *cgroup)
{
    auto tree = ProcessTree::of(pid);
    if (!tree)
        return Unexpected(tree.error());
    unwatch(service);
    auto watched = std::make_unique<Watched>();
    watched->service = service;
    watched->tree = std::move(tree).value();
    watched->cgroup = cgroup;
    // The first look is the beginning of the first difference.
    ProcessEvent beginning;
    watched->tree->look(beginning, steadyNow());
    m_watched.push_back(std::move(watched));
    return {};
}

void ProcessSampler::unwatch(const QString &service)
{
    std::erase_if(m_watched, [&](const auto &watched) { return watched->service == service; });
}

void ProcessSampler::setBallast(const QString &service, std::optional<Bytes> held)
{
    for (const auto &watched : m_watched) {
        if (watched->service == service)
            watched->ballast = held;
    }
}

void ProcessSampler::start()
{
    m_started = steadyNow();
    scheduleNext();
}

void ProcessSampler::stop() { m_timer.stop(); }

void ProcessSampler::onTurn()
{
    sampleNow();
    scheduleNext();
}

void ProcessSampler::scheduleNext()
{
    using std::chrono::seconds;
    const Nanoseconds since = steadyNow() - m_started;
    const Nanoseconds next = std::chrono::floor<seconds>(since) + seconds(1);
    m_timer.start(std::chrono::ceil<std::chrono::milliseconds>(next - since));
}

ProcessEvent ProcessSampler::sample(Watched &watched)
{
    ProcessEvent event;
    event.service = watched.service;
    watched.tree->look(event, steadyNow());
    if (watched.ballast)
        event.ballastBytes = watched.ballast->count();
    if (watched.cgroup == nullptr)
        return event;
    const CgroupUsage usage = watched.cgroup->usage();
    event.cgroupMemoryBytes = usage.memoryBytes;
    event.memoryLimitBytes = usage.memoryLimitBytes;
    event.cpuLimitCores = usage.cpuLimitCores;
    event.throttledPeriods = usage.throttledPeriods;
    event.periods = usage.periods;
    event.throttledUs = usage.throttledUs;
    event.oomKills = usage.oomKills;
    return event;
}

void ProcessSampler::sampleNow()
{
    // All are read before anyone hears of it: a receiver may watch and unwatch.
    QList<ProcessEvent> events;
    for (const auto &watched : m_watched)
        events.append(sample(*watched));
    std::erase_if(m_watched, [&](const auto &watched) {
        return std::any_of(events.begin(), events.end(), [&](const ProcessEvent &event) {
            return !event.alive && event.service == watched->service;
        });
    });
    for (const ProcessEvent &event : std::as_const(events)) {
        Q_EMIT sampled(event);
        if (!event.alive)
            Q_EMIT vanished(event.service);
    }
}

} // namespace lowtide
