#include "demo/dashboardclient.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QWebSocket>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr quint64 mostMessageBytes = 1048576;
constexpr qsizetype mostSubscriptionBytes = 256; ///< A longer text is not worth parsing.

bool isSubscription(const QString &text)
{
    return text.size() <= mostSubscriptionBytes
        && QJsonDocument::fromJson(text.toUtf8()).object()
        == QJsonObject{{u"type"_s, u"subscribe"_s}};
}

} // namespace

DashboardClient::DashboardClient(QWebSocket *socket, FaultGate &gate, DashboardTally &tally,
                                 QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_gate(gate)
    , m_tally(tally)
    , m_dueTimer(this)
{
    m_socket->setMaxAllowedIncomingMessageSize(mostMessageBytes);
    m_socket->setMaxAllowedIncomingFrameSize(mostMessageBytes);
    m_dueTimer.setSingleShot(true);
    m_dueTimer.setTimerType(Qt::PreciseTimer);
    connect(m_socket, &QWebSocket::textMessageReceived, this, &DashboardClient::onText);
    connect(m_socket, &QWebSocket::binaryMessageReceived, this, &DashboardClient::onBinary);
    connect(m_socket, &QWebSocket::bytesWritten, this, &DashboardClient::drain);
    connect(m_socket, &QWebSocket::disconnected, this, &QObject::deleteLater);
    connect(&m_dueTimer, &QTimer::timeout, this, &DashboardClient::drain);
    connect(&m_gate, &FaultGate::stallEnded, this, &DashboardClient::drain);
}

DashboardClient::~DashboardClient()
{
    if (!m_socket.isNull()) {
        m_socket->disconnect(this);
        m_socket->deleteLater();
    }
    m_tally.abandoned += m_queue.size();
}

void DashboardClient::update(const QByteArray &text)
{
    if (!m_isSubscribed)
        return;
    ++m_tally.updatesIn;
    queue(text, true);
}

void DashboardClient::onText(const QString &text)
{
    m_gate.burden();
    if (!isSubscription(text)) {
        ++m_tally.messagesIn;
        queue(text.toUtf8(), true);
        return;
    }
    m_isSubscribed = true;
    ++m_tally.updatesIn;
    queue(R"({"type":"subscribed"})"_ba, true);
}

void DashboardClient::onBinary(const QByteArray &payload)
{
    m_gate.burden();
    ++m_tally.messagesIn;
    queue(payload, false);
}

void DashboardClient::queue(const QByteArray &payload, bool isText)
{
    drain(); // what can go now must not cost the new message its place
    if (m_queue.size() == queueLimit) {
        ++m_tally.dropped;
        return;
    }
    m_queue.push_back({payload, isText, steadyNow() + m_gate.latency()});
    drain();
}

void DashboardClient::drain()
{
    if (std::exchange(m_isDraining, true))
        return; // flush() reports bytesWritten from inside
    while (!m_queue.empty() && !m_gate.isStalled() && !m_socket.isNull() && m_socket->isValid()) {
        const Message &first = m_queue.front();
        const Nanoseconds wait = first.due - steadyNow();
        if (wait > Nanoseconds(0)) {
            m_dueTimer.start(std::chrono::ceil<std::chrono::milliseconds>(wait));
            break;
        }
        if (!hasRoomFor(first.payload.size()))
            break; // bytesWritten brings us back
        ++m_tally.messagesOut;
        if (first.isText)
            m_socket->sendTextMessage(QString::fromUtf8(first.payload));
        else
            m_socket->sendBinaryMessage(first.payload);
        m_queue.pop_front();
    }
    m_isDraining = false;
}

bool DashboardClient::hasRoomFor(qsizetype bytes)
{
    const auto fits = [this, bytes] {
        const qint64 unsent = m_socket->bytesToWrite();
        return unsent == 0 || unsent + bytes <= unsentBytes;
    };
    // The socket writes when the event loop comes round; a burst that the kernel would take must
    // not count as a reader who is too slow.
    if (!fits())
        m_socket->flush();
    return fits();
}

} // namespace lowtide
