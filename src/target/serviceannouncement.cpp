#include "target/serviceannouncement.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// Absent where it is no absolute URL of one of two schemes; empty where it isn't given.
std::optional<QUrl> urlOf(const QJsonValue &value, QLatin1StringView scheme,
                          QLatin1StringView secureScheme)
{
    if (value.isUndefined() || value.isNull())
        return QUrl();
    const QUrl url(value.toString(), QUrl::StrictMode);
    const bool isKnown = url.scheme() == scheme || url.scheme() == secureScheme;
    return isKnown && !url.host().isEmpty() ? std::optional(url) : std::nullopt;
}

} // namespace

std::optional<ServiceAnnouncement> readAnnouncement(const QByteArray &line, const QString &service)
{
    if (!line.trimmed().startsWith('{'))
        return std::nullopt;
    const QJsonObject object = QJsonDocument::fromJson(line).object();
    // Any line of a log may look like this one; only the name makes it the service's own.
    if (object.value("service"_L1).toString() != service)
        return std::nullopt;
    const auto url = urlOf(object.value("url"_L1), "http"_L1, "https"_L1);
    const auto websocketUrl = urlOf(object.value("websocket_url"_L1), "ws"_L1, "wss"_L1);
    if (!url || !websocketUrl || (url->isEmpty() && websocketUrl->isEmpty()))
        return std::nullopt;
    return ServiceAnnouncement{*url, *websocketUrl, 0};
}

} // namespace lowtide
