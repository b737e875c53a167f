#include "profile/loadrows.h"

using namespace Qt::StringLiterals;

#define TEXT(text) QT_TRANSLATE_NOOP("lowtide::Settings", text)

namespace lowtide {

namespace {

using enum FieldType;

std::optional<QString> requestsComplaint(const FieldValue &value)
{
    QSet<QString> names;
    for (const RequestSpec &request : requestsOf(value)) {
        if (names.contains(request.name))
            return settingsText(
                       TEXT("Two requests are called \"%1\"; the report could not tell them "
                            "apart. Give each a name."))
                .arg(request.name);
        names.insert(request.name);
    }
    return std::nullopt;
}

} // namespace

QList<Field> loadRowTexts(LoadDefault origin)
{
    const bool follows = origin == LoadDefault::ProfileLoad;
    QList<Field> rows{
        listField(u"requests"_s, requestRows(), TEXT("Requests"),
                  TEXT("What is sent, each chosen by its weight."))
            .range(1, 1000)
            .checked(requestsComplaint),
        choiceField(
            u"model"_s, {u"open"_s, u"closed"_s}, TEXT("Load model"),
            TEXT("open: operations arrive by the rate, whatever the service does. closed: each "
                 "user sends, waits for the answer, thinks, and sends again; a slow service is "
                 "asked less."))
            .byDefault("\"open\""),
        field(Number, u"rate"_s, Unit::PerSecond, TEXT("Rate"), TEXT("Arrival rate (open model)."))
            .range(0.001, 100000)
            .following(settingpath::rate.toString()),
        listField(u"stages"_s, stageRows(), TEXT("Stages"),
                  TEXT("A rate that changes, instead of `rate`; the last stage's rate goes on."))
            .range(1, 1000),
        field(Integer, u"users"_s, Unit::None, TEXT("Users"),
              TEXT("Operations in flight at most; closed model: how many users ask."))
            .range(1, 100000)
            .following(settingpath::users.toString()),
        field(Integer, u"queue_bound"_s, Unit::None, TEXT("Queue bound"),
              TEXT("Operations that may wait for a free user (open model); beyond it they are "
                   "dropped, "
                   "and counted as dropped."))
            .range(0, 1000000)
            .byDefault("1000"),
        field(Duration, u"think_time"_s, Unit::Seconds, TEXT("Think time"),
              TEXT("Pause of a user between two operations (closed model)."))
            .range(0, 3600)
            .byDefault("0"),
    };
    if (follows) {
        for (Field &row : rows)
            row = row.followingLoad();
        rows[0] = rows[0].whenAbsent(TEXT("the health path of its service"));
    } else {
        rows[0] = rows[0].byDefault(R"([{"path":"/"}])");
        rows.append(field(Integer, u"operations"_s, Unit::None, TEXT("Operations"),
                          TEXT("Ends after so many operations, if that comes before its length."))
                        .range(1, 1e12)
                        .whenAbsent(TEXT("no such end")));
    }
    return rows;
}

QList<ScenarioProblem> loadProblems(const LoadShape &shape, const QSet<QString> &given)
{
    QList<ScenarioProblem> problems;
    const QStringList without = shape.model == LoadModel::Closed
        ? QStringList{u"rate"_s, u"stages"_s, u"queue_bound"_s}
        : QStringList{u"think_time"_s};
    for (const QString &key : without) {
        if (!given.contains(key))
            continue;
        problems.append({.key = key,
                         .message = shape.model == LoadModel::Closed
                             ? settingsText(TEXT(
                                 "This has no effect in the closed model, where each user sends as "
                                 "soon as it has thought."))
                             : settingsText(TEXT(
                                 "This has no effect in the open model; set \"model\": \"closed\" "
                                 "for users who think."))});
    }
    if (given.contains(u"rate"_s) && given.contains(u"stages"_s)) {
        problems.append({.key = u"rate"_s,
                         .message = settingsText(TEXT("Both rate and stages are set; keep one."))});
    }
    return problems;
}

void fillRequests(QList<RequestSpec> &requests, const Profile &profile, const ScenarioPlan &plan)
{
    if (!requests.isEmpty())
        return;
    const Service *service = profile.service(plan.service);
    RequestSpec request;
    request.path = service ? service->healthPath : u"/"_s;
    request.name = u"GET "_s + request.path;
    requests.append(request);
}

} // namespace lowtide
