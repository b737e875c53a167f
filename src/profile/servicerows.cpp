#include "profile/redaction.h"
#include "profile/settingrows.h"

#include <QHash>
#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

#define TEXT(text) QT_TRANSLATE_NOOP("lowtide::Settings", text)

namespace lowtide {

namespace {

using enum FieldType;

std::optional<QString> pathComplaint(const FieldValue &value)
{
    const auto &path = value.get<QString>();
    if (path.startsWith(u'/') && !path.contains(u' ') && !path.contains(u'#'))
        return std::nullopt;
    return settingsText(TEXT("A path begins with / and holds neither spaces nor #."));
}

std::optional<QString> methodComplaint(const FieldValue &value)
{
    for (const QChar c : value.get<QString>()) {
        if (c < u'A' || c > u'Z')
            return settingsText(TEXT("A method is a word in capitals, as GET or POST."));
    }
    return std::nullopt;
}

bool isJson(const FieldValue &body)
{
    return body.json().startsWith('{') || body.json().startsWith('[');
}

bool hasHeader(const RequestSpec &request, const QByteArray &name)
{
    return std::any_of(request.headers.begin(), request.headers.end(), [&name](const auto &header) {
        return header.first.compare(name, Qt::CaseInsensitive) == 0;
    });
}

/// The path without the values of secrets in its query: names go into reports and journals.
QString shownPath(const QString &path)
{
    const qsizetype question = path.indexOf(u'?');
    if (question < 0)
        return redacted(path);
    QStringList parts = path.mid(question + 1).split(u'&');
    for (QString &part : parts) {
        const qsizetype equals = part.indexOf(u'=');
        const QString key = QUrl::fromPercentEncoding(part.left(equals).toUtf8());
        part = equals >= 0 && isSecretName(key) ? part.left(equals + 1) + u"***"_s : redacted(part);
    }
    return redacted(path.left(question)) + u'?' + parts.join(u'&');
}

/// Requests that differ in a secret alone are told apart by a number.
QString defaultName(const RequestSpec &request, QHash<QString, QStringList> &writtenBy)
{
    const QString method = QString::fromLatin1(request.method) + u' ';
    const QString name = method + shownPath(request.path);
    QStringList &paths = writtenBy[name];
    if (!paths.contains(request.path))
        paths.append(request.path);
    const qsizetype number = paths.indexOf(request.path) + 1;
    return number == 1 ? name : u"%1 (%2)"_s.arg(name).arg(number);
}

const FieldValue *valueIn(const FieldObject &object, QStringView key)
{
    for (const FieldAssignment &assignment : object) {
        if (assignment.field->key == key)
            return assignment.value.get();
    }
    return nullptr;
}

} // namespace

QList<Field> serviceRows()
{
    return {
        field(HttpUrl, u"url"_s, Unit::None, TEXT("Address"),
              TEXT("Where the service answers HTTP; request paths are appended to it."))
            .into(&Service::url),
        field(WebSocketUrl, u"websocket_url"_s, Unit::None, TEXT("WebSocket address"),
              TEXT("Where the service answers WebSocket connections."))
            .into(&Service::websocketUrl),
        field(Text, u"health_path"_s, Unit::None, TEXT("Health path"),
              TEXT("Answers 200 while the service is healthy."))
            .range(1, 2000)
            .byDefault("\"/health\"")
            .checked(pathComplaint)
            .into(&Service::healthPath),
        field(TextList, u"command"_s, Unit::None, TEXT("Command"),
              TEXT("Program and arguments that the run starts and ends; never a shell line."))
            .range(1, 1000)
            .whenAbsent(TEXT("the service is there already"))
            .into(&Service::command),
        field(Integer, u"pid"_s, Unit::None, TEXT("Process"), TEXT("Process to watch, by its id."))
            .range(1, 4194304)
            .into(&Service::pid),
        field(Text, u"container"_s, Unit::None, TEXT("Container"),
              TEXT("Container to watch, by name."))
            .range(0, 255)
            .into(&Service::container),
        field(Size, u"memory_limit_mb"_s, Unit::Megabytes, TEXT("Memory limit"),
              TEXT("Applied to what the run starts by `command`, where the system allows it."))
            .range(1, 1048576)
            .whenAbsent(TEXT("no limit of ours"))
            .into(&Service::memoryLimit),
        field(Number, u"cpu_limit"_s, Unit::Cores, TEXT("CPU limit"),
              TEXT("Likewise, in cores: 0.5 is half a core."))
            .range(0.01, 1024)
            .whenAbsent(TEXT("no limit of ours"))
            .into(&Service::cpuLimitCores),
        field(Size, u"memory_target_mb"_s, Unit::Megabytes, TEXT("Memory target"),
              TEXT("Peak memory that the service should stay below. Missing it is reported and "
                   "recommended on, and does not fail the run."))
            .range(1, 1048576)
            .into(&Service::memoryTarget),
        field(Number, u"cpu_target_percent"_s, Unit::Percent, TEXT("CPU target"),
              TEXT("Mean CPU that the service should stay below, in percent of one core. As the "
                   "memory target, it does not fail the run."))
            .range(0.1, 102400)
            .into(&Service::cpuTargetPercent),
    };
}

QList<Field> scenarioRows()
{
    return {
        field(Text, u"type"_s, Unit::None, TEXT("Kind"), TEXT("The kind of scenario."))
            .mandatory()
            .into(&ScenarioPlan::type),
        field(Boolean, u"enabled"_s, Unit::None, TEXT("Enabled"), TEXT("false: it is left out."))
            .byDefault("true")
            .into(&ScenarioPlan::enabled),
        field(Text, u"description"_s, Unit::None, TEXT("Description"),
              TEXT("What it tests, for the report."))
            .into(&ScenarioPlan::description),
        field(Text, u"service"_s, Unit::None, TEXT("Service"), TEXT("The service it works on."))
            .whenAbsent(TEXT("the profile's only service; needed where there are several"))
            .into(&ScenarioPlan::service),
        field(Duration, u"duration_seconds"_s, Unit::Seconds, TEXT("Length"),
              TEXT("Length of this scenario instead of its share of the test's length."))
            .range(1, 604800)
            .whenAbsent(TEXT("its share of the test's length"))
            .into(&ScenarioPlan::duration),
        field(Number, u"max_error_rate_percent"_s, Unit::Percent, TEXT("Error rate"),
              TEXT("Share of its operations that may fail."))
            .range(0, 100)
            .following(settingpath::maxErrorRate.toString())
            .into(&ScenarioPlan::maxErrorRatePercent),
        field(
            Number, u"target_response_time_ms"_s, Unit::Milliseconds, TEXT("Response time"),
            TEXT("What the 95th percentile of its response time must stay below, counted from when "
                 "each operation was due."))
            .range(0.001, 3600000)
            .following(settingpath::maxResponse.toString())
            .into(&ScenarioPlan::targetResponseMs),
    };
}

QList<Field> requestRows()
{
    return {
        field(Text, u"name"_s, Unit::None, TEXT("Name"), TEXT("How the report calls it."))
            .range(1, 200)
            .whenAbsent(TEXT("method and path, secrets in its query replaced"))
            .into(&RequestSpec::name),
        field(Text, u"method"_s, Unit::None, TEXT("Method"), TEXT("HTTP method."))
            .range(1, 20)
            .byDefault("\"GET\"")
            .checked(methodComplaint)
            .into(&RequestSpec::method),
        field(Text, u"path"_s, Unit::None, TEXT("Path"),
              TEXT("Appended to the service's address; may hold a query."))
            .range(1, 8000)
            .byDefault("\"/\"")
            .checked(pathComplaint)
            .into(&RequestSpec::path),
        field(Headers, u"headers"_s, Unit::None, TEXT("Headers"), TEXT("Sent beside our own."))
            .into(&RequestSpec::headers),
        field(Body, u"body"_s, Unit::None, TEXT("Body"),
              TEXT("Text, or JSON, which is sent with the content type application/json."))
            .into(&RequestSpec::body),
        field(IntegerList, u"expect_status"_s, Unit::None, TEXT("Expected status"),
              TEXT("One status or a list; another one is an error."))
            .range(100, 599)
            .whenAbsent(TEXT("any of 200 to 299"))
            .into(&RequestSpec::expectedStatuses),
        field(Text, u"expect_body"_s, Unit::None, TEXT("Expected body"),
              TEXT("A text that the answer's body must hold; else it is an error."))
            .range(1, 10000)
            .into(&RequestSpec::bodyContains),
        field(Number, u"weight"_s, Unit::None, TEXT("Weight"),
              TEXT("How often it is chosen, against the others."))
            .range(0.001, 1000000)
            .byDefault("1")
            .into(&RequestSpec::weight),
        field(Duration, u"timeout"_s, Unit::Seconds, TEXT("Timeout"),
              TEXT("From the send to the end of the answer."))
            .range(0.001, 3600)
            .byDefault("10")
            .into(&RequestSpec::timeout),
    };
}

QList<Field> stageRows()
{
    return {
        field(Number, u"from"_s, Unit::PerSecond, TEXT("Rate at the begin"),
              TEXT("Operations a second."))
            .range(0, 100000)
            .whenAbsent(TEXT("where the stage before ended; the first one: its own end"))
            .into(&LoadStage::from),
        field(Number, u"to"_s, Unit::PerSecond, TEXT("Rate at the end"),
              TEXT("Operations a second, reached in a straight line."))
            .range(0, 100000)
            .mandatory()
            .into(&LoadStage::to),
        field(Duration, u"duration"_s, Unit::Seconds, TEXT("Length"), TEXT("Length of the stage."))
            .range(0.001, 604800)
            .mandatory()
            .into(&LoadStage::duration),
    };
}

QList<RequestSpec> requestsOf(const FieldValue &value)
{
    QList<RequestSpec> requests = itemsOf<RequestSpec>(value);
    QHash<QString, QStringList> writtenBy; // shown default name to what it stands for
    for (qsizetype i = 0; i < requests.size(); ++i) {
        RequestSpec &request = requests[i];
        if (request.name.isEmpty())
            request.name = defaultName(request, writtenBy);
        const FieldValue *body = valueIn(value.objects()[static_cast<std::size_t>(i)], u"body");
        if (body && isJson(*body) && !hasHeader(request, "Content-Type"))
            request.headers.append(
                std::pair<QByteArray, QByteArray>("Content-Type", "application/json"));
    }
    return requests;
}

QList<LoadStage> stagesOf(const FieldValue &value)
{
    QList<LoadStage> stages = itemsOf<LoadStage>(value);
    for (qsizetype i = 0; i < stages.size(); ++i) {
        if (!valueIn(value.objects()[static_cast<std::size_t>(i)], u"from"))
            stages[i].from = i == 0 ? stages[i].to : stages[i - 1].to;
    }
    return stages;
}

} // namespace lowtide
