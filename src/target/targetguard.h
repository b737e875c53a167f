#pragma once

#include "base/result.h"

#include <QHostAddress>
#include <QList>
#include <QStringList>
#include <QUrl>

namespace lowtide {

/// Whether load may go to a URL, as far as its text tells.
enum class LoadPermission {
    Allowed,
    Refused,
    DependsOnAddress, ///< A name that nobody allowed by name: what it resolves to decides.
};

/// Which hosts may be loaded: loopback and private addresses, "localhost", and what is named: host
/// names, addresses, "host:port", or networks ("203.0.113.0/24"). A value; pure.
class LoadAllowance {
public:
    explicit LoadAllowance(QStringList allowedHosts = {});

    [[nodiscard]] LoadPermission permission(const QUrl &url) const;
    /// 127/8, ::1, 10/8, 172.16/12, 192.168/16, fc00::/7, fe80::/10, the unspecified address (it
    /// means this machine), and what is named. Not 169.254/16: clouds keep their metadata service
    /// there.
    [[nodiscard]] bool allows(const QHostAddress &address) const;
    /// Strict: a name passes only where it is allowed by name, or where `resolved` has addresses
    /// and all of them are allowed.
    [[nodiscard]] Result<void> check(const QUrl &url,
                                     const QList<QHostAddress> &resolved = {}) const;

private:
    [[nodiscard]] bool isNamed(const QUrl &url) const;

    QStringList m_allowedHosts;
};

/// LoadAllowance(allowedHosts).check(url).
[[nodiscard]] Result<void> mayBeLoaded(const QUrl &url, const QStringList &allowedHosts = {});

} // namespace lowtide
