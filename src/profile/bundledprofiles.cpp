#include "profile/bundledprofiles.h"

#include "profile/jsontext.h"
#include "profile/nearestname.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

const QString folder = u":/lowtide/profiles/"_s;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(lowtide::BundledProfiles)
};

/// The address without path and query, which belong to the request.
QString baseOf(const QUrl &url)
{
    return url.toString(QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment);
}

QString pathOf(const QUrl &url)
{
    QString path = url.path(QUrl::FullyEncoded);
    if (path.isEmpty())
        path = u"/"_s;
    return url.hasQuery() ? path + u'?' + url.query(QUrl::FullyEncoded) : path;
}

/// Lines of `key: value` between braces, at a depth of indentation.
QByteArray object(const QList<std::pair<QString, QByteArray>> &members, int depth)
{
    const QByteArray indent(qsizetype{2} * depth, ' ');
    QByteArrayList lines;
    for (const auto &[key, value] : members)
        lines.append(indent + "  " + jsonQuoted(key) + ": " + value);
    return lines.isEmpty() ? QByteArray("{}") : "{\n" + lines.join(",\n") + '\n' + indent + '}';
}

QByteArray requestJson(const AdHoc &adHoc, const QUrl &url)
{
    QList<std::pair<QString, QByteArray>> headers;
    for (const auto &[name, value] : adHoc.headers)
        headers.append({name, jsonQuoted(value)});
    QList<std::pair<QString, QByteArray>> request{{u"method"_s, jsonQuoted(adHoc.method)},
                                                  {u"path"_s, jsonQuoted(pathOf(url))}};
    if (!headers.isEmpty())
        request.append({u"headers"_s, object(headers, 5)});
    if (!adHoc.body.isEmpty())
        request.append({u"body"_s, jsonQuoted(QString::fromUtf8(adHoc.body))});
    return "[\n        " + object(request, 4) + "\n      ]";
}

QByteArray scenarioJson(const AdHoc &adHoc, const QUrl &url, bool isWebSocket)
{
    if (isWebSocket) {
        QList<std::pair<QString, QByteArray>> scenario{{u"type"_s, "\"websocket_load\""},
                                                       {u"service"_s, "\"target\""},
                                                       {u"overflow"_s, "false"}};
        if (adHoc.users)
            scenario.append({u"max_connections"_s, jsonQuoted(*adHoc.users)});
        if (adHoc.rate)
            scenario.append({u"messages_per_second"_s, jsonQuoted(*adHoc.rate)});
        return object({{u"websocket_load"_s, object(scenario, 2)}}, 1);
    }
    QList<std::pair<QString, QByteArray>> scenario{{u"type"_s, "\"http_load\""},
                                                   {u"service"_s, "\"target\""}};
    if (!adHoc.rate && (adHoc.users || adHoc.operations))
        scenario.append({u"model"_s, "\"closed\""});
    if (adHoc.users)
        scenario.append({u"users"_s, jsonQuoted(*adHoc.users)});
    if (adHoc.rate)
        scenario.append({u"rate"_s, jsonQuoted(*adHoc.rate)});
    if (adHoc.operations)
        scenario.append({u"operations"_s, jsonQuoted(*adHoc.operations)});
    scenario.append({u"requests"_s, requestJson(adHoc, url)});
    return object({{u"http_load"_s, object(scenario, 2)}}, 1);
}

} // namespace

QStringList bundledProfileNames()
{
    QStringList names;
    for (const QString &file : QDir(folder).entryList({u"*.json"_s}, QDir::Files, QDir::Name))
        names.append(file.chopped(5));
    names.removeOne(u"trading-bot"_s);
    names.prepend(u"trading-bot"_s);
    return names;
}

Result<QByteArray> bundledProfile(const QString &name)
{
    QFile file(folder + name + u".json"_s);
    if (bundledProfileNames().contains(name) && file.open(QIODevice::ReadOnly))
        return file.readAll();
    const auto nearest = nearestName(name, bundledProfileNames());
    return Unexpected(Error{
        .code = ErrorCode::BadInput,
        .message = Texts::tr("There is no bundled profile of that name."),
        .where = name,
        .hint = nearest ? Texts::tr("Did you mean \"%1\"?").arg(*nearest)
                        : Texts::tr("There are: %1.").arg(bundledProfileNames().join(u", "_s))});
}

QByteArray starterProfile(const QString &schemaReference)
{
    QByteArray text = R"({
  // Where an editor finds what may stand here. Comments are read and kept.
  "$schema": SCHEMA,
  "test_suite": "My service in a small container",
  "test_parameters": {
    "test_duration_seconds": 60, // of all scenarios together; also "90s", "5m"
    "concurrent_users": 3,       // operations in flight at most
    "operations_per_second": 5
  },
  "services": {
    "api": {
      "url": "http://localhost:8080",
      "health_path": "/health"
      // What is behind it, so that its memory and CPU are seen; one of
      //   "command": ["./my-service", "--port", "8080"]   started and ended by the run
      //   "pid": 1234
      //   "container": "my-service"
      // and what it may take and should take:
      //   "memory_limit_mb": 128, "cpu_limit": 0.5, "memory_target_mb": 100, "cpu_target_percent": 30
    }
  },
  "scenarios": {
    "load": {
      "type": "http_load",
      "service": "api",
      "target_response_time_ms": 500, // for the 95th percentile
      "max_error_rate_percent": 1,
      "requests": [
        { "path": "/health" }
        // { "method": "POST", "path": "/orders", "body": { "quantity": 1 }, "expect_status": 201, "weight": 2 }
      ]
    },
    // Runs after all others: is the service back to where it was?
    "recovery": {
      "type": "recovery",
      "service": "api"
    }
  },
  "monitoring": {
    "health_check_interval": 5
  }
}
)";
    return text.replace("SCHEMA", jsonQuoted(schemaReference));
}

QByteArray adHocProfile(const AdHoc &adHoc)
{
    const QUrl url(adHoc.url);
    const bool isWebSocket = url.scheme() == u"ws" || url.scheme() == u"wss";
    const bool isWeb = url.scheme() == u"http" || url.scheme() == u"https";
    // An address that is none goes in as it is: the table's error names it.
    QList<std::pair<QString, QByteArray>> service{
        {isWebSocket ? u"websocket_url"_s : u"url"_s,
         jsonQuoted(isWeb && url.isValid() ? baseOf(url) : adHoc.url)}};
    if (isWeb)
        service.append({u"health_path"_s, jsonQuoted(pathOf(url))});
    // With a number of operations the length is only a bound.
    const QString duration = adHoc.duration.value_or(adHoc.operations ? u"1h"_s : u"10s"_s);
    return object({{u"test_description"_s, jsonQuoted(Texts::tr("Load on one address"))},
                   {u"test_parameters"_s,
                    object({{u"test_duration_seconds"_s, jsonQuoted(duration)}}, 1)},
                   {u"services"_s, object({{u"target"_s, object(service, 2)}}, 1)},
                   {u"scenarios"_s, scenarioJson(adHoc, url, isWebSocket)},
                   {u"monitoring"_s, object({{u"default_thresholds"_s, "false"}}, 1)}},
                  0)
        + '\n';
}

} // namespace lowtide
