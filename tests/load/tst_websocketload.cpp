#include "load/websocketload.h"

#include "load/websocketechoserver.h"

#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {
/// A load with all that it reported, checked as it comes.
class Observed {
public:
    explicit Observed(const WebSocketLoadPlan &plan)
        : load(std::make_unique<WebSocketLoad>(plan))
        , ends(load.get(), &WebSocketLoad::finished)
    {
        QObject::connect(load.get(), &WebSocketLoad::measured, load.get(),
                         [this](const LoadInterval &interval) {
                             addsUp = addsUp && interval.counts.addUp() && interval.waiting >= 0
                                 && interval.waiting <= interval.counts.inFlight;
                             last = interval;
                             responseTimes.add(interval.responseTime);
                             serviceTimes.add(interval.serviceTime);
                             lateness.add(interval.lateness);
                         });
    }

    [[nodiscard]] qint64 counter(const QString &name) const
    {
        return last.counters.value(name, -1);
    }
    [[nodiscard]] bool hasEnded() const { return ends.size() == 1; }

    std::unique_ptr<WebSocketLoad> load;
    QSignalSpy ends;
    LoadInterval last;
    LatencyHistogram responseTimes;
    LatencyHistogram serviceTimes;
    LatencyHistogram lateness;
    bool addsUp = true;
};

WebSocketLoadPlan shortPlan(const QUrl &url)
{
    return {.url = url,
            .connections = 2,
            .messageSizeBytes = 128,
            .messageRate = Rate::perSecond(100),
            .duration = 500ms,
            .userAgent = "lowtide/test (load)"};
}

constexpr int patienceMs = 30'000;
} // namespace

// What every finished load must hold.
#define VERIFY_END(observed)                                                                       \
    QTRY_VERIFY_WITH_TIMEOUT((observed).hasEnded(), patienceMs);                                   \
    QVERIFY((observed).addsUp);                                                                    \
    QCOMPARE((observed).last.counts.inFlight, 0);                                                  \
    QCOMPARE((observed).last.waiting, 0);                                                          \
    QCOMPARE((observed).responseTimes.count(), (observed).last.counts.completed())

class WebSocketLoadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPlannedMessageComesBack();
    void connectionsAreKeptAndClosedInOrder();
    void messagesOfAnySizeComeBack_data();
    void messagesOfAnySizeComeBack();
    void messagesWithoutEchoTimeOutAndAreLost();
    void lateAndDoubleAndForeignMessagesAreToldApart();
    void lostConnectionsFailTheirMessagesAndComeBack_data();
    void lostConnectionsFailTheirMessagesAndComeBack();
    void refusedConnectionsLeaveTheMessagesTimedOut();
    void refusedHandshakeIsNotARefusedConnection();
    void messagesBeyondTheQueueAreDropped();
    void waitingMessagesGoOutWhenTheServerComes();
    void pingsAreAnswered();
    void stopNowCancelsWhatIsOpen();
    void stopWithDrainWaitsForTheEchoes();
    void drainEndsAtItsTime();
    void nothingFallsDueWhilePaused();
    void rateChangesWhileItRuns();
    void destroyingInMidRunIsSafe_data();
    void destroyingInMidRunIsSafe();
    void nothingIsLostByAServerThatQueuesWithoutBound();
    void lossesEqualWhatTheServerDropped();
    void slowReaderIsCountedWhenTheServerClosesIt();
    void burstThatTheServerClosesClaimsNoLoss();
    void overflowThatIsStoppedClaimsNoLoss();
    void overflowWithoutServerClaimsNoLoss();
};

void WebSocketLoadTest::everyPlannedMessageComesBack()
{
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    Observed observed(shortPlan(server.url()));
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.last.counts.planned, 50);
    QCOMPARE(observed.last.counts.ok, 50);
    QCOMPARE(observed.last.counts.sent, 50);
    QCOMPARE(observed.counter(u"messages_sent"_s), 50);
    QCOMPARE(observed.counter(u"messages_received"_s), 50);
    QCOMPARE(observed.serviceTimes.count(), 50);
    QCOMPARE(server.sizes, QList<qsizetype>(50, 128));
}

