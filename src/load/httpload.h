#pragma once

#include "load/loadinterval.h"
#include "load/stopmode.h"
#include "model/loadshape.h"

#include <QObject>
#include <QUrl>

#include <memory>

namespace lowtide {

/// What an HTTP load sends, where and how. Read by the worker's thread, immutable after the start.
struct HttpLoadPlan {
    QUrl baseUrl; ///< http or https.
    QList<RequestSpec> requests; ///< At least one.
    LoadShape shape;
    QByteArray userAgent; ///< "lowtide/VERSION (load)".
    quint64 seed = 1; ///< Of the weighted choice; the same seed, the same sequence.
    quint64 firstOperationId = 1;
    QByteArray requestIdPrefix = {}; ///< X-Request-Id is PREFIX-ID. Empty: the seed in hexadecimal.
};

/// One HTTP load in a worker thread of its own. The object itself belongs to the main thread; it
/// calls down by queued calls and reports up by queued signals. Destroying it stops the load at
/// once.
class HttpLoad : public QObject {
    Q_OBJECT

public:
    explicit HttpLoad(HttpLoadPlan plan, QObject *parent = nullptr);
    ~HttpLoad() override;

    /// Starts the worker; operation 0 is due at once. `finished` comes when the shape is at its end
    /// and everything open has ended: at most the longest request timeout later, when what still
    /// waits for a free user is cancelled.
    void start();
    void stop(StopMode mode, Nanoseconds drainTime = std::chrono::seconds(5));
    /// While paused nothing falls due; open operations go on.
    void pause();
    void resume();
    /// Changes the open model's arrival rate from now on, without jump or catch-up.
    void setRate(Rate rate);

Q_SIGNALS:
    /// Once a second while it runs, and once more (the last part) right before `finished`.
    void measured(const lowtide::LoadInterval &interval);
    /// Nothing is open any more. `failed` cases do not exist: a dead target is counted, not an
    /// error.
    void finished();

private:
    class Private;
    std::unique_ptr<Private> m_d;
};

} // namespace lowtide
