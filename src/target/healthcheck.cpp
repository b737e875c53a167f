#include "target/healthcheck.h"

#include "model/profile.h"

#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

bool isWebSocket(const QUrl &url) { return url.scheme() == "ws"_L1 || url.scheme() == "wss"_L1; }

QString failureId(QNetworkReply::NetworkError error)
{
    switch (error) {
    case QNetworkReply::ConnectionRefusedError:
        return u"refused"_s;
    case QNetworkReply::RemoteHostClosedError:
        return u"closed"_s;
    case QNetworkReply::HostNotFoundError:
        return u"dns"_s;
    case QNetworkReply::TimeoutError:
    case QNetworkReply::OperationCanceledError:
        return u"timeout"_s;
    case QNetworkReply::SslHandshakeFailedError:
        return u"tls"_s;
    case QNetworkReply::ProtocolFailure:
    case QNetworkReply::ProtocolUnknownError:
        return u"protocol"_s;
    default: // the many others all mean that no answer came
        return u"network"_s;
    }
}

QString failureId(QAbstractSocket::SocketError error)
{
    switch (error) {
    case QAbstractSocket::ConnectionRefusedError: // also where the server answers the upgrade by a
                                                  // refusal
        return u"refused"_s;
    case QAbstractSocket::RemoteHostClosedError:
        return u"closed"_s;
    case QAbstractSocket::HostNotFoundError:
        return u"dns"_s;
    case QAbstractSocket::SocketTimeoutError:
        return u"timeout"_s;
    case QAbstractSocket::SslHandshakeFailedError:
    case QAbstractSocket::SslInternalError:
    case QAbstractSocket::SslInvalidUserDataError:
        return u"tls"_s;
    default: // the many others all mean that no connection came about
        return u"network"_s;
    }
}

} // namespace

QByteArray healthUserAgent() { return QByteArrayLiteral("lowtide/" LOWTIDE_VERSION " (health)"); }

QUrl healthUrl(const Service &service)
{
    if (service.url.isEmpty())
        return {};
    QUrl url = service.url;
    const QUrl below(service.healthPath, QUrl::StrictMode);
    QString path = url.path();
    while (path.endsWith(u'/'))
        path.chop(1);
    url.setPath(path + (below.path().startsWith(u'/') ? below.path() : u'/' + below.path()));
    url.setQuery(below.hasQuery() ? below.query() : QString());
    url.setFragment({});
    return url;
}

HealthCheck::HealthCheck(QUrl url, QObject *parent)
    : QObject(parent)
    , m_url(std::move(url))
    , m_manager(this)
    , m_timeout(this)
    , m_delivery(this)
{
    m_manager.setProxy(QNetworkProxy::NoProxy);
    m_timeout.setSingleShot(true);
    m_timeout.setTimerType(Qt::PreciseTimer);
    m_delivery.setSingleShot(true);
    connect(&m_timeout, &QTimer::timeout, this, [this] { finish(false, u"timeout"_s); });
    connect(&m_delivery, &QTimer::timeout, this, [this] {
        m_isRunning = false;
        Q_EMIT finished(m_answer);
    });
}

HealthCheck::~HealthCheck() { abort(); }

QString HealthCheck::kind() const { return isWebSocket(m_url) ? u"websocket"_s : u"http"_s; }

void HealthCheck::start(std::chrono::milliseconds timeout)
{
    if (m_isRunning)
        return;
    m_isRunning = true;
    m_elapsed.start();
    m_timeout.start(timeout);
    if (isWebSocket(m_url))
        startWebSocket();
    else
        startHttp();
}

void HealthCheck::abort()
{
    m_isRunning = false;
    m_timeout.stop();
    m_delivery.stop();
    dropConnections();
}

void HealthCheck::startHttp()
{
    // A connection that is still open from the last check would not show that new ones are refused.
    m_manager.clearConnectionCache();
    QNetworkRequest request(m_url);
    request.setHeader(QNetworkRequest::UserAgentHeader, QString::fromLatin1(healthUserAgent()));
    request.setRawHeader("Connection", "close");
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute,
                         QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    m_reply = m_manager.get(request);
    QNetworkReply *reply = m_reply;
    connect(reply, &QIODevice::readyRead, reply, [reply] { reply->skip(reply->bytesAvailable()); });
    connect(reply, &QNetworkReply::finished, this, &HealthCheck::onReplyFinished);
}

void HealthCheck::onReplyFinished()
{
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const auto error = m_reply->error();
    // Errors of the content (404, 500) come with a status and are answers; others cut an answer
    // short.
    const bool isCutShort =
        error != QNetworkReply::NoError && error < QNetworkReply::ContentAccessDenied;
    if (status == 0 || isCutShort)
        finish(false, failureId(error));
    else
        finish(status == 200, QString::number(status));
}

void HealthCheck::startWebSocket()
{
    m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    m_socket->setProxy(QNetworkProxy::NoProxy);
    connect(m_socket, &QWebSocket::connected, m_socket, [this] { m_socket->ping("health"); });
    connect(m_socket, &QWebSocket::pong, this, [this] { finish(true, u"pong"_s); });
    connect(m_socket, &QWebSocket::disconnected, this, [this] { onWebSocketError(); });
    connect(m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
            &HealthCheck::onWebSocketError);
    QNetworkRequest request(m_url);
    request.setRawHeader("User-Agent", healthUserAgent());
    m_socket->open(request);
}

void HealthCheck::onWebSocketError()
{
    const auto error = m_socket->error();
    // -1 (unknown): a close in order, which nobody asked for.
    finish(false, error == QAbstractSocket::UnknownSocketError ? u"closed"_s : failureId(error));
}

void HealthCheck::finish(bool healthy, const QString &detail)
{
    if (!m_isRunning || m_delivery.isActive())
        return;
    m_answer = {healthy, static_cast<double>(m_elapsed.nsecsElapsed()) / 1e6, detail};
    m_timeout.stop();
    m_delivery.start(0); // before anything is closed: that tells us of its end once more
    if (m_socket && healthy)
        m_socket->close();
    dropConnections();
}

void HealthCheck::dropConnections()
{
    if (m_reply) {
        m_reply->disconnect();
        m_reply->abort();
        m_reply->deleteLater();
        m_reply = nullptr;
    }
    if (m_socket) {
        m_socket->disconnect();
        if (m_socket->state() != QAbstractSocket::ClosingState)
            m_socket->abort();
        m_socket->deleteLater();
        m_socket = nullptr;
    }
}

} // namespace lowtide
