#include "target/targetcheck.h"

namespace lowtide {

TargetCheck::TargetCheck(QList<QUrl> urls, const QStringList &allowedHosts, QObject *parent)
    : QObject(parent)
    , m_allowance(allowedHosts)
    , m_urls(std::move(urls))
{
}

TargetCheck::~TargetCheck()
{
    for (const int lookup : std::as_const(m_lookups))
        QHostInfo::abortHostLookup(lookup);
}

void TargetCheck::start()
{
    m_found = QList<Errors>(m_urls.size());
    m_open = 1; // our own, so that nothing concludes before all have been looked at
    for (qsizetype i = 0; i < m_urls.size(); ++i) {
        const QUrl &url = m_urls.at(i);
        if (m_allowance.permission(url) != LoadPermission::DependsOnAddress) {
            if (const auto allowed = m_allowance.check(url); !allowed)
                m_found[i].append(allowed.error());
            continue;
        }
        ++m_open;
        m_lookups.append(QHostInfo::lookupHost(
            url.host(), this, [this, i](const QHostInfo &answer) { onResolved(i, answer); }));
    }
    QMetaObject::invokeMethod(this, &TargetCheck::conclude, Qt::QueuedConnection);
}

void TargetCheck::onResolved(qsizetype index, const QHostInfo &answer)
{
    const QUrl &url = m_urls.at(index);
    if (answer.error() != QHostInfo::NoError)
        m_found[index].append(
            Error{ErrorCode::Unreachable,
                  tr("The name %1 cannot be resolved (%2).").arg(url.host(), answer.errorString()),
                  url.toDisplayString(QUrl::RemoveUserInfo),
                  {}});
    else if (const auto allowed = m_allowance.check(url, answer.addresses()); !allowed)
        m_found[index].append(allowed.error());
    conclude();
}

void TargetCheck::conclude()
{
    if (--m_open > 0)
        return;
    Errors errors;
    for (const Errors &found : std::as_const(m_found))
        errors += found;
    Q_EMIT finished(errors);
}

} // namespace lowtide
