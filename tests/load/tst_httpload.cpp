#include "load/httpload.h"

#include "load/targetserver.h"

#include <QElapsedTimer>
#include <QTest>

#include <memory>

using namespace lowtide;
using namespace lowtide::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

HttpServer::Handler answering()
{
    return [](const HttpRequest &, const HttpResponder &responder) { responder.send({}); };
}

/// Keeps every request unanswered as long as the server lives.
class Silence {
public:
    [[nodiscard]] HttpServer::Handler handler()
    {
        return [held = m_held](const HttpRequest &, const HttpResponder &responder) {
            held->append(responder);
        };
    }

private:
    std::shared_ptr<QList<HttpResponder>> m_held = std::make_shared<QList<HttpResponder>>();
};

} // namespace

class HttpLoadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void constantRateReachesTheServer();
    void intervalsComeOnceASecond();
    void lastIntervalComesRightBeforeTheEnd();
    void stallShowsInResponseTimeMoreThanInServiceTime();
    void fullQueueDropsAndCounts();
    void stopDrainLetsOpenOnesEnd();
    void stopDrainCancelsAfterItsTime();
    void stopNowCancelsWhatIsOpen();
    void stopBeforeTheStartDoesNothing();
    void pauseHoldsTheLoad();
    void rateChangeTakesEffect();
    void blockedMainThreadChangesNothing();
    void destroyingInTheMiddleIsQuick();
    void destroyingWithoutAStartIsQuick();
    void mayBeDestroyedRightAfterItsStart();
    void manyUsersAtOnce();
    void requestsAreToldApart();
};

void HttpLoadTest::constantRateReachesTheServer()
{
    int requests = 0;
    TargetServer server([&](const HttpRequest &, const HttpResponder &responder) {
        ++requests;
        responder.send({});
    });
    RecordedLoad run(planOf(server.url(), 100, 2s, 10));
    QVERIFY(run.runToTheEnd());
    server.stop();
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().ok, 200);
    QCOMPARE(run.counts().sent, 200);
    QCOMPARE(requests, 200);
    QVERIFY(run.lateness.count() > 0);
    QVERIFY(run.last.firstOk.has_value());
}

void HttpLoadTest::intervalsComeOnceASecond()
{
    TargetServer server(answering());
    RecordedLoad run(planOf(server.url(), 20, 3500ms));
    run.load.start();
    QList<Nanoseconds> lengths;
    connect(&run.load, &HttpLoad::measured, this,
            [&](const LoadInterval &interval) { lengths.append(interval.length); });
    QVERIFY(run.runUntil([&] { return run.timesFinished > 0; }));
    QVERIFY(lengths.size() >= 3); // 4, unless the worker did not get the processor for a second
    QVERIFY(lengths.size() <= 5);
    Nanoseconds sum{};
    for (const Nanoseconds length : lengths)
        sum += length;
    QVERIFY(sum >= 3500ms);
}

void HttpLoadTest::lastIntervalComesRightBeforeTheEnd()
{
    TargetServer server(answering());
    RecordedLoad run(planOfCount(server.url(), 3));
    QVERIFY(run.runToTheEnd());
    QVERIFY(run.endedWell());
    QVERIFY(run.intervals >= 1);
    QCOMPARE(run.counts().ok, 3);
}

void HttpLoadTest::stallShowsInResponseTimeMoreThanInServiceTime()
{
    // From 1 s to 3 s nothing is answered. With two users two operations see the stall in their
    // service time; all that were due in it see it in their response time.
    QElapsedTimer clock;
    TargetServer server([&](const HttpRequest &, const HttpResponder &responder) {
        if (!clock.isValid())
            clock.start();
        if (clock.elapsed() < 1000 || clock.elapsed() > 3000) {
            responder.send({});
            return;
        }
        QTimer::singleShot(std::chrono::milliseconds(3001 - clock.elapsed()), Qt::PreciseTimer,
                           [responder] { responder.send({}); });
    });
    RecordedLoad run(planOf(server.url(), 50, 5s, 2));
    QVERIFY(run.runToTheEnd());
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().ok, 250);
    // Due within the first 1.5 s of the stall: 75, less what the clocks differ.
    const qint64 slowResponses = run.responseTime.countAbove(500ms);
    QVERIFY2(slowResponses >= 70 && slowResponses <= 110,
             qPrintable(QString::number(slowResponses)));
    QVERIFY2(run.serviceTime.countAbove(500ms) <= 4,
             qPrintable(QString::number(run.serviceTime.countAbove(500ms))));
    QVERIFY(run.responseTime.max() > 1800ms);
    QVERIFY(run.serviceTime.max() > 1800ms);
}

