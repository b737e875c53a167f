#include "load/httpworker.h"

#include "load/closedloop.h"
#include "load/epolldispatcher.h"
#include "load/openloop.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {
constexpr Nanoseconds intervalLength = std::chrono::seconds(1);
} // namespace

HttpWorker::HttpWorker(HttpLoadPlan plan)
    : m_plan(std::move(plan))
    , m_mix(m_plan.requests, m_plan.seed)
{
}

HttpWorker::~HttpWorker() { leaveDispatcher(); }

void HttpWorker::start()
{
    const QByteArray prefix = m_plan.requestIdPrefix.isEmpty() ? QByteArray::number(m_plan.seed, 16)
                                                               : m_plan.requestIdPrefix;
    m_client = std::make_unique<QnamClient>(QnamClient::Target{.baseUrl = m_plan.baseUrl,
                                                               .userAgent = m_plan.userAgent,
                                                               .requestIdPrefix = prefix},
                                            m_plan.requests, m_plan.shape.users);
    const LoadLoop::Setup setup{.shape = m_plan.shape,
                                .mix = m_mix,
                                .firstOperationId = m_plan.firstOperationId,
                                .clock = m_clock,
                                .listener = *this};
    if (m_plan.shape.model == LoadModel::Open)
        m_loop = std::make_unique<OpenLoop>(setup);
    else
        m_loop = std::make_unique<ClosedLoop>(setup);
    m_client->setSink(*m_loop);

    EpollDispatcher *dispatcher = EpollDispatcher::current();
    Q_ASSERT(dispatcher);
    // The client first: what has timed out has done so before the loop cancels what is left.
    dispatcher->addDeadlineSource(m_client.get());
    dispatcher->addDeadlineSource(m_loop.get());
    dispatcher->addDeadlineSource(this);
    m_isOnDispatcher = true;
    m_nextInterval = steadyNow() + intervalLength;
    m_loop->start(*m_client);
}

void HttpWorker::stop(StopMode mode, Nanoseconds drainTime)
{
    if (m_loop)
        m_loop->stop(mode, drainTime);
}

void HttpWorker::pause()
{
    if (m_loop)
        m_loop->pause();
}

void HttpWorker::resume()
{
    if (m_loop)
        m_loop->resume();
}

void HttpWorker::setRate(Rate rate)
{
    if (m_loop)
        m_loop->setRate(rate);
}

void HttpWorker::onDeadline(SteadyTime now) noexcept
{
    // By whole seconds of the load; after a stall of ours one long interval stands for those
    // missed.
    while (m_nextInterval <= now)
        m_nextInterval += intervalLength;
    measure(now);
}

void HttpWorker::loopEnded() noexcept
{
    // It may be the client that calls, in the middle of its work.
    QMetaObject::invokeMethod(this, &HttpWorker::finish, Qt::QueuedConnection);
}

void HttpWorker::finish()
{
    leaveDispatcher();
    measure(steadyNow());
    Q_EMIT finished();
}

void HttpWorker::leaveDispatcher()
{
    if (!std::exchange(m_isOnDispatcher, false))
        return;
    EpollDispatcher *dispatcher = EpollDispatcher::current();
    dispatcher->removeDeadlineSource(m_loop.get());
    dispatcher->removeDeadlineSource(m_client.get());
    dispatcher->removeDeadlineSource(this);
}

void HttpWorker::measure(SteadyTime now)
{
    LoadInterval interval = m_loop->ledger().takeInterval(now);
    interval.counters[u"requests_resent"_s] = m_client->repeated();
    Q_EMIT measured(interval);
}

} // namespace lowtide
