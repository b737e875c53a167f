// Scenario "websocket_load": persistent connections, message round trips, pings, queue overflow.
#include "model/scenarios/websocketload.h"

#include "load/websocketload.h"
#include "scenario/loadrecorder.h"
#include "scenario/scenariokinds.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// Of the overflow part, beyond the slow reader's pause: what the load takes for it at most.
constexpr Nanoseconds overflowMargin = std::chrono::seconds(10);
/// A turn shorter than this has a shorter pause too, or little but the pause would be left of it.
constexpr Nanoseconds shortTurn = std::chrono::seconds(8);

class WebSocketLoadScenario : public Scenario {
public:
    WebSocketLoadScenario(const ScenarioSetup &setup, WebSocketLoadSettings settings)
        : Scenario(setup)
        , m_settings(std::move(settings))
        , m_recorder(setup.plan.name)
    {
    }

    Nanoseconds expectedLength() const override
    {
        return m_settings.overflow ? m_settings.slowReadPause + overflowMargin : Nanoseconds();
    }

    void run(const QString &phase, Nanoseconds length) override
    {
        m_recorder.beginLoad(phase);
        m_load = std::make_unique<WebSocketLoad>(plan(length));
        connect(m_load.get(), &WebSocketLoad::measured, this, &WebSocketLoadScenario::onMeasured);
        connect(m_load.get(), &WebSocketLoad::finished, this, &WebSocketLoadScenario::onFinished);
        m_load->start();
        if (m_isPaused)
            m_load->pause();
    }

    void stop(StopMode mode) override
    {
        if (m_load)
            m_load->stop(mode);
    }

    void pause() override
    {
        m_isPaused = true;
        if (m_load)
            m_load->pause();
    }

    void resume() override
    {
        m_isPaused = false;
        if (m_load)
            m_load->resume();
    }

    void setRate(Rate rate) override
    {
        m_settings.messageRate = rate;
        if (m_load)
            m_load->setRate(rate);
    }

    LatencyHistogram takeLateness() override { return m_recorder.takeLateness(); }

    ScenarioFinishedEvent outcome() const override
    {
        ScenarioFinishedEvent outcome{.scenario = setup().plan.name, .counts = m_recorder.totals()};
        const QMap<QString, qint64> &counters = m_recorder.counters();
        for (auto it = counters.cbegin(); it != counters.cend(); ++it)
            outcome.metrics[it.key()] = double(it.value());
        outcome.metrics[u"connections_planned"_s] = m_settings.connections;
        outcome.metrics[u"message_size_bytes"_s] = m_settings.messageSizeBytes;
        outcome.remarks[u"load_model"_s] = u"open"_s;
        return outcome;
    }

private:
    /// `length` is the whole turn's: the overflow part comes out of it.
    WebSocketLoadPlan plan(Nanoseconds length) const
    {
        const Nanoseconds pause = length < shortTurn
            ? std::min(m_settings.slowReadPause, length * 3 / 8)
            : m_settings.slowReadPause;
        return {.url = setup().service.websocketUrl,
                .connections = m_settings.connections,
                .messageSizeBytes = m_settings.messageSizeBytes,
                .messageRate = m_settings.messageRate,
                .messageTimeout = m_settings.messageTimeout,
                .pingInterval = m_settings.pingInterval,
                .duration = length - std::min(length / 2, expectedLength()),
                .userAgent = setup().userAgent,
                .overflow = m_settings.overflow,
                .burstMessages = m_settings.burstMessages,
                .slowReadPause = pause};
    }

    void onMeasured(const LoadInterval &interval)
    {
        for (const RunEventPayload &event : m_recorder.record(interval))
            Q_EMIT recorded(event);
    }

    void onFinished()
    {
        // The sender is on the stack: it may not be destroyed here.
        m_load.release()->deleteLater();
        Q_EMIT ended();
    }

    WebSocketLoadSettings m_settings;
    LoadRecorder m_recorder;
    std::unique_ptr<WebSocketLoad> m_load;
    bool m_isPaused = false;
};

const ScenarioKind kind(u"websocket_load"_s, [](ScenarioSetup setup) -> std::unique_ptr<Scenario> {
    const auto *settings = dynamic_cast<const WebSocketLoadSettings *>(setup.plan.settings.get());
    return settings ? std::make_unique<WebSocketLoadScenario>(setup, *settings) : nullptr;
});

} // namespace

} // namespace lowtide
