#pragma once

#include "profile/scenariokind.h"
#include "profile/settingrows.h"

namespace lowtide {

/// Where the load of a kind comes from when its rows are not set.
enum class LoadDefault { TestParameters, ProfileLoad };

/// The rows of a load without their targets.
[[nodiscard]] QList<Field> loadRowTexts(LoadDefault origin);

/// What rows of a load contradict each other.
[[nodiscard]] QList<ScenarioProblem> loadProblems(const LoadShape &shape,
                                                  const QSet<QString> &given);

/// Rows of a load that goes into Settings::requests and Settings::shape.
template <typename Settings> [[nodiscard]] QList<Field> loadRows(LoadDefault origin)
{
    QList<Field> rows = loadRowTexts(origin);
    const auto target = [&rows](QStringView key, auto function) {
        for (Field &row : rows) {
            if (row.key == key)
                row = row.applied([function](const FieldTarget &to, const FieldValue &value) {
                    function(to.as<Settings>(), value);
                });
        }
    };
    target(u"requests", [](Settings &s, const FieldValue &v) { s.requests = requestsOf(v); });
    target(u"model", [](Settings &s, const FieldValue &v) {
        s.shape.model = v.get<QString>() == u"closed" ? LoadModel::Closed : LoadModel::Open;
    });
    target(u"rate", [](Settings &s, const FieldValue &v) {
        const Rate rate = Rate::perSecond(v.get<double>());
        s.shape.stages = {LoadStage{.from = rate, .to = rate, .duration = {}}};
    });
    target(u"stages", [](Settings &s, const FieldValue &v) { s.shape.stages = stagesOf(v); });
    target(u"users", [](Settings &s, const FieldValue &v) { v.assignTo(s.shape.users); });
    target(u"queue_bound",
           [](Settings &s, const FieldValue &v) { v.assignTo(s.shape.queueBound); });
    target(u"think_time", [](Settings &s, const FieldValue &v) { v.assignTo(s.shape.thinkTime); });
    target(u"operations", [](Settings &s, const FieldValue &v) { v.assignTo(s.shape.operations); });
    return rows;
}

/// Gives a load that has no requests of its own the one that every service answers.
void fillRequests(QList<RequestSpec> &requests, const Profile &profile, const ScenarioPlan &plan);

} // namespace lowtide
