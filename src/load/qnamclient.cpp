#include "load/qnamclient.h"

#include <QNetworkProxy>
#include <QNetworkReply>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr int usersPerManager = 6; // QHttpNetworkConnection's channels to one host, fixed in Qt 6.4

QUrl urlOf(const QUrl &base, const QString &path)
{
    QString text = base.toString(QUrl::FullyEncoded | QUrl::RemoveQuery | QUrl::RemoveFragment
                                 | QUrl::StripTrailingSlash);
    if (!path.startsWith(u'/') && !path.isEmpty())
        text += u'/';
    return QUrl(text + path, QUrl::TolerantMode);
}

/// Without a type Qt warns for each request and takes the form's.
QByteArray bodyTypeOf(const QByteArray &body)
{
    const QByteArray text = body.trimmed();
    const bool isJson = text.startsWith('{') || text.startsWith('[');
    return isJson ? QByteArray("application/json")
                  : QByteArray("application/x-www-form-urlencoded");
}

QNetworkRequest prepare(const QnamClient::Target &target, const RequestSpec &spec)
{
    QNetworkRequest request(urlOf(target.baseUrl, spec.path));
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute,
                         QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setRawHeader("User-Agent", target.userAgent);
    // Named by us, so that Qt leaves the body as it came: its bytes are counted.
    request.setRawHeader("Accept-Encoding", "identity");
    if (!spec.body.isEmpty())
        request.setRawHeader("Content-Type", bodyTypeOf(spec.body));
    for (const auto &[name, value] : spec.headers)
        request.setRawHeader(name, value);
    return request;
}

} // namespace

QnamClient::QnamClient(const Target &target, const QList<RequestSpec> &requests, int users)
    : m_requestIdPrefix(target.requestIdPrefix + '-')
    , m_slots(static_cast<std::size_t>(std::max(1, users)))
{
    for (const RequestSpec &spec : requests)
        m_requests.push_back({.spec = spec, .prepared = prepare(target, spec)});
    for (std::size_t i = 0; i < m_slots.size(); i += usersPerManager) {
        m_managers.push_back(std::make_unique<QNetworkAccessManager>());
        m_managers.back()->setProxy(QNetworkProxy::NoProxy);
        m_managers.back()->setAutoDeleteReplies(false);
    }
    for (std::size_t i = m_slots.size(); i-- > 0;)
        m_free.push_back(i);
}

QnamClient::~QnamClient()
{
    for (Slot &slot : m_slots) {
        if (slot.reply)
            slot.reply->disconnect(this);
    }
}

int QnamClient::capacity() const noexcept { return static_cast<int>(m_slots.size()); }

void QnamClient::send(const Operation &operation, SteadyTime deadline) noexcept
{
    Q_ASSERT(!m_free.empty());
    const std::size_t index = m_free.back();
    m_free.pop_back();
    const Request &request = m_requests[operation.request];
    Slot &slot = m_slots[index];
    slot.deadline = deadline;
    slot.timesSent = 0;
    slot.search.restart(request.spec.bodyContains);
    slot.completion = {.id = operation.id,
                       .request = operation.request,
                       .due = operation.due,
                       .sent = steadyNow()};
    slot.reply = dispatch(*m_managers[index / usersPerManager], request, operation.id);
    connect(slot.reply, &QNetworkReply::requestSent, this, [this, index] { onRequestSent(index); });
    connect(slot.reply, &QNetworkReply::readyRead, this, [this, index] { onReadyRead(index); });
    connect(slot.reply, &QNetworkReply::finished, this, [this, index] { onFinished(index); });
    m_earliest = std::min(m_earliest, deadline);
}

