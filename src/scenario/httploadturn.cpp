#include "scenario/httploadturn.h"

#include <algorithm>
#include <utility>

namespace lowtide {

namespace {

QStringList namesOf(const QList<RequestSpec> &requests)
{
    QStringList names;
    for (const RequestSpec &request : requests)
        names.append(request.name);
    return names;
}

} // namespace

HttpLoadTurn::HttpLoadTurn(const QString &scenario, const ScenarioSetup &setup,
                           QList<RequestSpec> requests, LoadShape shape,
                           const QByteArray &requestIdSuffix, QObject *parent)
    : QObject(parent)
    , m_url(setup.service.url)
    , m_requests(std::move(requests))
    , m_shape(std::move(shape))
    , m_userAgent(setup.userAgent)
    , m_seed(setup.seed)
    , m_requestIdPrefix(QByteArray::number(setup.seed, 16) + requestIdSuffix)
    , m_recorder(scenario, namesOf(m_requests))
{
    m_shape.users = std::min(m_shape.users, setup.maxConcurrentOperations);
}

HttpLoadTurn::~HttpLoadTurn() = default;

void HttpLoadTurn::run(const QString &phase, Nanoseconds length)
{
    LoadShape shape = m_shape;
    shape.duration = length;
    m_recorder.beginLoad(phase);
    m_load = std::make_unique<HttpLoad>(
        HttpLoadPlan{.baseUrl = m_url,
                     .requests = m_requests,
                     .shape = shape,
                     .userAgent = m_userAgent,
                     .seed = m_seed,
                     .firstOperationId = quint64(m_recorder.totals().planned) + 1,
                     .requestIdPrefix = m_requestIdPrefix});
    connect(m_load.get(), &HttpLoad::measured, this, &HttpLoadTurn::onMeasured);
    connect(m_load.get(), &HttpLoad::finished, this, &HttpLoadTurn::onFinished);
    m_load->start();
    if (m_isPaused)
        m_load->pause();
}

void HttpLoadTurn::stop(StopMode mode)
{
    if (m_load)
        m_load->stop(mode);
}

void HttpLoadTurn::pause()
{
    m_isPaused = true;
    if (m_load)
        m_load->pause();
}

void HttpLoadTurn::resume()
{
    m_isPaused = false;
    if (m_load)
        m_load->resume();
}

void HttpLoadTurn::setRate(Rate rate)
{
    m_shape.stages = {LoadStage{.from = rate, .to = rate, .duration = {}}};
    if (m_load)
        m_load->setRate(rate);
}

void HttpLoadTurn::onMeasured(const LoadInterval &interval)
{
    for (const RunEventPayload &event : m_recorder.record(interval))
        Q_EMIT recorded(event);
    Q_EMIT measured(interval);
}

void HttpLoadTurn::onFinished()
{
    for (const RunEventPayload &event : m_recorder.endLoad())
        Q_EMIT recorded(event);
    // The sender is on the stack: it may not be destroyed here.
    m_load.release()->deleteLater();
    Q_EMIT ended();
}

} // namespace lowtide
