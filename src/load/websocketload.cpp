#include "load/websocketload.h"

#include "load/loadthread.h"
#include "load/websocketworker.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

class WebSocketLoad::Private {
public:
    explicit Private(WebSocketLoadPlan plan)
        : thread(u"lowtide-ws"_s)
        , worker(new WebSocketWorker(std::move(plan)))
    {
        worker->moveToThread(&thread);
        QObject::connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
    }

    ~Private()
    {
        if (!thread.isRunning()) {
            delete worker; // it never began: nothing of it lives in the thread
            return;
        }
        thread.quit();
        thread.wait();
    }

    Q_DISABLE_COPY_MOVE(Private)

    LoadThread thread;
    WebSocketWorker *worker; ///< Owned by its thread once that runs.
};

WebSocketLoad::WebSocketLoad(WebSocketLoadPlan plan, QObject *parent)
    : QObject(parent)
    , m_d(std::make_unique<Private>(std::move(plan)))
{
    connect(m_d->worker, &WebSocketWorker::measured, this, &WebSocketLoad::measured);
    connect(m_d->worker, &WebSocketWorker::finished, this, &WebSocketLoad::finished);
}

WebSocketLoad::~WebSocketLoad() = default;

void WebSocketLoad::start()
{
    m_d->thread.start();
    QMetaObject::invokeMethod(m_d->worker, &WebSocketWorker::start, Qt::QueuedConnection);
}

void WebSocketLoad::stop(StopMode mode, Nanoseconds drainTime)
{
    QMetaObject::invokeMethod(
        m_d->worker, [worker = m_d->worker, mode, drainTime] { worker->stop(mode, drainTime); },
        Qt::QueuedConnection);
}

void WebSocketLoad::pause()
{
    QMetaObject::invokeMethod(m_d->worker, &WebSocketWorker::pause, Qt::QueuedConnection);
}

void WebSocketLoad::resume()
{
    QMetaObject::invokeMethod(m_d->worker, &WebSocketWorker::resume, Qt::QueuedConnection);
}

void WebSocketLoad::setRate(Rate rate)
{
    QMetaObject::invokeMethod(
        m_d->worker, [worker = m_d->worker, rate] { worker->setRate(rate); }, Qt::QueuedConnection);
}

} // namespace lowtide
