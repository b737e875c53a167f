#pragma once

#include "base/error.h"
#include "profile/jsontext.h"

#include <QHash>
#include <QList>
#include <QString>

#include <optional>

namespace lowtide {

/// A service or scenario that a profile names. The nodes belong to the texts and live as long as
/// they.
struct OutlineEntry {
    QString name;
    QString type; ///< Scenarios only; a registered one.
    const JsonNode *file = nullptr; ///< In the profile's text; null where only the cast names it.
    const JsonNode *cast = nullptr; ///< In the bundled cast; null in the general spelling.
};

/// Which services and scenarios a profile has, before any of their settings is read.
struct ProfileOutline {
    enum class Spelling { General, Seed };
    Spelling spelling = Spelling::Seed;
    QList<OutlineEntry> services;
    QList<OutlineEntry> scenarios; ///< In the order of the text.
};

/// Makes the error for a part of a profile's text.
class ProfilePlaces {
public:
    explicit ProfilePlaces(QString fileName);
    [[nodiscard]] Error error(int line, int column, const QString &pointer, const QString &message,
                              const QString &hint = {}) const;
    [[nodiscard]] Error error(const JsonNode &node, const QString &pointer, const QString &message,
                              const QString &hint = {}) const;
    /// "FILE:3:5 /test_parameters/concurrent_users".
    [[nodiscard]] QString where(int line, int column, const QString &pointer) const;
    [[nodiscard]] const QString &fileName() const { return m_fileName; }

private:
    QString m_fileName;
};

/// Reads the outline of `file`, adding what is wrong to `errors`. `cast` is what a file in the
/// seed's spelling is laid over. `types` are kinds given to scenarios from elsewhere than the file.
[[nodiscard]] ProfileOutline outlineOf(const JsonText &file, const JsonText &cast,
                                       const QHash<QString, QString> &types,
                                       const ProfilePlaces &places, Errors &errors);

} // namespace lowtide