void WebSocketLoadTest::connectionsAreKeptAndClosedInOrder()
{
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.connections = 5;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.counter(u"connections_opened"_s), 5);
    QCOMPARE(observed.counter(u"connections_open"_s), 0);
    QCOMPARE(observed.counter(u"disconnects"_s), 0);
    QCOMPARE(observed.counter(u"connects_failed"_s), 0);
    QCOMPARE(server.userAgents, QList<QByteArray>(5, "lowtide/test (load)"));
    QCOMPARE(server.closeCodes, QList<int>(5, 1000));
}

void WebSocketLoadTest::messagesOfAnySizeComeBack_data()
{
    QTest::addColumn<int>("size");
    QTest::newRow("smallest") << 32;
    QTest::newRow("16 bit length") << 5000;
    QTest::newRow("largest") << 1048576;
}

void WebSocketLoadTest::messagesOfAnySizeComeBack()
{
    QFETCH(int, size);
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.messageSizeBytes = size;
    plan.messageRate = Rate::perSecond(10);
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.last.counts.ok, 5);
    QCOMPARE(server.sizes, QList<qsizetype>(5, size));
}

void WebSocketLoadTest::messagesWithoutEchoTimeOutAndAreLost()
{
    WebSocketEchoServer server;
    server.onMessage = [](QWebSocket *, const QString &) {};
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.messageTimeout = 200ms;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.last.counts.planned, 50);
    QCOMPARE(observed.last.counts.timedOut, 50);
    QCOMPARE(observed.counter(u"messages_lost"_s), 50);
    QCOMPARE(observed.counter(u"messages_unsent"_s), 0);
    QVERIFY(observed.serviceTimes.min() >= 199ms);
}

void WebSocketLoadTest::lateAndDoubleAndForeignMessagesAreToldApart()
{
    WebSocketEchoServer server;
    // One in three comes too late, one in three twice; updates that nobody asked for go to all.
    server.onMessage = [&server](QWebSocket *socket, const QString &text) {
        socket->sendTextMessage(u"{\"type\":\"update\",\"id\":\"17\"}"_s);
        if (server.sizes.size() % 3 == 0) {
            QTimer::singleShot(2000, socket, [socket, text] { socket->sendTextMessage(text); });
            return;
        }
        socket->sendTextMessage(text);
        if (server.sizes.size() % 3 == 1)
            socket->sendTextMessage(text);
    };
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.messageRate = Rate::perSecond(20);
    plan.messageTimeout = 1s;
    plan.duration = 3s;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.last.counts.planned, 60);
    // On a slow machine more than those that the server holds back may be late.
    const qint64 timedOut = observed.last.counts.timedOut;
    QVERIFY(timedOut >= 20);
    QCOMPARE(observed.last.counts.ok + timedOut, 60);
    QVERIFY(observed.counter(u"duplicates"_s) > 0);
    QVERIFY(observed.counter(u"duplicates"_s) <= 20);
    QCOMPARE(observed.counter(u"messages_lost"_s), timedOut);
    QVERIFY(observed.counter(u"messages_late"_s) > 0); // the last ones come after the end
    QCOMPARE(observed.counter(u"messages_other"_s), 60);
}

void WebSocketLoadTest::lostConnectionsFailTheirMessagesAndComeBack_data()
{
    QTest::addColumn<bool>("politely");
    QTest::newRow("closed by the server") << true;
    QTest::newRow("reset") << false;
}

void WebSocketLoadTest::lostConnectionsFailTheirMessagesAndComeBack()
{
    QFETCH(bool, politely);
    WebSocketEchoServer server;
    int swallowed = 0;
    // The 20th message and what follows in that moment are not answered: the connections go.
    server.onMessage = [&](QWebSocket *socket, const QString &text) {
        if (server.sizes.size() != 20) {
            socket->sendTextMessage(text);
            return;
        }
        ++swallowed;
        QTimer::singleShot(0, &server, [&server, politely] { server.dropAll(politely); });
    };
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.duration = 1s;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(swallowed, 1);
    QCOMPARE(observed.last.counts.planned, 100);
    QVERIFY(observed.last.counts.failed >= 1);
    QCOMPARE(observed.last.failedByKind,
             (QMap<QString, qint64>{{u"reset"_s, observed.last.counts.failed}}));
    QCOMPARE(observed.last.counts.ok, 100 - observed.last.counts.failed);
    QCOMPARE(observed.counter(u"disconnects"_s), 2);
    QCOMPARE(observed.counter(u"reconnects"_s), 2);
    QCOMPARE(observed.counter(u"connections_opened"_s), 4);
}

