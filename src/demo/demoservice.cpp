#include "demo/demoservice.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr std::chrono::milliseconds listenRetry(100);

} // namespace

DemoService::DemoService(QObject *parent)
    : QObject(parent)
    , m_server(this)
    , m_gate(this)
{
    m_uptime.start();
    m_server.setHandler([this](const HttpRequest &request, const HttpResponder &responder) {
        onRequest(request, responder);
    });
    // Queued: the answer to the POST that asks for it has to go out first.
    connect(&m_gate, &FaultGate::refusalBegan, this, &DemoService::refuse, Qt::QueuedConnection);
    connect(&m_gate, &FaultGate::refusalExpired, this, &DemoService::listenAgain);
}

Result<void> DemoService::start(const QHostAddress &host, quint16 port)
{
    Result<void> listening = m_server.listen(host, port);
    m_host = host;
    m_port = m_server.port();
    return listening;
}

bool DemoService::isRead(const HttpRequest &request)
{
    return request.method == "GET" || request.method == "HEAD";
}

HttpResponse DemoService::notFound()
{
    return HttpResponse::failure(404, tr("There is nothing at this path."));
}

HttpResponse DemoService::wrongMethod(const QByteArray &allowed)
{
    HttpResponse response = HttpResponse::failure(
        405, tr("This path allows only: %1.").arg(QLatin1StringView(allowed)));
    response.headers.append({"Allow", allowed});
    return response;
}

Result<QJsonObject> DemoService::readObject(const HttpRequest &request)
{
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(request.body, &problem);
    if (document.isObject())
        return document.object();
    const QString detail =
        problem.error == QJsonParseError::NoError ? QString() : problem.errorString();
    return Unexpected(Error{ErrorCode::BadInput, tr("The body is not a JSON object."), {}, detail});
}

void DemoService::onRequest(const HttpRequest &request, const HttpResponder &responder)
{
    if (request.path == "/faults") {
        responder.send(answerFaults(request));
        return;
    }
    const auto kind =
        request.path.startsWith("/health") ? FaultGate::Kind::Health : FaultGate::Kind::Ordinary;
    m_gate.pass(kind, responder, [this, request] { return answer(request); });
}

HttpResponse DemoService::answerFaults(const HttpRequest &request)
{
    if (isRead(request))
        return HttpResponse::json(m_gate.settings().toJson());
    if (request.method != "POST")
        return wrongMethod("GET, HEAD, POST");
    const Result<QJsonObject> changes = readObject(request);
    if (!changes)
        return HttpResponse::failure(400, changes.error().text());
    const Errors errors = m_gate.change(*changes);
    if (errors.isEmpty())
        return HttpResponse::json(m_gate.settings().toJson());
    QStringList texts;
    for (const Error &error : errors)
        texts.append(error.text());
    return HttpResponse::json({{u"error"_s, texts.join(u'\n')}, {u"key"_s, errors.first().where}},
                              400);
}

void DemoService::refuse()
{
    m_server.stopListening();
    m_server.closeConnections();
}

void DemoService::listenAgain()
{
    if (m_server.listen(m_host, m_port)) {
        m_gate.endRefusal();
        return;
    }
    // Somebody took the port in the meantime; whoever waits for the service still wants it back.
    QTimer::singleShot(listenRetry, this, &DemoService::listenAgain);
}

} // namespace lowtide
