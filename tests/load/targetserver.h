#pragma once

#include "load/httpload.h"
#include "serve/httpserver.h"

#include <QEventLoop>
#include <QObject>
#include <QThread>
#include <QTimer>
#include <QUrl>

#include <functional>
#include <memory>
#include <semaphore>
#include <utility>
#include <vector>

namespace lowtide::test {

/// A server in a thread of its own, so that the test's thread may block. What the handler writes
/// may be read after stop().
class TargetServer {
public:
    explicit TargetServer(HttpServer::Handler handler)
    {
        m_context.moveToThread(&m_thread);
        m_thread.start();
        inThread([&] {
            m_server = std::make_unique<HttpServer>();
            m_server->setHandler(std::move(handler));
            if (!m_server->listen())
                qFatal("cannot listen");
            m_url = QUrl(m_server->url());
        });
    }
    ~TargetServer() { stop(); }
    Q_DISABLE_COPY_MOVE(TargetServer)

    [[nodiscard]] QUrl url() const { return m_url; }
    template <typename Call> void inThread(Call &&call)
    {
        // Not a blocking connection: ThreadSanitizer does not see that one's semaphore.
        std::binary_semaphore isDone(0);
        QMetaObject::invokeMethod(
            &m_context,
            [&] {
                call();
                isDone.release();
            },
            Qt::QueuedConnection);
        isDone.acquire();
    }
    [[nodiscard]] quint64 connections()
    {
        quint64 count = 0;
        inThread([&] { count = m_server->connectionsAccepted(); });
        return count;
    }
    void stop()
    {
        if (!m_thread.isRunning())
            return;
        inThread([this] {
            m_server.reset();
            m_context.moveToThread(nullptr);
        });
        m_thread.quit();
        m_thread.wait();
    }

private:
    QThread m_thread;
    QObject m_context;
    std::unique_ptr<HttpServer> m_server; ///< Lives in the thread.
    QUrl m_url;
};

/// A load with all that it told.
class RecordedLoad : public QObject {
public:
    explicit RecordedLoad(HttpLoadPlan plan)
        : load(std::move(plan))
    {
        connect(&load, &HttpLoad::measured, this, [this](const LoadInterval &interval) {
            last = interval;
            ++intervals;
            addedUp = addedUp && interval.counts.addUp();
            responseTime.add(interval.responseTime);
            serviceTime.add(interval.serviceTime);
            lateness.add(interval.lateness);
            byRequest.resize(interval.responseTimeByRequest.size());
            for (std::size_t i = 0; i < byRequest.size(); ++i)
                byRequest[i] += interval.responseTimeByRequest[i].count();
            ++measuredSinceFinish;
            m_loop.quit();
        });
        connect(&load, &HttpLoad::finished, this, [this] {
            ++timesFinished;
            measuredSinceFinish = 0;
            m_loop.quit();
        });
    }

    /// Runs the event loop until `condition` holds, asked after each interval; false when it takes
    /// too long.
    [[nodiscard]] bool runUntil(const std::function<bool()> &condition)
    {
        bool isLate = false;
        QTimer limit;
        connect(&limit, &QTimer::timeout, &m_loop, [&] {
            isLate = true;
            m_loop.quit();
        });
        limit.start(60000);
        while (!isLate && !condition())
            m_loop.exec();
        return !isLate;
    }
    [[nodiscard]] bool runToTheEnd()
    {
        load.start();
        return runUntil([this] { return timesFinished > 0; });
    }
    [[nodiscard]] const OperationCounts &counts() const { return last.counts; }
    [[nodiscard]] bool endedWell() const
    {
        return addedUp && timesFinished == 1 && measuredSinceFinish == 0 && counts().inFlight == 0
            && last.waiting == 0 && responseTime.count() == counts().completed()
            && serviceTime.count() == counts().completed();
    }

    LoadInterval last;
    int intervals = 0, timesFinished = 0, measuredSinceFinish = 0;
    bool addedUp = true;
    std::vector<qint64> byRequest; ///< Ended operations of each request.
    LatencyHistogram responseTime, serviceTime, lateness;
    HttpLoad load; // after what its signals touch

private:
    QEventLoop m_loop;
};

/// A constant rate over one request.
inline HttpLoadPlan planOf(const QUrl &url, double rate, Nanoseconds duration, int users = 3)
{
    HttpLoadPlan plan;
    plan.baseUrl = url;
    plan.requests = {RequestSpec{.name = QStringLiteral("GET /")}};
    plan.shape.stages = {
        {.from = Rate::perSecond(rate), .to = Rate::perSecond(rate), .duration = duration}};
    plan.shape.duration = duration;
    plan.shape.users = users;
    plan.userAgent = "lowtide/test (load)";
    return plan;
}

/// So many operations, at once one after the other by one user.
inline HttpLoadPlan planOfCount(const QUrl &url, qint64 operations, int users = 1)
{
    HttpLoadPlan plan = planOf(url, 0, {}, users);
    plan.shape.model = LoadModel::Closed;
    plan.shape.operations = operations;
    return plan;
}

} // namespace lowtide::test
