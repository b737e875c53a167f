#include "load/httpload.h"

#include "load/httpworker.h"
#include "load/loadthread.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

class HttpLoad::Private {
public:
    explicit Private(HttpLoadPlan plan)
        : thread(u"lowtide-http"_s)
        , worker(new HttpWorker(std::move(plan)))
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
        // The worker's slots are short, so this ends within milliseconds whatever the target does.
        thread.quit();
        thread.wait();
    }

    Q_DISABLE_COPY_MOVE(Private)

    template <typename Call> void inWorker(Call &&call)
    {
        QMetaObject::invokeMethod(worker, std::forward<Call>(call), Qt::QueuedConnection);
    }

    LoadThread thread;
    HttpWorker *worker; ///< Owned by its thread once that runs.
};

HttpLoad::HttpLoad(HttpLoadPlan plan, QObject *parent)
    : QObject(parent)
    , m_d(std::make_unique<Private>(std::move(plan)))
{
    connect(m_d->worker, &HttpWorker::measured, this, &HttpLoad::measured);
    connect(m_d->worker, &HttpWorker::finished, this, &HttpLoad::finished);
}

HttpLoad::~HttpLoad() = default;

void HttpLoad::start()
{
    m_d->thread.start();
    m_d->inWorker([worker = m_d->worker] { worker->start(); });
}

void HttpLoad::stop(StopMode mode, Nanoseconds drainTime)
{
    m_d->inWorker([worker = m_d->worker, mode, drainTime] { worker->stop(mode, drainTime); });
}

void HttpLoad::pause()
{
    m_d->inWorker([worker = m_d->worker] { worker->pause(); });
}

void HttpLoad::resume()
{
    m_d->inWorker([worker = m_d->worker] { worker->resume(); });
}

void HttpLoad::setRate(Rate rate)
{
    m_d->inWorker([worker = m_d->worker, rate] { worker->setRate(rate); });
}

} // namespace lowtide
