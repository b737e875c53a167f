#include "target/targetguard.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

struct Guard {
    Q_DECLARE_TR_FUNCTIONS(TargetGuard)
};

/// "::ffff:10.0.0.1" reaches the same host as "10.0.0.1".
QHostAddress unmapped(const QHostAddress &address)
{
    bool isV4 = false;
    const quint32 v4 = address.toIPv4Address(&isV4);
    return isV4 ? QHostAddress(v4) : address;
}

bool isPrivate(const QHostAddress &address)
{
    static const std::array networks{
        QHostAddress::parseSubnet(u"127.0.0.0/8"_s),
        QHostAddress::parseSubnet(u"10.0.0.0/8"_s),
        QHostAddress::parseSubnet(u"172.16.0.0/12"_s),
        QHostAddress::parseSubnet(u"192.168.0.0/16"_s),
        QHostAddress::parseSubnet(u"0.0.0.0/32"_s),
        QHostAddress::parseSubnet(u"::/128"_s),
        QHostAddress::parseSubnet(u"::1/128"_s),
        QHostAddress::parseSubnet(u"fc00::/7"_s),
        QHostAddress::parseSubnet(u"fe80::/10"_s),
    };
    return std::any_of(networks.begin(), networks.end(), [&](const auto &network) {
        return network.first.protocol() == address.protocol() && address.isInSubnet(network);
    });
}

bool isLocalName(const QString &host)
{
    return host == "localhost"_L1 || host.endsWith(".localhost"_L1); // RFC 6761
}

int portOf(const QUrl &url)
{
    const bool isSecure = url.scheme() == "https"_L1 || url.scheme() == "wss"_L1;
    return url.port(isSecure ? 443 : 80);
}

QString hostOf(const QUrl &url)
{
    QString host = url.host().toLower();
    if (host.endsWith(u'.'))
        host.chop(1); // a fully qualified name
    return host;
}

Error refusal(const QUrl &url, const QString &what)
{
    return {ErrorCode::BadInput, what, url.toDisplayString(QUrl::RemoveUserInfo),
            Guard::tr("If you may load it, say so: --allow-target %1.").arg(url.host())};
}

} // namespace

LoadAllowance::LoadAllowance(QStringList allowedHosts)
    : m_allowedHosts(std::move(allowedHosts))
{
    for (QString &host : m_allowedHosts)
        host = host.trimmed().toLower();
}

bool LoadAllowance::isNamed(const QUrl &url) const
{
    const QString host = hostOf(url);
    const QString bracketed = host.contains(u':') ? u'[' + host + u']' : host;
    return m_allowedHosts.contains(host) || m_allowedHosts.contains(bracketed)
        || m_allowedHosts.contains(bracketed + u':' + QString::number(portOf(url)));
}

bool LoadAllowance::allows(const QHostAddress &address) const
{
    const QHostAddress host = unmapped(address);
    if (host.isNull())
        return false;
    if (isPrivate(host))
        return true;
    return std::any_of(m_allowedHosts.begin(), m_allowedHosts.end(), [&](const QString &allowed) {
        if (!allowed.contains(u'/'))
            return QHostAddress(allowed) == host;
        const auto network = QHostAddress::parseSubnet(allowed);
        return network.second >= 0 && network.first.protocol() == host.protocol()
            && host.isInSubnet(network);
    });
}

LoadPermission LoadAllowance::permission(const QUrl &url) const
{
    static const QStringList schemes{u"http"_s, u"https"_s, u"ws"_s, u"wss"_s};
    const QString host = hostOf(url);
    if (!url.isValid() || host.isEmpty() || !schemes.contains(url.scheme()))
        return LoadPermission::Refused;
    if (isLocalName(host) || isNamed(url))
        return LoadPermission::Allowed;
    if (const QHostAddress address(host); !address.isNull())
        return allows(address) ? LoadPermission::Allowed : LoadPermission::Refused;
    return LoadPermission::DependsOnAddress;
}

Result<void> LoadAllowance::check(const QUrl &url, const QList<QHostAddress> &resolved) const
{
    switch (permission(url)) {
    case LoadPermission::Allowed:
        return {};
    case LoadPermission::Refused:
        return Unexpected(refusal(
            url,
            Guard::tr(
                "Load is only sent to this machine and to private networks, unless allowed.")));
    case LoadPermission::DependsOnAddress:
        break;
    }
    if (resolved.isEmpty())
        return Unexpected(refusal(
            url, Guard::tr("It is not known to be on this machine or in a private network.")));
    for (const QHostAddress &address : resolved) {
        if (!allows(address))
            return Unexpected(
                refusal(url,
                        Guard::tr("%1 is %2, which is neither this machine nor a private network.")
                            .arg(url.host(), address.toString())));
    }
    return {};
}

Result<void> mayBeLoaded(const QUrl &url, const QStringList &allowedHosts)
{
    return LoadAllowance(allowedHosts).check(url);
}

} // namespace lowtide