void WebSocketLoadTest::refusedConnectionsLeaveTheMessagesTimedOut()
{
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    const QUrl url = server.url();
    server.stopListening();
    auto plan = shortPlan(url);
    plan.messageTimeout = 300ms;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.last.counts.planned, 50);
    QCOMPARE(observed.last.counts.timedOut, 50);
    QCOMPARE(observed.last.counts.sent, 0);
    QCOMPARE(observed.counter(u"messages_unsent"_s), 50);
    QCOMPARE(observed.counter(u"messages_lost"_s), 0);
    QVERIFY(observed.counter(u"connects_failed"_s) >= 4);
    QCOMPARE(observed.counter(u"connects_failed_refused"_s),
             observed.counter(u"connects_failed"_s));
    QCOMPARE(observed.counter(u"connections_opened"_s), 0);
}

void WebSocketLoadTest::refusedHandshakeIsNotARefusedConnection()
{
    QTcpServer server;
    connect(&server, &QTcpServer::newConnection, &server, [&server] {
        QTcpSocket *socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            socket->write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
            socket->disconnectFromHost();
        });
    });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    auto plan = shortPlan(QUrl(u"ws://127.0.0.1:%1/"_s.arg(server.serverPort())));
    plan.messageTimeout = 300ms;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QVERIFY(observed.counter(u"connects_failed"_s) >= 4);
    QCOMPARE(observed.counter(u"connects_failed_status"_s), observed.counter(u"connects_failed"_s));
}

void WebSocketLoadTest::messagesBeyondTheQueueAreDropped()
{
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    const QUrl url = server.url();
    server.stopListening();
    auto plan = shortPlan(url);
    plan.queueBound = 7;
    plan.messageTimeout = 5s;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.last.counts.planned, 50);
    QCOMPARE(observed.last.counts.dropped, 43);
    QCOMPARE(observed.last.counts.timedOut, 7);
}

void WebSocketLoadTest::waitingMessagesGoOutWhenTheServerComes()
{
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    const QUrl url = server.url();
    const quint16 port = server.port();
    server.stopListening();
    Observed observed(shortPlan(url));
    observed.load->start();
    QTRY_VERIFY_WITH_TIMEOUT(observed.counter(u"connects_failed"_s) > 0, patienceMs);
    QVERIFY(server.listen(port));
    VERIFY_END(observed);
    QCOMPARE(observed.last.counts.ok, 50);
    // They waited, and the wait counts; they had no free connection, so it is not our lateness.
    QVERIFY(observed.responseTimes.max() > observed.serviceTimes.max());
    QCOMPARE(observed.lateness.count(), 0);
    QCOMPARE(observed.counter(u"reconnects"_s), 0);
}

void WebSocketLoadTest::pingsAreAnswered()
{
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.pingInterval = 50ms;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QVERIFY(observed.counter(u"pings_sent"_s) >= 4);
    QVERIFY(observed.counter(u"pongs_received"_s) > 0);
    QVERIFY(observed.counter(u"pongs_received"_s) <= observed.counter(u"pings_sent"_s));
    QVERIFY(observed.counter(u"ping_max_us"_s) > 0);
    QVERIFY(observed.counter(u"ping_total_us"_s) >= observed.counter(u"ping_max_us"_s));
}

void WebSocketLoadTest::stopNowCancelsWhatIsOpen()
{
    WebSocketEchoServer server;
    server.onMessage = [](QWebSocket *, const QString &) {};
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.duration = 60s;
    plan.overflow = true;
    Observed observed(plan);
    observed.load->start();
    QTRY_VERIFY_WITH_TIMEOUT(server.sizes.size() >= 10, patienceMs);
    observed.load->stop(StopMode::Now);
    VERIFY_END(observed);
    QVERIFY(observed.last.counts.cancelled >= 10);
    QCOMPARE(observed.last.counts.cancelled, observed.last.counts.planned);
    QCOMPARE(observed.counter(u"burst_sent"_s), 0);
    QVERIFY(!observed.last.counters.contains(u"overflow_lost"_s));
}

