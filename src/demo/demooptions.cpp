#include "demo/demooptions.h"

#include "demo/faultsettings.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <limits>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

using Service = DemoOptions::Service;

QString tr(const char *text) { return QCoreApplication::translate("DemoOptions", text); }

Unexpected<Error> refusal(const QString &where, const QString &message, const QString &hint = {})
{
    return Unexpected(Error{ErrorCode::BadInput, message, where, hint});
}

void describe(QCommandLineParser &parser)
{
    parser.setApplicationDescription(
        tr("Stand-in services to try Lowtide on, each a real one on loopback.\n\n"
           "Examples:\n"
           "  lowtide-demo                                  all three, until Ctrl-C\n"
           "  lowtide-demo bluefin --port 0                 one, on a free port\n"
           "  lowtide-demo bluefin --fault latency_ms=200 --fault error_percent=5\n"
           "  curl -d '{\"stall_seconds\": 5}' http://127.0.0.1:8082/faults"));
    parser.addPositionalArgument(u"service"_s, tr("bluefin, dashboard, bot or all (the default)."),
                                 u"[SERVICE]"_s);
    parser.addOptions({
        {u"port"_s, tr("Port; 0 takes a free one. Default: 8082, 8000, 8083."), u"N"_s},
        {u"host"_s, tr("Address to listen on."), u"ADDRESS"_s, u"127.0.0.1"_s},
        {u"lifeline"_s, tr("End when standard input ends.")},
        {u"fault"_s, tr("Plant a fault, as POST /faults does; may be repeated."), u"KEY=VALUE"_s},
        {u"bluefin"_s, tr("The exchange that the bot asks."), u"URL"_s, u"http://127.0.0.1:8082"_s},
        {u"dashboard"_s, tr("The dashboard that the bot tells."), u"URL"_s,
         u"http://127.0.0.1:8000"_s},
        {u"connections"_s, tr("Most WebSockets of the dashboard."), u"N"_s, u"100"_s},
        {{u"h"_s, u"help"_s}, tr("Show this help.")},
    });
}

Result<Service> readService(const QStringList &names)
{
    if (names.size() > 1)
        return refusal(names.at(1), tr("Only one service can be named."));
    if (names.isEmpty())
        return Service::All;
    for (const Service each : {Service::All, Service::Bluefin, Service::Dashboard, Service::Bot}) {
        if (names.first() == DemoOptions::name(each))
            return each;
    }
    return refusal(names.first(), tr("There is no such service."),
                   tr("Choose bluefin, dashboard, bot or all."));
}

Result<QUrl> readUrl(const QCommandLineParser &parser, const QString &option)
{
    const QUrl url(parser.value(option), QUrl::StrictMode);
    if (url.isValid() && url.scheme() == "http"_L1 && !url.host().isEmpty())
        return url;
    return refusal(u"--"_s + option, tr("\"%1\" is not an http URL.").arg(parser.value(option)),
                   tr("For example: http://127.0.0.1:8082."));
}

Result<int> readNumber(const QCommandLineParser &parser, const QString &option, int least, int most)
{
    bool isNumber = false;
    const int number = parser.value(option).toInt(&isNumber);
    if (isNumber && number >= least && number <= most)
        return number;
    return refusal(u"--"_s + option,
                   tr("\"%1\" is not a whole number from %2 to %3.")
                       .arg(parser.value(option))
                       .arg(least)
                       .arg(most));
}

Result<QJsonObject> readFaults(const QStringList &texts)
{
    QJsonObject faults;
    for (const QString &text : texts) {
        const Result<QJsonObject> change = FaultSettings::change(text);
        if (!change)
            return Unexpected(change.error());
        const Result<FaultSettings, Errors> checked = FaultSettings().with(*change);
        if (!checked) {
            Error error = checked.error().first();
            error.where = u"--fault "_s + text;
            return Unexpected(error);
        }
        faults.insert(change->constBegin().key(), change->constBegin().value());
    }
    return faults;
}

Result<DemoOptions> readValues(const QCommandLineParser &parser, DemoOptions options)
{
    const bool isForOne =
        parser.isSet(u"fault"_s) || (parser.isSet(u"port"_s) && parser.value(u"port"_s) != "0"_L1);
    if (options.service == Service::All && isForOne)
        return refusal(u"--port, --fault"_s, tr("These belong to one service."),
                       tr("Name it: bluefin, dashboard or bot."));
    if (!options.host.setAddress(parser.value(u"host"_s)))
        return refusal(u"--host"_s, tr("\"%1\" is not an address.").arg(parser.value(u"host"_s)),
                       tr("For example: 127.0.0.1."));
    if (parser.isSet(u"port"_s)) {
        const Result<int> port =
            readNumber(parser, u"port"_s, 0, std::numeric_limits<quint16>::max());
        if (!port)
            return Unexpected(port.error());
        options.port = quint16(*port);
    }
    const Result<int> connections = readNumber(parser, u"connections"_s, 0, 100000);
    const Result<QUrl> bluefin = readUrl(parser, u"bluefin"_s);
    const Result<QUrl> dashboard = readUrl(parser, u"dashboard"_s);
    const Result<QJsonObject> faults = readFaults(parser.values(u"fault"_s));
    if (!connections || !bluefin || !dashboard || !faults) {
        return Unexpected(!connections     ? connections.error()
                              : !bluefin   ? bluefin.error()
                              : !dashboard ? dashboard.error()
                                           : faults.error());
    }
    options.connections = *connections;
    options.bluefin = *bluefin;
    options.dashboard = *dashboard;
    options.faults = *faults;
    options.lifeline = parser.isSet(u"lifeline"_s);
    return options;
}

} // namespace

Result<DemoOptions> DemoOptions::parse(const QStringList &arguments)
{
    QCommandLineParser parser;
    describe(parser);
    const bool isWellFormed = parser.parse(arguments);
    DemoOptions options;
    if (parser.isSet(u"help"_s)) {
        options.help = parser.helpText();
        return options;
    }
    if (!isWellFormed)
        return refusal({}, parser.errorText(), tr("--help shows what is allowed."));
    const Result<Service> service = readService(parser.positionalArguments());
    if (!service)
        return Unexpected(service.error());
    options.service = *service;
    return readValues(parser, options);
}

QString DemoOptions::name(Service service)
{
    switch (service) {
    case Service::All:
        return u"all"_s;
    case Service::Bluefin:
        return u"bluefin"_s;
    case Service::Dashboard:
        return u"dashboard"_s;
    case Service::Bot:
        return u"bot"_s;
    }
    Q_UNREACHABLE();
}

quint16 DemoOptions::defaultPort(Service service)
{
    switch (service) {
    case Service::All:
        return 0;
    case Service::Bluefin:
        return 8082;
    case Service::Dashboard:
        return 8000;
    case Service::Bot:
        return 8083;
    }
    Q_UNREACHABLE();
}

} // namespace lowtide
