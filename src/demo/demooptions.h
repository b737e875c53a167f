#pragma once

#include "base/result.h"

#include <QHostAddress>
#include <QJsonObject>
#include <QStringList>
#include <QUrl>

#include <optional>

namespace lowtide {

/// What the command line of lowtide-demo asks for.
struct DemoOptions {
    enum class Service { All, Bluefin, Dashboard, Bot };

    Service service = Service::All;
    QHostAddress host = QHostAddress(QHostAddress::LocalHost);
    std::optional<quint16> port; ///< 0 takes a free one. Without it each service has its own.
    bool lifeline = false;
    QJsonObject faults; ///< As POST /faults takes them; checked already.
    QUrl bluefin;
    QUrl dashboard;
    int connections = 100; ///< Most WebSockets of the dashboard.
    QString help; ///< Print this and end, when it is not empty.

    /// `arguments` begin with the program's name.
    [[nodiscard]] static Result<DemoOptions> parse(const QStringList &arguments);
    [[nodiscard]] static QString name(Service service);
    [[nodiscard]] static quint16 defaultPort(Service service);
};

} // namespace lowtide