void WebSocketLoadTest::stopWithDrainWaitsForTheEchoes()
{
    WebSocketEchoServer server;
    server.onMessage = [](QWebSocket *socket, const QString &text) {
        QTimer::singleShot(200, socket, [socket, text] { socket->sendTextMessage(text); });
    };
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.duration = 60s;
    Observed observed(plan);
    observed.load->start();
    QTRY_VERIFY_WITH_TIMEOUT(server.sizes.size() >= 5, patienceMs);
    observed.load->stop(StopMode::Drain, 20s);
    VERIFY_END(observed);
    QCOMPARE(observed.last.counts.ok, observed.last.counts.planned);
}

void WebSocketLoadTest::drainEndsAtItsTime()
{
    WebSocketEchoServer server;
    server.onMessage = [](QWebSocket *, const QString &) {};
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.duration = 60s;
    plan.messageTimeout = 60s;
    Observed observed(plan);
    observed.load->start();
    QTRY_VERIFY_WITH_TIMEOUT(server.sizes.size() >= 5, patienceMs);
    observed.load->stop(StopMode::Drain, 100ms);
    VERIFY_END(observed);
    QCOMPARE(observed.last.counts.cancelled, observed.last.counts.planned);
}

void WebSocketLoadTest::nothingFallsDueWhilePaused()
{
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    Observed observed(shortPlan(server.url()));
    QSignalSpy reports(observed.load.get(), &WebSocketLoad::measured);
    observed.load->start();
    observed.load->pause();
    QTRY_VERIFY_WITH_TIMEOUT(reports.size() >= 2, patienceMs);
    const qint64 planned = observed.last.counts.planned;
    QVERIFY(planned < 50);
    QVERIFY(!observed.hasEnded());
    observed.load->resume();
    VERIFY_END(observed);
    QCOMPARE(observed.last.counts.planned, 50);
    QCOMPARE(observed.last.counts.ok, 50);
}

void WebSocketLoadTest::rateChangesWhileItRuns()
{
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.messageRate = Rate::perSecond(1);
    plan.duration = 2s;
    Observed observed(plan);
    observed.load->start();
    observed.load->setRate(Rate::perSecond(200));
    VERIFY_END(observed);
    QVERIFY(observed.last.counts.planned > 100);
    QVERIFY(observed.last.counts.planned <= 401);
}

void WebSocketLoadTest::destroyingInMidRunIsSafe_data()
{
    QTest::addColumn<int>("messages");
    QTest::newRow("never started") << -1;
    QTest::newRow("just started") << 0;
    QTest::newRow("with messages on the way") << 10;
}

void WebSocketLoadTest::destroyingInMidRunIsSafe()
{
    QFETCH(int, messages);
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.duration = 60s;
    {
        Observed observed(plan);
        if (messages >= 0)
            observed.load->start();
        QTRY_VERIFY_WITH_TIMEOUT(server.sizes.size() >= messages, patienceMs);
    }
    // Its connections are gone with it.
    for (const auto &client : std::as_const(server.clients))
        QTRY_VERIFY(!client || client->state() == QAbstractSocket::UnconnectedState);
}

void WebSocketLoadTest::nothingIsLostByAServerThatQueuesWithoutBound()
{
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.messageSizeBytes = 512;
    plan.overflow = true;
    plan.slowReadPause = 500ms;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.counter(u"burst_sent"_s), 200);
    QCOMPARE(observed.counter(u"burst_received"_s), 200);
    QCOMPARE(observed.counter(u"slow_sent"_s), 200);
    QCOMPARE(observed.counter(u"slow_received"_s), 200);
    QCOMPARE(observed.counter(u"overflow_lost"_s), 0);
    QCOMPARE(observed.counter(u"overflow_unfinished"_s), 0);
    QCOMPARE(observed.counter(u"burst_closed"_s), 0);
    QCOMPARE(observed.counter(u"slow_closed"_s), 0);
    QCOMPARE(observed.last.counts.planned, 50); // the overflow's messages are no operations
    // A silence on a slow machine is asked about by a message more.
    QVERIFY(server.sizes.size() >= 450);
    QCOMPARE(server.sizes.count(512), server.sizes.size());
}

