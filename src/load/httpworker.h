#pragma once

#include "load/httpload.h"
#include "load/loadloop.h"
#include "load/qnamclient.h"

#include <QObject>

#include <memory>

namespace lowtide {

/// Runs one HTTP load: the loop, its client and the measuring once a second. Lives in a LoadThread;
/// HttpLoad calls it by queued calls.
class HttpWorker final : public QObject, private DeadlineSource, private LoopListener {
    Q_OBJECT

public:
    explicit HttpWorker(HttpLoadPlan plan);
    ~HttpWorker() override;

    void start();
    void stop(StopMode mode, Nanoseconds drainTime);
    void pause();
    void resume();
    void setRate(Rate rate);

Q_SIGNALS:
    void measured(const lowtide::LoadInterval &interval);
    void finished();

private:
    class Clock final : public TimeSource {
        [[nodiscard]] SteadyTime now() const noexcept override { return steadyNow(); }
    };

    [[nodiscard]] SteadyTime nextDeadline() const noexcept override { return m_nextInterval; }
    void onDeadline(SteadyTime now) noexcept override;
    void loopEnded() noexcept override;
    void finish();
    void leaveDispatcher();
    void measure(SteadyTime now);

    HttpLoadPlan m_plan;
    RequestMix m_mix;
    Clock m_clock;
    std::unique_ptr<QnamClient> m_client; ///< Made in the worker's thread.
    std::unique_ptr<LoadLoop> m_loop;
    SteadyTime m_nextInterval = noDeadline;
    bool m_isOnDispatcher = false;
};

} // namespace lowtide
