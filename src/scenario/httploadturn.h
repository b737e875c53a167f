#pragma once

#include "load/httpload.h"
#include "model/runevent.h"
#include "scenario/loadrecorder.h"
#include "scenario/scenario.h"

#include <QObject>

#include <memory>

namespace lowtide {

/// The HTTP load of a scenario, turn after turn, with its events. Main thread; a member of the
/// scenario.
class HttpLoadTurn : public QObject {
    Q_OBJECT

public:
    /// `scenario` names it in events; `users` of the shape is cut to the run's concurrency bound.
    /// `requestIdSuffix` keeps the request ids of two loads of one scenario apart.
    HttpLoadTurn(const QString &scenario, const ScenarioSetup &setup, QList<RequestSpec> requests,
                 LoadShape shape, const QByteArray &requestIdSuffix = {},
                 QObject *parent = nullptr);
    ~HttpLoadTurn() override;

    /// Starts a load of `length` (or until the shape's number of operations).
    void run(const QString &phase, Nanoseconds length);
    [[nodiscard]] bool isRunning() const { return m_load != nullptr; }
    void stop(StopMode mode);
    void pause();
    void resume();
    void setRate(Rate rate);

    [[nodiscard]] LatencyHistogram takeLateness() { return m_recorder.takeLateness(); }
    [[nodiscard]] const OperationCounts &totals() const { return m_recorder.totals(); }

Q_SIGNALS:
    void recorded(const lowtide::RunEventPayload &payload);
    void measured(const lowtide::LoadInterval &interval);
    void ended();

private:
    void onMeasured(const LoadInterval &interval);
    void onFinished();

    QUrl m_url;
    QList<RequestSpec> m_requests;
    LoadShape m_shape;
    QByteArray m_userAgent;
    quint64 m_seed;
    QByteArray m_requestIdPrefix;
    LoadRecorder m_recorder;
    std::unique_ptr<HttpLoad> m_load;
    bool m_isPaused = false;
};

} // namespace lowtide
