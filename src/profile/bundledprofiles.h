#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>
#include <utility>

namespace lowtide {

/// Names of the profiles that the program carries, the main job first.
[[nodiscard]] QStringList bundledProfileNames();
/// Text of the bundled profile of that name (without ".json").
[[nodiscard]] Result<QByteArray> bundledProfile(const QString &name);

/// A commented profile to start from, valid as it is. `schemaReference` goes into its "$schema".
[[nodiscard]] QByteArray
starterProfile(const QString &schemaReference = QStringLiteral("profile.schema.json"));

/// A load on one URL without a profile. The texts are as typed; the table reads and checks them.
struct AdHoc {
    QString url; ///< http, https: HTTP load; ws, wss: WebSocket load.
    QString method = QStringLiteral("GET");
    QList<std::pair<QString, QString>> headers;
    QByteArray body;
    std::optional<QString> users, rate, duration, operations;
};

/// Text of a profile in the general form with one service "target" and one scenario, "http_load" or
/// "websocket_load". Judged on errors and on what is given beside it (by --set), not on the
/// defaults. Without a rate but with users or operations the model is closed: each user asks again
/// at once.
[[nodiscard]] QByteArray adHocProfile(const AdHoc &adHoc);

} // namespace lowtide