void HttpLoadTest::fullQueueDropsAndCounts()
{
    Silence silence;
    TargetServer server(silence.handler());
    HttpLoadPlan plan = planOf(server.url(), 100, 1s, 2);
    plan.shape.queueBound = 10;
    plan.requests[0].timeout = 20s;
    RecordedLoad run(plan);
    run.load.start();
    QVERIFY(run.runUntil([&] { return run.intervals > 0; }));
    run.load.stop(StopMode::Now);
    QVERIFY(run.runUntil([&] { return run.timesFinished > 0; }));
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().cancelled, 12);
    QCOMPARE(run.counts().sent, 2);
    QCOMPARE(run.counts().dropped, run.counts().planned - 12);
    QVERIFY(run.counts().dropped > 50);
}

void HttpLoadTest::stopDrainLetsOpenOnesEnd()
{
    TargetServer server([](const HttpRequest &, const HttpResponder &responder) {
        QTimer::singleShot(300, [responder] { responder.send({}); });
    });
    RecordedLoad run(planOf(server.url(), 50, 1h, 30));
    run.load.start();
    QVERIFY(run.runUntil([&] { return run.counts().ok > 0; }));
    run.load.stop(StopMode::Drain);
    QVERIFY(run.runUntil([&] { return run.timesFinished > 0; }));
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().ok, run.counts().planned);
}

void HttpLoadTest::stopDrainCancelsAfterItsTime()
{
    Silence silence;
    TargetServer server(silence.handler());
    HttpLoadPlan plan = planOf(server.url(), 50, 1h, 3);
    plan.requests[0].timeout = 1h;
    RecordedLoad run(plan);
    run.load.start();
    QVERIFY(run.runUntil([&] { return run.intervals > 0; }));
    run.load.stop(StopMode::Drain, 200ms);
    QVERIFY(run.runUntil([&] { return run.timesFinished > 0; }));
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().cancelled, run.counts().planned);
}

void HttpLoadTest::stopNowCancelsWhatIsOpen()
{
    Silence silence;
    TargetServer server(silence.handler());
    HttpLoadPlan plan = planOf(server.url(), 50, 1h, 10);
    plan.requests[0].timeout = 1h;
    RecordedLoad run(plan);
    run.load.start();
    QVERIFY(run.runUntil([&] { return run.intervals > 0; }));
    run.load.stop(StopMode::Now);
    QVERIFY(run.runUntil([&] { return run.timesFinished > 0; }));
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().sent, 10);
    QCOMPARE(run.counts().cancelled, run.counts().planned);
}

void HttpLoadTest::stopBeforeTheStartDoesNothing()
{
    TargetServer server(answering());
    RecordedLoad run(planOfCount(server.url(), 3));
    run.load.stop(StopMode::Now);
    QVERIFY(run.runToTheEnd());
    QCOMPARE(run.timesFinished, 1);
}

void HttpLoadTest::pauseHoldsTheLoad()
{
    TargetServer server(answering());
    RecordedLoad run(planOf(server.url(), 50, 1h, 5));
    run.load.start();
    QVERIFY(run.runUntil([&] { return run.intervals >= 1; }));
    run.load.pause();
    // Intervals that were on their way when it was asked for may still come; then nothing moves.
    qint64 planned = 0;
    int since = 0;
    QVERIFY(run.runUntil([&] {
        if (run.counts().planned != planned || run.counts().inFlight != 0) {
            planned = run.counts().planned;
            since = run.intervals;
        }
        return run.intervals >= since + 3;
    }));
    QVERIFY(planned > 0);
    run.load.resume();
    QVERIFY(run.runUntil([&] { return run.counts().planned > planned; }));
    // No catch-up of what the pause left out: 150 operations or more.
    QVERIFY(run.counts().planned - planned < 100);
    run.load.stop(StopMode::Drain);
    QVERIFY(run.runUntil([&] { return run.timesFinished > 0; }));
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().ok, run.counts().planned);
}

