#include "target/healthprober.h"

#include "target/healthcheck.h"

#include <QTimer>

#include <algorithm>

namespace lowtide {

namespace {

using std::chrono::milliseconds;

constexpr Nanoseconds whileUnhealthy = std::chrono::seconds(1);
constexpr Nanoseconds shortestInterval = milliseconds(100);
constexpr Nanoseconds longestSpread = std::chrono::seconds(1); ///< Of the first probes.

} // namespace

struct HealthProber::Watch {
    Watch(QString name, const QUrl &url)
        : service(std::move(name))
        , check(url)
    {
        timer.setSingleShot(true);
    }
    QString service;
    HealthCheck check;
    QTimer timer;
    SteadyTime due; ///< When the probe that runs or comes next was planned.
    int failuresInARow = 0;
};

HealthProber::HealthProber(const QList<Service> &services, Nanoseconds interval, QObject *parent)
    : QObject(parent)
    , m_interval(std::max(interval, shortestInterval))
{
    for (const Service &service : services) {
        for (const QUrl &url : {healthUrl(service), service.websocketUrl}) {
            if (!url.isEmpty())
                m_watches.push_back(std::make_unique<Watch>(service.name, url));
        }
    }
    for (const auto &owned : m_watches) {
        Watch *watch = owned.get(); // lives as long as this object
        connect(&watch->timer, &QTimer::timeout, this, [watch] { watch->check.start(); });
        connect(&watch->check, &HealthCheck::finished, this,
                [this, watch](const HealthAnswer &answer) { onFinished(*watch, answer); });
    }
}

HealthProber::~HealthProber() = default;

void HealthProber::start()
{
    const auto count = std::max<qint64>(static_cast<qint64>(m_watches.size()), 1);
    const Nanoseconds apart = std::min(m_interval, longestSpread) / count;
    const SteadyTime now = steadyNow();
    for (size_t i = 0; i < m_watches.size(); ++i) {
        const Nanoseconds wait = apart * static_cast<qint64>(i);
        m_watches[i]->due = now + wait;
        m_watches[i]->timer.start(std::chrono::ceil<milliseconds>(wait));
    }
}

void HealthProber::stop()
{
    for (const auto &watch : m_watches) {
        watch->timer.stop();
        watch->check.abort();
    }
}

void HealthProber::onFinished(Watch &watch, const HealthAnswer &answer)
{
    watch.failuresInARow = answer.healthy ? 0 : watch.failuresInARow + 1;
    const Nanoseconds interval = answer.healthy ? m_interval : std::min(m_interval, whileUnhealthy);
    const SteadyTime now = steadyNow();
    // An answer that took longer than the interval makes us skip turns, not pile them up.
    watch.due += interval * std::max<qint64>((now - watch.due) / interval + 1, 1);
    watch.timer.start(std::chrono::ceil<milliseconds>(watch.due - now));
    Q_EMIT probed(ProbeEvent{watch.service, watch.check.kind(), answer.healthy, answer.responseMs,
                             answer.detail, watch.failuresInARow});
}

} // namespace lowtide
