#pragma once

#include "base/result.h"
#include "profile/scenariokind.h"
#include "profile/settingsources.h"

#include <QCoreApplication>

#include <memory>
#include <optional>

namespace lowtide {

/// Makes the profile out of its settings: defaults, checks across settings, objectives, listing.
/// Used once.
class ProfileAssembly {
    Q_DECLARE_TR_FUNCTIONS(lowtide::ProfileAssembly)

public:
    /// All arguments outlive this object.
    ProfileAssembly(const ProfileOutline &outline, const SettingTable &table,
                    const SettingSources &sources, const ProfilePlaces &places);

    [[nodiscard]] Result<EffectiveProfile, Errors> assemble();

private:
    /// A setting's value in force.
    struct Effective {
        FieldValue value;
        ValueSource source = ValueSource::Default;
        QString origin;
    };

    [[nodiscard]] std::optional<Effective> effective(const Setting &setting) const;
    [[nodiscard]] std::optional<Effective> followed(const QString &path) const;
    [[nodiscard]] QString serviceOf(const OutlineEntry &scenario) const;
    [[nodiscard]] QString profileLoadFor(const QString &scenario) const;
    [[nodiscard]] QString whereIs(const QString &path) const;
    [[nodiscard]] bool isSet(const QString &path) const;

    void apply(const Setting &setting, const FieldTarget &target);
    void addServices();
    void addScenarios();
    void addScenario(const OutlineEntry &entry);
    void complete(ScenarioPlan &plan, ScenarioSettings &settings);
    void putLastWhatRunsLast();
    void checkScenario(const ScenarioPlan &plan);
    /// The path that a scenario's load value comes from; empty: its kind has no such value.
    [[nodiscard]] QString decidingPath(const QString &scenario, const QString &key) const;
    [[nodiscard]] QString decidingRatePath(const QString &scenario) const;

    void checkServices();
    void checkLoadFlags();
    void checkWhole();
    void settleConcurrency();
    void warn(const QString &text) { m_result.warnings.append(text); }
    void refuse(const QString &path, const QString &message, const QString &hint = {});

    const ProfileOutline &m_outline;
    const SettingTable &m_table;
    const SettingSources &m_sources;
    const ProfilePlaces &m_places;
    EffectiveProfile m_result;
    int m_mostUsers = 1; ///< Of the test and all loads in the profile.
    QString m_mostUsersPath;
    Errors m_errors;
};

} // namespace lowtide
