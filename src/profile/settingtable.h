#pragma once

#include "profile/field.h"
#include "profile/profileoutline.h"

#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

namespace lowtide {

/// One row of the field table in one profile: with the names of its service or scenario in the
/// path.
struct Setting {
    enum class Owner { Profile, Service, Scenario };
    QString path; ///< General spelling: "scenarios.api.rate".
    QString shownPath; ///< In the spelling of the profile.
    Field field;
    Owner owner = Owner::Profile;
    QString name; ///< Of the service or scenario.
    QStringList variables; ///< Environment, first one preferred.
};

/// All settings of one profile. Immutable; values refer to its rows, so it outlives them.
class SettingTable {
public:
    explicit SettingTable(const ProfileOutline &outline);

    [[nodiscard]] const QList<Setting> &settings() const { return m_settings; }
    /// By path in either spelling; null where there is none.
    [[nodiscard]] const Setting *find(const QString &path) const;
    /// Whether some setting's path begins with `path` and a dot.
    [[nodiscard]] bool isSection(const QString &path) const;
    /// Keys that may stand in the object at `path` (empty: the top).
    [[nodiscard]] QStringList keysIn(const QString &path) const;
    /// Paths of settings and sections that end in `key`, in the profile's spelling.
    [[nodiscard]] QStringList pathsEndingIn(const QString &key) const;
    [[nodiscard]] QStringList shownPaths() const;

private:
    void add(Setting::Owner owner, const QString &name, const QString &prefix,
             const QList<Field> &rows);

    bool m_isSeed;
    QList<Setting> m_settings;
    QHash<QString, qsizetype> m_byPath;
};

/// Rows of a scenario of that kind: the common ones with the kind's defaults, then its own.
[[nodiscard]] QList<Field> scenarioRowsOf(const QString &type);

/// "LOWTIDE_MONITORING_HEALTH_CHECK_INTERVAL": the variable of a setting that the seed gave no
/// name.
[[nodiscard]] QString settingVariable(const QString &path);

} // namespace lowtide
