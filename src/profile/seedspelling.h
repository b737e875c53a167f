#pragma once

#include <QList>
#include <QString>
#include <QStringView>

namespace lowtide {

/// The seed's spelling of a profile: a fixed cast of services and scenarios under names of its own.
/// The cast itself is the bundled profile castProfileName(); a file in this spelling is laid over
/// it.
struct SeedEndpoint {
    QString key; ///< In section "service_endpoints".
    QString service; ///< Of the cast.
    QString row; ///< Of the service: "url" or "websocket_url".
    QString variable; ///< Environment.
};

inline constexpr QStringView seedEndpointSection = u"service_endpoints";
inline constexpr QStringView seedScenarioSection = u"test_scenarios";

[[nodiscard]] const QList<SeedEndpoint> &seedEndpoints();
[[nodiscard]] QString castProfileName();

/// A setting's path in the general spelling, from either.
[[nodiscard]] QString generalPath(const QString &path);
/// A setting's path in the seed's spelling, where it has one; else as it is.
[[nodiscard]] QString seedPath(const QString &path);

} // namespace lowtide
