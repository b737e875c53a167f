#pragma once

#include "profile/field.h"

#include <QList>
#include <QSet>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>

namespace lowtide {

/// A problem of a scenario's settings that shows only when they are seen together.
struct ScenarioProblem {
    QString key; ///< The row to point at, without the scenario's name.
    QString message;
};

/// What a kind may look at when it completes its settings.
struct ScenarioContext {
    const Profile &profile; ///< Without objectives; its services and sections are complete.
    QSet<QString> given; ///< Keys of this scenario that somebody has set.
};

/// What the field table knows about one kind of scenario. Immutable once registered.
struct ScenarioTable {
    enum class Endpoint { Http, WebSocket, None };

    QString type; ///< "http_load"
    const char *title = ""; ///< In context "lowtide::Settings", untranslated.
    const char *help = "";
    double lengthShare = 0.0; ///< Weight of its share of the test's length; 0: takes none of it.
    bool runsLast = false; ///< Run after all others, wherever it is written.
    bool isProfileLoad = false; ///< Its load rows are the default of rows with Field::followsLoad.
    Endpoint endpoint = Endpoint::Http;
    QByteArray defaultMaxErrorRate; ///< JSON; empty: follows the profile's threshold.
    QByteArray defaultTargetResponse; ///< Likewise.
    QList<Field> rows;
    std::function<std::shared_ptr<ScenarioSettings>()> make;
    /// Fills what rows alone cannot. May be empty.
    std::function<QList<ScenarioProblem>(const ScenarioPlan &, ScenarioSettings &,
                                         const ScenarioContext &)>
        complete;
    /// Objectives beyond response time and error rate. May be empty.
    std::function<QList<Objective>(const ScenarioPlan &, const ScenarioSettings &)> objectives;
};

/// Adds a kind; called by a static of the kind's file, so that adding a kind touches no other file.
/// Filled before main() (a test may add its own later), read-only after. Returns true.
bool registerScenarioTable(ScenarioTable table);
/// The table of that kind, or null. Valid for the whole program.
[[nodiscard]] const ScenarioTable *scenarioTable(const QString &type);
/// All types, sorted.
[[nodiscard]] QStringList scenarioTypes();

} // namespace lowtide
