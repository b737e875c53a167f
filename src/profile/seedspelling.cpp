#include "profile/seedspelling.h"

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

const QString generalScenarios = u"scenarios."_s;

QString servicePath(const SeedEndpoint &endpoint)
{
    return u"services.%1.%2"_s.arg(endpoint.service, endpoint.row);
}

QString endpointPath(const SeedEndpoint &endpoint)
{
    return seedEndpointSection.toString() + u'.' + endpoint.key;
}

QString seedScenarios() { return seedScenarioSection.toString() + u'.'; }

} // namespace

// The only code that knows the names of the seed's services.
const QList<SeedEndpoint> &seedEndpoints()
{
    static const QList<SeedEndpoint> endpoints{
        {u"bluefin_endpoint"_s, u"bluefin"_s, u"url"_s, u"BLUEFIN_ENDPOINT"_s},
        {u"dashboard_endpoint"_s, u"dashboard"_s, u"url"_s, u"DASHBOARD_ENDPOINT"_s},
        {u"websocket_endpoint"_s, u"dashboard"_s, u"websocket_url"_s, u"WEBSOCKET_ENDPOINT"_s},
    };
    return endpoints;
}

QString castProfileName() { return u"trading-bot"_s; }

QString generalPath(const QString &path)
{
    if (path.startsWith(seedScenarios()))
        return generalScenarios + path.mid(seedScenarios().size());
    for (const SeedEndpoint &endpoint : seedEndpoints()) {
        if (path == endpointPath(endpoint))
            return servicePath(endpoint);
    }
    return path;
}

QString seedPath(const QString &path)
{
    if (path.startsWith(generalScenarios))
        return seedScenarios() + path.mid(generalScenarios.size());
    for (const SeedEndpoint &endpoint : seedEndpoints()) {
        if (path == servicePath(endpoint))
            return endpointPath(endpoint);
    }
    return path;
}

} // namespace lowtide
