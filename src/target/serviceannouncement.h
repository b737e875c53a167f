#pragma once

#include <QByteArray>
#include <QMetaType>
#include <QUrl>

#include <optional>

namespace lowtide {

/// Where a started service is to be found. Empty where neither it nor the profile says so.
struct ServiceAnnouncement {
    QUrl url;
    QUrl websocketUrl;
    qint64 pid = 0; ///< Of the process that we started, not of what a line claims.
    friend bool operator==(const ServiceAnnouncement &, const ServiceAnnouncement &) = default;
};

/// Reads a line of the form
/// `{"service":"bluefin","url":"http://127.0.0.1:PORT","websocket_url":"...", "pid":123}`. Absent
/// where the line is something else, or doesn't name `service`. Check the address before anything
/// is sent there.
[[nodiscard]] std::optional<ServiceAnnouncement> readAnnouncement(const QByteArray &line,
                                                                  const QString &service);

} // namespace lowtide
