#include "load/websocketoverflow.h"

#include "load/websocketmessage.h"

#include <algorithm>

namespace lowtide {

namespace {
using std::chrono::milliseconds;
/// Beyond this the kernel is waited for, or a server that stops reading would fill our memory.
constexpr qint64 maxWaitingBytes = 4LL * 1024 * 1024;

milliseconds wholeMs(Nanoseconds duration) { return std::chrono::ceil<milliseconds>(duration); }
} // namespace

WebSocketOverflow::WebSocketOverflow(const WebSocketOverflowPlan &plan, QObject *parent)
    : QObject(parent)
    , m_plan(plan)
    , m_client(plan.connection, this)
    , m_sendTimer(this)
    , m_pauseTimer(this)
    , m_silenceTimer(this)
    , m_limitTimer(this)
    , m_isEchoed(static_cast<std::size_t>(plan.messages))
{
    for (QTimer *timer : {&m_pauseTimer, &m_silenceTimer, &m_limitTimer})
        timer->setSingleShot(true);
    m_sendTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_sendTimer, &QTimer::timeout, this, &WebSocketOverflow::sendDue);
    connect(&m_pauseTimer, &QTimer::timeout, this, &WebSocketOverflow::startReading);
    connect(&m_silenceTimer, &QTimer::timeout, this, &WebSocketOverflow::onSilence);
    connect(&m_limitTimer, &QTimer::timeout, this, &WebSocketOverflow::onLimit);
    connect(&m_client, &RawWebSocketClient::opened, this, &WebSocketOverflow::onOpened);
    connect(&m_client, &RawWebSocketClient::received, this, &WebSocketOverflow::onReceived);
    connect(&m_client, &RawWebSocketClient::written, this, &WebSocketOverflow::onWritten);
    connect(&m_client, &RawWebSocketClient::closed, this, &WebSocketOverflow::onClosed);
}

void WebSocketOverflow::start()
{
    m_limitTimer.start(wholeMs(m_plan.limit));
    m_client.open();
}

void WebSocketOverflow::stop() { onLimit(); }

WebSocketOverflowResult WebSocketOverflow::result() const
{
    const qint64 sent = std::min<qint64>(m_client.messagesSent(), m_plan.messages); // no probes
    return {m_hasOpened, m_closedByPeer, m_cutShort, sent, m_received};
}

bool WebSocketOverflow::isComplete() const { return m_received == m_plan.messages; }

void WebSocketOverflow::onOpened()
{
    m_hasOpened = true;
    m_sendStart = steadyNow();
    if (isSlowReader())
        m_client.pauseReading();
    else
        m_silenceTimer.start(wholeMs(m_plan.silence));
    if (isSlowReader())
        m_pauseTimer.start(wholeMs(m_plan.sendTime + m_plan.readPause));
    m_sendTimer.start(milliseconds(1));
    sendDue();
}

void WebSocketOverflow::sendDue()
{
    const double share = m_plan.sendTime.count() > 0
        ? toSeconds(steadyNow() - m_sendStart) / toSeconds(m_plan.sendTime)
        : 1.0;
    const int due = static_cast<int>(std::min(1.0, share) * m_plan.messages);
    while (m_queued < due && m_client.bytesWaiting() < maxWaitingBytes) {
        send(m_queued);
        ++m_queued;
    }
    if (m_queued == m_plan.messages)
        m_sendTimer.stop();
}

void WebSocketOverflow::send(int id)
{
    m_client.sendText(echoMessage(static_cast<quint64>(id), m_plan.messageSizeBytes).toLatin1());
}

void WebSocketOverflow::onWritten()
{
    // Before the reading starts there is no silence to judge.
    if (m_silenceTimer.isActive())
        m_silenceTimer.start();
}

void WebSocketOverflow::startReading()
{
    m_silenceTimer.start(wholeMs(m_plan.silence));
    m_client.resumeReading();
}

void WebSocketOverflow::onReceived(const QByteArray &text)
{
    const auto id = echoId(QString::fromLatin1(text));
    if (id && isProbe(*id)) {
        closeConnection();
        return;
    }
    if (!id || *id >= m_isEchoed.size() || m_isEchoed[*id])
        return;
    m_isEchoed[*id] = true;
    ++m_received;
    if (isComplete())
        closeConnection();
    else if (!m_isClosing)
        m_silenceTimer.start();
}

bool WebSocketOverflow::isProbe(quint64 id) const
{
    return id >= m_isEchoed.size() && id < m_isEchoed.size() + static_cast<std::size_t>(m_probes);
}

void WebSocketOverflow::onSilence()
{
    // Again after each silence: a server with a full queue drops the probe too. The limit ends it.
    if (m_queued == m_plan.messages && m_client.bytesWaiting() == 0)
        send(m_plan.messages + m_probes++);
    m_silenceTimer.start();
}

void WebSocketOverflow::onLimit()
{
    m_cutShort = m_cutShort || (m_hasOpened && !m_isClosing);
    closeConnection();
}

void WebSocketOverflow::closeConnection()
{
    if (m_isClosing)
        return;
    m_isClosing = true;
    m_sendTimer.stop();
    m_pauseTimer.stop();
    m_silenceTimer.stop();
    m_limitTimer.stop();
    m_client.close();
}

void WebSocketOverflow::onClosed()
{
    if (!m_isClosing) {
        m_closedByPeer = m_hasOpened && !m_client.hasProtocolError();
        m_isClosing = true;
    }
    // What came after the error is not known: nothing may be called lost.
    m_cutShort = m_cutShort || (m_hasOpened && m_client.hasProtocolError() && !isComplete());
    m_sendTimer.stop();
    m_pauseTimer.stop();
    m_silenceTimer.stop();
    m_limitTimer.stop();
    Q_EMIT finished();
}

} // namespace lowtide
