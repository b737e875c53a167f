#include "demo/botservice.h"

#include <QJsonDocument>
#include <QNetworkReply>

#include <numeric>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds pollPeriod(1000);
constexpr milliseconds answerTime(2000);
constexpr seconds healthyFor(5); ///< After the last good answer, and after the start.
constexpr std::size_t averaged = 20;

QNetworkRequest requestTo(const QUrl &url)
{
    QNetworkRequest request(url);
    request.setTransferTimeout(int(answerTime.count()));
    request.setHeader(QNetworkRequest::UserAgentHeader, u"lowtide-demo-bot"_s);
    return request;
}

QUrl below(const QUrl &base, const QString &path)
{
    QUrl url = base.adjusted(QUrl::StripTrailingSlash);
    url.setPath(url.path() + path);
    return url;
}

} // namespace

BotService::BotService(const QUrl &bluefin, const QUrl &dashboard, QObject *parent)
    : DemoService(parent)
    , m_ticker(below(bluefin, u"/market/ticker"_s))
    , m_update(below(dashboard, u"/api/update"_s))
    , m_network(this)
    , m_pollTimer(this)
{
    connect(&m_pollTimer, &QTimer::timeout, this, &BotService::poll);
    m_pollTimer.start(pollPeriod);
    poll();
}

HttpResponse BotService::answer(const HttpRequest &request)
{
    if (request.path != "/health" && request.path != "/status")
        return notFound();
    if (!isRead(request))
        return wrongMethod("GET, HEAD");
    if (request.path == "/status")
        return HttpResponse::json(status());
    if (isHealthy())
        return HttpResponse::json({{u"status"_s, u"healthy"_s}});
    return HttpResponse::json({{u"status"_s, u"unhealthy"_s}, {u"error"_s, m_lastError}}, 503);
}

void BotService::poll()
{
    if (m_poll != nullptr) {
        ++m_skippedPolls; // slower than the period: no second one beside it
        return;
    }
    ++m_polls;
    m_poll = m_network.get(requestTo(m_ticker));
    connect(m_poll, &QNetworkReply::finished, this, &BotService::onTicker);
}

void BotService::onTicker()
{
    QNetworkReply *const reply = std::exchange(m_poll, nullptr);
    reply->deleteLater();
    const QJsonValue price = QJsonDocument::fromJson(reply->readAll()).object().value("last"_L1);
    if (reply->error() != QNetworkReply::NoError || !price.isDouble()) {
        ++m_failedPolls;
        m_lastError = reply->error() != QNetworkReply::NoError
            ? reply->errorString()
            : tr("The exchange's answer holds no price.");
        return;
    }
    m_lastSuccess = steadyNow();
    m_prices.push_back(price.toDouble());
    if (m_prices.size() > averaged)
        m_prices.pop_front();
    push();
}

void BotService::push()
{
    QNetworkRequest request = requestTo(m_update);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    const QByteArray body = QJsonDocument(status()).toJson(QJsonDocument::Compact);
    QNetworkReply *const reply = m_network.post(request, body);
    connect(reply, &QNetworkReply::finished, this, [this, reply] {
        reply->deleteLater();
        ++(reply->error() == QNetworkReply::NoError ? m_pushes : m_failedPushes);
    });
}

bool BotService::isHealthy() const
{
    return m_lastSuccess ? steadyNow() - *m_lastSuccess < healthyFor
                         : uptimeSeconds() < toSeconds(healthyFor);
}

double BotService::average() const
{
    return std::accumulate(m_prices.begin(), m_prices.end(), 0.0) / double(m_prices.size());
}

QJsonObject BotService::status() const
{
    const bool hasPrice = !m_prices.empty();
    const QString signal = !hasPrice  ? u"none"_s
        : m_prices.back() > average() ? u"above_average"_s
        : m_prices.back() < average() ? u"below_average"_s
                                      : u"at_average"_s;
    return {{u"status"_s, isHealthy() ? u"healthy"_s : u"unhealthy"_s},
            {u"price"_s, hasPrice ? QJsonValue(m_prices.back()) : QJsonValue()},
            {u"average"_s, hasPrice ? QJsonValue(average()) : QJsonValue()},
            {u"signal"_s, signal},
            {u"polls"_s, double(m_polls)},
            {u"polls_failed"_s, double(m_failedPolls)},
            {u"polls_skipped"_s, double(m_skippedPolls)},
            {u"pushes"_s, double(m_pushes)},
            {u"pushes_failed"_s, double(m_failedPushes)},
            {u"uptime_seconds"_s, uptimeSeconds()}};
}

} // namespace lowtide