void HttpLoadTest::rateChangeTakesEffect()
{
    TargetServer server(answering());
    RecordedLoad run(planOf(server.url(), 10, 1h, 5));
    run.load.start();
    QVERIFY(run.runUntil([&] { return run.intervals >= 1; }));
    run.load.setRate(Rate::perSecond(100));
    qint64 before = run.counts().planned;
    QVERIFY(run.runUntil([&] {
        const auto more = double(run.counts().planned - before);
        before = run.counts().planned;
        return qAbs(more / toSeconds(run.last.length) - 100) < 3;
    }));
    run.load.stop(StopMode::Now);
    QVERIFY(run.runUntil([&] { return run.timesFinished > 0; }));
    QVERIFY(run.endedWell());
}

void HttpLoadTest::blockedMainThreadChangesNothing()
{
    TargetServer server(answering());
    RecordedLoad run(planOf(server.url(), 100, 2s, 10));
    run.load.start();
    QVERIFY(run.runUntil([&] { return run.intervals >= 1; }));
    QElapsedTimer busy;
    busy.start();
    while (busy.elapsed() < 600) { }
    QVERIFY(run.runUntil([&] { return run.timesFinished > 0; }));
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().ok, 200);
    // Were the pacing held up with this thread, 30 operations would be later than this.
    QVERIFY(run.lateness.countAbove(300ms) < 10);
}

void HttpLoadTest::destroyingInTheMiddleIsQuick()
{
    Silence silence;
    TargetServer server(silence.handler());
    HttpLoadPlan plan = planOf(server.url(), 200, 1h, 50);
    plan.requests[0].timeout = 1h;
    auto run = std::make_unique<RecordedLoad>(plan);
    run->load.start();
    QVERIFY(run->runUntil([&] { return run->intervals >= 1; }));
    QVERIFY(run->counts().inFlight > 0);
    QElapsedTimer clock;
    clock.start();
    run.reset();
    QVERIFY(clock.elapsed() < 5000);
}

void HttpLoadTest::destroyingWithoutAStartIsQuick()
{
    const HttpLoad load(planOf(QUrl(u"http://127.0.0.1:1"_s), 1, 1s));
    QVERIFY(!load.parent());
}

void HttpLoadTest::mayBeDestroyedRightAfterItsStart()
{
    TargetServer server(answering());
    for (int i = 0; i < 20; ++i) {
        HttpLoad load(planOf(server.url(), 1000, 1h, 10));
        load.start();
        load.pause();
    }
    RecordedLoad run(planOfCount(server.url(), 1));
    QVERIFY(run.runToTheEnd());
    QCOMPARE(run.counts().ok, 1);
}

void HttpLoadTest::manyUsersAtOnce()
{
    TargetServer server([](const HttpRequest &, const HttpResponder &responder) {
        QTimer::singleShot(50, [responder] { responder.send({}); });
    });
    HttpLoadPlan plan = planOfCount(server.url(), 500, 60);
    plan.requests[0].timeout = 30s;
    RecordedLoad run(plan);
    QVERIFY(run.runToTheEnd());
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().ok, 500);
    QVERIFY(server.connections() <= 60);
}

void HttpLoadTest::requestsAreToldApart()
{
    QMap<QByteArray, int> byPath;
    TargetServer server([&](const HttpRequest &request, const HttpResponder &responder) {
        ++byPath[request.path];
        responder.send({});
    });
    HttpLoadPlan plan = planOfCount(server.url(), 200, 5);
    plan.requests = {RequestSpec{.path = u"/rare"_s, .weight = 1},
                     RequestSpec{.path = u"/often"_s, .weight = 9}};
    RecordedLoad run(plan);
    QVERIFY(run.runToTheEnd());
    server.stop();
    QCOMPARE(run.counts().ok, 200);
    QCOMPARE(byPath.size(), 2);
    QVERIFY(byPath.value("/rare") < byPath.value("/often"));
    QCOMPARE(run.byRequest.size(), std::size_t(2));
    QCOMPARE(run.byRequest[0], byPath.value("/rare"));
    QCOMPARE(run.byRequest[1], byPath.value("/often"));
}

QTEST_GUILESS_MAIN(HttpLoadTest)

#include "tst_httpload.moc"
