#include "target/reachabilitycheck.h"

#include "target/healthcheck.h"

using namespace Qt::StringLiterals;

namespace lowtide {

ReachabilityCheck::ReachabilityCheck(const QList<Service> &services, Nanoseconds deadline,
                                     QObject *parent)
    : QObject(parent)
    , m_deadline(deadline)
{
    for (const Service &service : services) {
        for (const QUrl &url : {healthUrl(service), service.websocketUrl}) {
            if (url.isEmpty())
                continue;
            m_checks.push_back(std::make_unique<HealthCheck>(url));
            m_probes.append(ProbeEvent{service.name, m_checks.back()->kind(), false, 0.0, {}, 0});
        }
    }
}

ReachabilityCheck::~ReachabilityCheck() = default;

void ReachabilityCheck::start()
{
    m_open = m_checks.size();
    if (m_open == 0) {
        QMetaObject::invokeMethod(this, &ReachabilityCheck::conclude, Qt::QueuedConnection);
        return;
    }
    for (size_t i = 0; i < m_checks.size(); ++i) {
        connect(m_checks[i].get(), &HealthCheck::finished, this,
                [this, i](const HealthAnswer &answer) { onAnswered(i, answer); });
        m_checks[i]->start(std::chrono::ceil<std::chrono::milliseconds>(m_deadline));
    }
}

void ReachabilityCheck::onAnswered(size_t index, const HealthAnswer &answer)
{
    ProbeEvent &probe = m_probes[static_cast<qsizetype>(index)];
    probe.healthy = answer.healthy;
    probe.responseMs = answer.responseMs;
    probe.detail = answer.detail;
    probe.failuresInARow = answer.healthy ? 0 : 1;
    if (--m_open == 0)
        conclude();
}

void ReachabilityCheck::conclude()
{
    m_errors.clear();
    for (size_t i = 0; i < m_checks.size(); ++i) {
        if (!m_probes.at(static_cast<qsizetype>(i)).healthy)
            m_errors.append(errorFor(i));
    }
    Q_EMIT finished(m_probes);
}

Error ReachabilityCheck::errorFor(size_t index) const
{
    const ProbeEvent &probe = m_probes.at(static_cast<qsizetype>(index));
    const QString url = m_checks[index]->url().toDisplayString(QUrl::RemoveUserInfo);
    const QString tried = probe.check == "http"_L1 ? u"GET "_s + url : tr("WebSocket %1").arg(url);
    bool isStatus = false;
    probe.detail.toInt(&isStatus);
    const QString what =
        isStatus ? tr("%1 answered %2, expected 200.") : tr("%1 failed: %2 after %3 ms.");
    const QString message = isStatus
        ? what.arg(tried, probe.detail)
        : what.arg(tried, probe.detail).arg(probe.responseMs, 0, 'f', 0);
    return {ErrorCode::Unreachable, message, probe.service,
            isStatus ? tr("Is the health path right?")
                     : tr("Is the service running, and is the URL right?")};
}

} // namespace lowtide