QNetworkReply *QnamClient::dispatch(QNetworkAccessManager &manager, const Request &request,
                                    std::uint64_t id)
{
    QNetworkRequest prepared = request.prepared;
    prepared.setRawHeader("X-Request-Id", m_requestIdPrefix + QByteArray::number(qulonglong(id)));
    const QByteArray &method = request.spec.method;
    const QByteArray &body = request.spec.body;
    if (method == "POST")
        return manager.post(prepared, body);
    if (method == "PUT")
        return manager.put(prepared, body);
    if (!body.isEmpty())
        return manager.sendCustomRequest(prepared, method, body);
    if (method == "GET")
        return manager.get(prepared);
    if (method == "HEAD")
        return manager.head(prepared);
    if (method == "DELETE")
        return manager.deleteResource(prepared);
    return manager.sendCustomRequest(prepared, method);
}

void QnamClient::cancelAll() noexcept
{
    const SteadyTime now = steadyNow();
    for (std::size_t i = 0; i < m_slots.size(); ++i) {
        if (m_slots[i].reply)
            end(i, {.outcome = Outcome::Cancelled}, now);
    }
}

SteadyTime QnamClient::nextDeadline() const noexcept { return m_earliest; }

void QnamClient::onDeadline(SteadyTime now) noexcept
{
    // Set anew before the loop: the sink may send on a freed slot.
    m_earliest = noDeadline;
    for (std::size_t i = 0; i < m_slots.size(); ++i) {
        if (m_slots[i].reply && m_slots[i].deadline <= now)
            end(i, {.outcome = Outcome::TimedOut}, now);
        if (m_slots[i].reply)
            m_earliest = std::min(m_earliest, m_slots[i].deadline);
    }
}

void QnamClient::onRequestSent(std::size_t index)
{
    if (++m_slots[index].timesSent != 2)
        return;
    // Later, since ending it deletes the sender.
    QMetaObject::invokeMethod(
        this, [this, index, id = m_slots[index].completion.id] { endRepeated(index, id); },
        Qt::QueuedConnection);
}

void QnamClient::endRepeated(std::size_t index, std::uint64_t operationId)
{
    if (!m_slots[index].reply || m_slots[index].completion.id != operationId)
        return; // it has failed meanwhile
    ++m_repeated;
    end(index, {.outcome = Outcome::Failed, .failure = FailureKind::Reset}, steadyNow());
}

void QnamClient::onReadyRead(std::size_t index)
{
    Slot &slot = m_slots[index];
    const QByteArray part = slot.reply->readAll();
    slot.completion.receivedBytes += static_cast<std::uint64_t>(part.size());
    slot.search.feed(part);
}

void QnamClient::onFinished(std::size_t index)
{
    const SteadyTime now = steadyNow();
    onReadyRead(index);
    Slot &slot = m_slots[index];
    if (slot.timesSent > 1) {
        endRepeated(index, slot.completion.id);
        return;
    }
    HttpAnswer answer{.error = slot.reply->error(),
                      .isWhole = isWholeBody(*slot.reply, slot.completion.receivedBytes),
                      .bodyMatches = slot.search.isFound()};
    const QVariant status = slot.reply->attribute(QNetworkRequest::HttpStatusCodeAttribute);
    if (status.isValid())
        answer.status = status.toInt();
    slot.completion.status = static_cast<std::uint16_t>(answer.status.value_or(0));
    end(index, judge(answer, m_requests[slot.completion.request].spec), now);
}

void QnamClient::end(std::size_t index, HttpVerdict verdict, SteadyTime now)
{
    Slot &slot = m_slots[index];
    QNetworkReply *reply = std::exchange(slot.reply, nullptr);
    reply->disconnect(this);
    // Deleting is how to abort at once, so that this user's next request does not queue behind it:
    // abort() races with an error on its way from Qt's thread, and Qt then warns. A reply that runs
    // is never the one whose signal is being handled here.
    if (reply->isRunning())
        delete reply;
    else
        reply->deleteLater();
    slot.completion.outcome = verdict.outcome;
    slot.completion.failure = verdict.failure;
    slot.completion.ended = now;
    m_free.push_back(index);
    // Last: the sink may use the slot again at once.
    const Completion completion = slot.completion;
    m_sink->completed(completion);
}

} // namespace lowtide