void WebSocketLoadTest::lossesEqualWhatTheServerDropped()
{
    WebSocketEchoServer server;
    server.queueBound = 50;
    server.sendBufferBytes = 16 * 1024;
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.messageSizeBytes = 512;
    plan.overflow = true;
    plan.slowReadPause = 6s; // long enough for a slow machine's server to have handled all
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.counter(u"slow_sent"_s), 200);
    QVERIFY(observed.counter(u"slow_received"_s) < 200);
    QVERIFY(server.dropped > 0);
    QCOMPARE(observed.counter(u"overflow_lost"_s), server.dropped);
    QCOMPARE(observed.counter(u"overflow_unfinished"_s), 0);
    QCOMPARE(observed.last.counts.ok, 50);
}

void WebSocketLoadTest::slowReaderIsCountedWhenTheServerClosesIt()
{
    WebSocketEchoServer server;
    // The two kept connections and the burst come first; the slow reader is thrown out half way.
    server.onMessage = [&server, messages = 0](QWebSocket *socket, const QString &text) mutable {
        const bool isSlowReader = server.clients.size() == 4;
        if (isSlowReader && ++messages == 100)
            socket->close(QWebSocketProtocol::CloseCodePolicyViolated);
        else
            socket->sendTextMessage(text);
    };
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.overflow = true;
    plan.slowReadPause = 300ms;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.counter(u"slow_closed"_s), 1);
    QCOMPARE(observed.counter(u"burst_received"_s), 200);
    QVERIFY(observed.counter(u"slow_received"_s) < 100);
    // What the closed connection took with it was not lost by a queue.
    QCOMPARE(observed.counter(u"burst_closed"_s), 0);
    QCOMPARE(observed.counter(u"overflow_unfinished"_s), 1);
    QVERIFY(!observed.last.counters.contains(u"overflow_lost"_s));
}

void WebSocketLoadTest::burstThatTheServerClosesClaimsNoLoss()
{
    WebSocketEchoServer server;
    server.onMessage = [&server, messages = 0](QWebSocket *socket, const QString &text) mutable {
        const bool isBurst = server.clients.size() == 3;
        if (isBurst && ++messages == 100)
            socket->abort();
        else
            socket->sendTextMessage(text);
    };
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.overflow = true;
    plan.slowReadPause = 300ms;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.counter(u"burst_closed"_s), 1);
    QCOMPARE(observed.counter(u"slow_closed"_s), 0);
    QCOMPARE(observed.counter(u"slow_received"_s), 200);
    QCOMPARE(observed.counter(u"overflow_unfinished"_s), 1);
    QVERIFY(!observed.last.counters.contains(u"overflow_lost"_s));
}

void WebSocketLoadTest::overflowThatIsStoppedClaimsNoLoss()
{
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    auto plan = shortPlan(server.url());
    plan.overflow = true;
    plan.slowReadPause = 60s;
    Observed observed(plan);
    observed.load->start();
    QTRY_VERIFY_WITH_TIMEOUT(server.clients.size() == 4, patienceMs);
    observed.load->stop(StopMode::Drain);
    VERIFY_END(observed);
    QCOMPARE(observed.counter(u"overflow_unfinished"_s), 1);
    QVERIFY(!observed.last.counters.contains(u"overflow_lost"_s));
}

void WebSocketLoadTest::overflowWithoutServerClaimsNoLoss()
{
    WebSocketEchoServer server;
    QVERIFY(server.listen());
    const QUrl url = server.url();
    server.stopListening();
    auto plan = shortPlan(url);
    plan.overflow = true;
    plan.messageTimeout = 100ms;
    Observed observed(plan);
    observed.load->start();
    VERIFY_END(observed);
    QCOMPARE(observed.counter(u"overflow_unfinished"_s), 2);
    QVERIFY(!observed.last.counters.contains(u"overflow_lost"_s));
}

QTEST_GUILESS_MAIN(WebSocketLoadTest)
#include "tst_websocketload.moc"
