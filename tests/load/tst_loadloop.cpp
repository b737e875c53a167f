#include "load/closedloop.h"
#include "load/openloop.h"

#include <QTest>

#include <functional>
#include <map>
#include <memory>
#include <random>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr SteadyTime origin{1000s};

class VirtualClock final : public TimeSource {
public:
    [[nodiscard]] SteadyTime now() const noexcept override { return m_now; }
    void advanceTo(SteadyTime time) { m_now = std::max(m_now, time); }

private:
    SteadyTime m_now = origin;
};

/// Answers each operation after what `serviceTime` says, nothing meaning never, in virtual time.
class VirtualClient final : public LoadClient, public DeadlineSource {
public:
    using ServiceTime =
        std::function<std::optional<Nanoseconds>(const Operation &, SteadyTime sent)>;

    VirtualClient(const VirtualClock &clock, int capacity, ServiceTime serviceTime)
        : m_clock(clock)
        , m_capacity(capacity)
        , m_serviceTime(std::move(serviceTime))
    {
    }
    void setSink(CompletionSink &sink) { m_sink = &sink; }

    [[nodiscard]] int capacity() const noexcept override { return m_capacity; }
    void send(const Operation &operation, SteadyTime deadline) noexcept override
    {
        const SteadyTime now = m_clock.now();
        const auto length = m_serviceTime(operation, now);
        Completion completion{.id = operation.id,
                              .request = operation.request,
                              .outcome = Outcome::Ok,
                              .due = operation.due,
                              .sent = now,
                              .ended = length ? now + *length : deadline};
        if (completion.ended >= deadline) {
            completion.outcome = Outcome::TimedOut;
            completion.ended = deadline;
        }
        m_open.emplace(completion.ended, completion);
        mostOpen = std::max(mostOpen, int(m_open.size()));
        sentIds.push_back(operation.id);
        sentAt.push_back(now - origin);
    }
    void cancelAll() noexcept override
    {
        while (!m_open.empty()) {
            auto node = m_open.extract(m_open.begin());
            node.mapped().outcome = Outcome::Cancelled;
            node.mapped().ended = m_clock.now();
            m_sink->completed(node.mapped());
        }
    }
    [[nodiscard]] SteadyTime nextDeadline() const noexcept override
    {
        return m_open.empty() ? noDeadline : m_open.begin()->first;
    }
    void onDeadline(SteadyTime /*now*/) noexcept override
    {
        const auto node = m_open.extract(m_open.begin());
        m_sink->completed(node.mapped());
    }
    [[nodiscard]] int open() const { return int(m_open.size()); }

    int mostOpen = 0;
    std::vector<std::uint64_t> sentIds;
    std::vector<Nanoseconds> sentAt;

private:
    const VirtualClock &m_clock;
    int m_capacity;
    ServiceTime m_serviceTime;
    CompletionSink *m_sink = nullptr;
    std::multimap<SteadyTime, Completion> m_open;
};

VirtualClient::ServiceTime always(Nanoseconds length)
{
    return [length](const Operation &, SteadyTime) { return length; };
}

LoadShape openShape(double rate, Nanoseconds duration, int users = 3, int queueBound = 1000)
{
    LoadShape shape;
    shape.stages = {{.from = Rate::perSecond(rate), .to = Rate::perSecond(rate), .duration = 1s}};
    shape.duration = duration;
    shape.users = users;
    shape.queueBound = queueBound;
    return shape;
}

LoadShape closedShape(int users, Nanoseconds think, Nanoseconds duration)
{
    LoadShape shape;
    shape.model = LoadModel::Closed;
    shape.users = users;
    shape.thinkTime = think;
    shape.duration = duration;
    return shape;
}

/// One load against a virtual target. The identity is checked after every step.
class Simulation final : public LoopListener {
public:
    Simulation(const LoadShape &shape, VirtualClient::ServiceTime serviceTime,
               Nanoseconds timeout = 10s)
        : m_mix({RequestSpec{.name = u"GET /"_s, .timeout = timeout}}, 1)
        , client(m_clock, shape.users, std::move(serviceTime))
    {
        const LoadLoop::Setup setup{.shape = shape,
                                    .mix = m_mix,
                                    .firstOperationId = 1,
                                    .clock = m_clock,
                                    .listener = *this};
        if (shape.model == LoadModel::Open)
            loop = std::make_unique<OpenLoop>(setup);
        else
            loop = std::make_unique<ClosedLoop>(setup);
        client.setSink(*loop);
        loop->start(client);
    }

    void loopEnded() noexcept override { ++timesEnded; }

    /// Handles all that happens until `offset`, then stands there.
    void runUntil(Nanoseconds offset)
    {
        for (;;) {
            const SteadyTime next = std::min(loop->nextDeadline(), client.nextDeadline());
            if (next > origin + offset)
                break;
            m_clock.advanceTo(next);
            if (client.nextDeadline() <= m_clock.now())
                client.onDeadline(m_clock.now());
            else
                loop->onDeadline(m_clock.now());
            check();
        }
        m_clock.advanceTo(origin + offset);
    }
    /// As if our own thread had not run until `offset`.
    void stallUntil(Nanoseconds offset) { m_clock.advanceTo(origin + offset); }
    void runToTheEnd()
    {
        for (int i = 0; i < 1000000 && !loop->hasEnded(); ++i) {
            const SteadyTime next = std::min(loop->nextDeadline(), client.nextDeadline());
            if (next == noDeadline)
                return;
            runUntil(next - origin);
        }
    }
    void check()
    {
        const OperationCounts &counts = loop->ledger().counts();
        addedUp = addedUp && counts.addUp();
        addedUp = addedUp && counts.inFlight == loop->ledger().waiting() + client.open();
    }
    [[nodiscard]] const OperationCounts &counts() { return loop->ledger().counts(); }
    [[nodiscard]] LoadInterval interval() { return loop->ledger().takeInterval(m_clock.now()); }
    [[nodiscard]] Nanoseconds now() const { return m_clock.now() - origin; }

private:
    VirtualClock m_clock;
    RequestMix m_mix;

public:
    VirtualClient client;
    std::unique_ptr<LoadLoop> loop;
    int timesEnded = 0;
    bool addedUp = true;
};

/// Every test ends with this: nothing is left, nothing is counted twice.
void verifyEnd(Simulation &simulation)
{
    QVERIFY(simulation.addedUp);
    QVERIFY(simulation.loop->hasEnded());
    QCOMPARE(simulation.timesEnded, 1);
    QCOMPARE(simulation.counts().inFlight, 0);
    QVERIFY(simulation.counts().addUp());
    QCOMPARE(simulation.client.open(), 0);
    QVERIFY(simulation.loop->nextDeadline() == noDeadline);
}

} // namespace

class LoadLoopTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void openLoadSendsOnTime();
    void usersBoundWhatIsOpen();
    void capacityOfTheClientBoundsTheUsers();
    void oldestWaitingOperationGoesFirst();
    void fullQueueDrops();
    void queueOfNothingDropsAtOnce();
    void waitCountsInResponseTimeOnly();
    void ownStallShowsAsLateness();
    void ownStallOverTheEndLosesNoOperation();
    void silentTargetTimesOut();
    void lastOperationTimesOutByItself();
    void endOfTheShapeWaitsForOpenOnes();
    void queueAtTheEndTimesOutAfterTheLongestTimeout();
    void stallOverTheEndOfTheShapeShowsAsTimeOuts();
    void stopAfterTheEndOfTheShapeCancelsWhatWaits();
    void stopAfterTheQueueTimedOutCancelsWhatIsOpen();
    void drainSendsWhatWaits();
    void drainTimeEndsTheRest();
    void stopNowCancelsAll();
    void stopNowWhileDraining();
    void stopBeforeTheFirstOperation();
    void pauseKeepsTheFraction();
    void pausePlansWhatWasDueBefore();
    void stopWhilePaused();
    void rateChangeNeitherJumpsNorCatchesUp();
    void rateCanComeBackFromZero();
    void operationsEndTheLoadEarly_data();
    void operationsEndTheLoadEarly();
    void closedUsersThinkBetween();
    void closedLoadIsSlowerOnASlowTarget();
    void closedPauseHoldsTheUsers();
    void weightsDecideTheMix();
    void sameSeedSameSequence();
    void addsUpUnderRandomCommands_data();
    void addsUpUnderRandomCommands();
};

void LoadLoopTest::openLoadSendsOnTime()
{
    Simulation simulation(openShape(10, 1s), always(5ms));
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().ok, 10);
    for (int i = 0; i < 10; ++i)
        QVERIFY(simulation.client.sentAt.at(std::size_t(i)) == i * 100ms);
    QVERIFY(simulation.now() == 1s); // the shape's whole length, though the last ended at 905 ms
}

void LoadLoopTest::usersBoundWhatIsOpen()
{
    Simulation simulation(openShape(100, 2s, 4), always(100ms));
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.client.mostOpen, 4);
    QCOMPARE(simulation.counts().planned, 200);
    QCOMPARE(simulation.counts().ok, 200);
}

void LoadLoopTest::capacityOfTheClientBoundsTheUsers()
{
    const LoadShape shape = openShape(100, 1s, 1);
    LoadShape more = shape;
    more.users = 50;
    VirtualClock clock;
    const RequestMix mix({RequestSpec{}}, 1);
    class Nobody final : public LoopListener {
        void loopEnded() noexcept override { }
    } nobody;
    VirtualClient client(clock, 2, always(1s));
    OpenLoop loop({.shape = more, .mix = mix, .clock = clock, .listener = nobody});
    client.setSink(loop);
    loop.start(client);
    clock.advanceTo(origin + 500ms);
    loop.onDeadline(clock.now());
    QCOMPARE(client.open(), 2);
    QVERIFY(loop.ledger().waiting() > 10);
    loop.stop(StopMode::Now, 0s);
}

void LoadLoopTest::oldestWaitingOperationGoesFirst()
{
    Simulation simulation(openShape(100, 1s, 2), always(70ms));
    simulation.runToTheEnd();
    verifyEnd(simulation);
    for (std::size_t i = 0; i < simulation.client.sentIds.size(); ++i)
        QCOMPARE(simulation.client.sentIds[i], i + 1);
}

void LoadLoopTest::fullQueueDrops()
{
    Simulation simulation(openShape(100, 10s, 1, 5), always(100ms));
    simulation.runToTheEnd();
    verifyEnd(simulation);
    const OperationCounts counts = simulation.counts();
    QCOMPARE(counts.planned, 1000);
    QCOMPARE(counts.ok, 105); // 10/s, and the five that waited at the end
    QCOMPARE(counts.dropped, 895);
}

void LoadLoopTest::queueOfNothingDropsAtOnce()
{
    Simulation simulation(openShape(10, 1s, 1, 0), always(150ms));
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().ok, 5);
    QCOMPARE(simulation.counts().dropped, 5);
}

void LoadLoopTest::waitCountsInResponseTimeOnly()
{
    // The first answer takes 2 s, all others 1 ms: with one user the rest queues behind it.
    Simulation simulation(openShape(10, 3s, 1), [](const Operation &operation, SteadyTime) {
        return std::optional<Nanoseconds>(operation.id == 1 ? 2s : 1ms);
    });
    simulation.runToTheEnd();
    verifyEnd(simulation);
    const LoadInterval interval = simulation.interval();
    QCOMPARE(interval.responseTime.count(), 30);
    QCOMPARE(interval.responseTime.countAbove(500ms), 16); // due at 0.0 to 1.5 s
    QCOMPARE(interval.serviceTime.countAbove(500ms), 1);
    QCOMPARE(interval.lateness.count(), 10); // those due at 0 s and after the queue is empty
    QVERIFY(interval.lateness.max() <= 1us);
}

void LoadLoopTest::ownStallShowsAsLateness()
{
    Simulation simulation(openShape(10, 2s, 100), always(1ms));
    simulation.runUntil(450ms);
    simulation.stallUntil(950ms);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    const LoadInterval interval = simulation.interval();
    QCOMPARE(simulation.counts().ok, 20);
    QCOMPARE(interval.lateness.countAbove(40ms), 5);
    QVERIFY(interval.lateness.max() >= 449ms);
    QCOMPARE(interval.responseTime.countAbove(40ms), 5);
}

void LoadLoopTest::ownStallOverTheEndLosesNoOperation()
{
    Simulation simulation(openShape(1000, 1s, 100), always(1ms));
    simulation.runUntil(100ms);
    simulation.stallUntil(5s);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().planned, 1000);
    QCOMPARE(simulation.counts().ok, 1000);
}

void LoadLoopTest::silentTargetTimesOut()
{
    Simulation simulation(
        openShape(10, 1s, 20),
        [](const Operation &, SteadyTime) { return std::optional<Nanoseconds>(); }, 500ms);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().timedOut, 10);
    QVERIFY(simulation.interval().responseTime.min() <= 500ms);
}

void LoadLoopTest::lastOperationTimesOutByItself()
{
    LoadShape shape = closedShape(1, 0s, 0s);
    shape.operations = 2;
    Simulation simulation(
        shape, [](const Operation &, SteadyTime) { return std::optional<Nanoseconds>(); }, 1s);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().timedOut, 2);
}

void LoadLoopTest::endOfTheShapeWaitsForOpenOnes()
{
    Simulation simulation(openShape(10, 1s, 20), always(3s));
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().ok, 10);
    QVERIFY(simulation.now() == 3900ms);
}

void LoadLoopTest::queueAtTheEndTimesOutAfterTheLongestTimeout()
{
    Simulation simulation(
        openShape(100, 1s, 1),
        [](const Operation &, SteadyTime) { return std::optional<Nanoseconds>(); }, 2s);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().planned, 100);
    // One user: sent at 0 s and 2 s, the other 98 wait until the longest timeout after the end.
    QCOMPARE(simulation.counts().sent, 2);
    QCOMPARE(simulation.counts().timedOut, 100);
    QCOMPARE(simulation.counts().cancelled, 0);
    const LoadInterval interval = simulation.interval();
    QCOMPARE(interval.responseTime.count(), 100);
    QCOMPARE(interval.serviceTime.count(), 2);
    QVERIFY(simulation.now() == 4s); // the open one had its whole time limit
}

void LoadLoopTest::stallOverTheEndOfTheShapeShowsAsTimeOuts()
{
    // Answers at once for 5 s, then never again.
    Simulation simulation(
        openShape(10, 10s, 4),
        [](const Operation &, SteadyTime sent) {
            return sent < origin + 5s ? std::optional<Nanoseconds>(1ms) : std::nullopt;
        },
        10s);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().planned, 100);
    QCOMPARE(simulation.counts().ok, 50);
    QCOMPARE(simulation.counts().timedOut, 50);
    QCOMPARE(simulation.counts().cancelled, 0);
}

void LoadLoopTest::stopAfterTheEndOfTheShapeCancelsWhatWaits()
{
    Simulation simulation(
        openShape(100, 1s, 1),
        [](const Operation &, SteadyTime) { return std::optional<Nanoseconds>(); }, 2s);
    simulation.runUntil(1500ms);
    simulation.loop->stop(StopMode::Drain, 100ms);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().cancelled, 100);
    QVERIFY(simulation.now() == 1600ms);
}

void LoadLoopTest::stopAfterTheQueueTimedOutCancelsWhatIsOpen()
{
    Simulation simulation(
        openShape(100, 1s, 1),
        [](const Operation &, SteadyTime) { return std::optional<Nanoseconds>(); }, 2s);
    simulation.runUntil(3500ms);
    QCOMPARE(simulation.counts().timedOut, 99);
    simulation.loop->stop(StopMode::Drain, 100ms);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().cancelled, 1);
    QVERIFY(simulation.now() == 3600ms);
}

void LoadLoopTest::drainSendsWhatWaits()
{
    Simulation simulation(openShape(100, 10s, 1), always(20ms));
    simulation.runUntil(995ms);
    const qint64 planned = simulation.counts().planned;
    QVERIFY(simulation.loop->ledger().waiting() > 40);
    simulation.loop->stop(StopMode::Drain, 5s);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().planned, planned);
    QCOMPARE(simulation.counts().ok, planned);
}

void LoadLoopTest::drainTimeEndsTheRest()
{
    Simulation simulation(openShape(100, 10s, 1), always(100ms));
    simulation.runUntil(995ms);
    simulation.loop->stop(StopMode::Drain, 1s);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QVERIFY(simulation.now() == 1995ms);
    QCOMPARE(simulation.counts().ok, 19);
    QCOMPARE(simulation.counts().cancelled, 81);
}

void LoadLoopTest::stopNowCancelsAll()
{
    Simulation simulation(openShape(100, 10s, 2), always(1s));
    simulation.runUntil(505ms);
    simulation.loop->stop(StopMode::Now, 0s);
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().planned, 51);
    QCOMPARE(simulation.counts().cancelled, 51);
    QCOMPARE(simulation.counts().sent, 2);
}

void LoadLoopTest::stopNowWhileDraining()
{
    Simulation simulation(openShape(100, 10s, 2), always(1s));
    simulation.runUntil(505ms);
    simulation.loop->stop(StopMode::Drain, 100s);
    simulation.runUntil(1100ms);
    simulation.loop->stop(StopMode::Now, 0s);
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().ok, 2);
}

void LoadLoopTest::stopBeforeTheFirstOperation()
{
    Simulation simulation(openShape(100, 10s, 2), always(1s));
    simulation.loop->stop(StopMode::Drain, 5s);
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().planned, 0);
}

void LoadLoopTest::pauseKeepsTheFraction()
{
    Simulation simulation(openShape(1, 4s), always(1ms));
    simulation.runUntil(1400ms);
    simulation.loop->pause();
    simulation.runUntil(100s);
    QCOMPARE(simulation.counts().planned, 2);
    simulation.loop->resume();
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().ok, 4);
    QVERIFY(simulation.client.sentAt.at(2) == 100600ms);
    QVERIFY(simulation.client.sentAt.at(3) == 101600ms);
    QVERIFY(simulation.now() == 102600ms);
}

void LoadLoopTest::pausePlansWhatWasDueBefore()
{
    Simulation simulation(openShape(10, 4s, 100), always(1ms));
    simulation.runUntil(50ms);
    simulation.stallUntil(350ms);
    simulation.loop->pause();
    QCOMPARE(simulation.counts().planned, 4);
    simulation.loop->stop(StopMode::Now, 0s);
    verifyEnd(simulation);
}

void LoadLoopTest::stopWhilePaused()
{
    Simulation simulation(openShape(10, 4s), always(1ms));
    simulation.runUntil(250ms);
    simulation.loop->pause();
    simulation.runUntil(300ms);
    simulation.loop->stop(StopMode::Drain, 5s);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().ok, 3);
}

void LoadLoopTest::rateChangeNeitherJumpsNorCatchesUp()
{
    Simulation simulation(openShape(1, 10s, 10), always(1ms));
    simulation.runUntil(1750ms);
    simulation.loop->setRate(Rate::perSecond(10));
    simulation.runUntil(2s);
    QVERIFY(simulation.client.sentAt.at(2) == 1775ms);
    QVERIFY(simulation.client.sentAt.at(3) == 1875ms);
    QVERIFY(simulation.client.sentAt.at(4) == 1975ms);
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().planned, 85); // the last is due at 9.975 s
}

void LoadLoopTest::rateCanComeBackFromZero()
{
    Simulation simulation(openShape(0, 10s), always(1ms));
    simulation.runUntil(5s);
    QCOMPARE(simulation.counts().planned, 0);
    simulation.loop->setRate(Rate::perSecond(2));
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().ok, 10);
}

void LoadLoopTest::operationsEndTheLoadEarly_data()
{
    QTest::addColumn<LoadShape>("shape");
    QTest::addColumn<qint64>("operations");
    QTest::newRow("open, with a duration") << openShape(10, 100s) << qint64(7);
    QTest::newRow("open, without a duration") << openShape(10, 0s) << qint64(7);
    QTest::newRow("open, none at all") << openShape(10, 100s) << qint64(0);
    QTest::newRow("closed, without a duration") << closedShape(3, 0s, 0s) << qint64(7);
    QTest::newRow("closed, fewer than users") << closedShape(3, 0s, 0s) << qint64(2);
    QTest::newRow("closed, none at all") << closedShape(3, 0s, 10s) << qint64(0);
}

void LoadLoopTest::operationsEndTheLoadEarly()
{
    QFETCH(LoadShape, shape);
    QFETCH(const qint64, operations);
    shape.operations = operations;
    Simulation simulation(shape, always(1ms));
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().ok, operations);
    QVERIFY(simulation.now() < 1s);
}

void LoadLoopTest::closedUsersThinkBetween()
{
    Simulation simulation(closedShape(2, 90ms, 1s), always(10ms));
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().ok, 20);
    const LoadInterval interval = simulation.interval();
    QCOMPARE(interval.responseTime.countAbove(11ms), 0);
    QCOMPARE(interval.lateness.count(), 20);
}

void LoadLoopTest::closedLoadIsSlowerOnASlowTarget()
{
    Simulation simulation(closedShape(2, 0s, 1s), always(250ms));
    simulation.runToTheEnd();
    verifyEnd(simulation);
    QCOMPARE(simulation.counts().planned, 8);
    QCOMPARE(simulation.counts().dropped, 0);
    QCOMPARE(simulation.client.mostOpen, 2);
}

void LoadLoopTest::closedPauseHoldsTheUsers()
{
    Simulation simulation(closedShape(2, 100ms, 1s), always(50ms));
    simulation.runUntil(30ms);
    simulation.loop->pause();
    simulation.runUntil(10s);
    QCOMPARE(simulation.counts().ok, 2);
    QCOMPARE(simulation.counts().inFlight, 0);
    simulation.loop->resume();
    simulation.runUntil(10099ms);
    QCOMPARE(simulation.counts().planned, 2);
    simulation.runUntil(10101ms);
    QCOMPARE(simulation.counts().planned, 4);
    simulation.loop->stop(StopMode::Now, 0s);
    verifyEnd(simulation);
}

void LoadLoopTest::weightsDecideTheMix()
{
    const RequestMix mix(
        {RequestSpec{.weight = 1}, RequestSpec{.weight = 2}, RequestSpec{.weight = 7}}, 42);
    std::array<int, 3> chosen{};
    for (std::uint64_t id = 1; id <= 100000; ++id)
        ++chosen.at(mix.requestOf(id));
    // Five standard deviations of a binomial are at most 790.
    QVERIFY(qAbs(chosen[0] - 10000) < 800);
    QVERIFY(qAbs(chosen[1] - 20000) < 800);
    QVERIFY(qAbs(chosen[2] - 70000) < 800);
}

void LoadLoopTest::sameSeedSameSequence()
{
    const QList<RequestSpec> requests{RequestSpec{}, RequestSpec{}, RequestSpec{}};
    const RequestMix one(requests, 5), same(requests, 5), other(requests, 6);
    int differences = 0;
    for (std::uint64_t id = 1; id <= 300; ++id) {
        QCOMPARE(one.requestOf(id), same.requestOf(id));
        differences += one.requestOf(id) == other.requestOf(id) ? 0 : 1;
    }
    QVERIFY(differences > 100);
}

void LoadLoopTest::addsUpUnderRandomCommands_data()
{
    QTest::addColumn<LoadShape>("shape");
    QTest::newRow("open, with room to wait") << openShape(200, 20s, 5, 50);
    QTest::newRow("open, without room to wait") << openShape(200, 20s, 5, 0);
    QTest::newRow("closed, thinking") << closedShape(7, 20ms, 20s);
    QTest::newRow("closed, at once again") << closedShape(7, 0ms, 20s);
}

void LoadLoopTest::addsUpUnderRandomCommands()
{
    QFETCH(const LoadShape, shape);
    for (unsigned seed = 1; seed <= 30; ++seed) {
        std::mt19937 random(seed);
        Simulation simulation(
            shape,
            [&](const Operation &, SteadyTime) -> std::optional<Nanoseconds> {
                if (random() % 20 == 0)
                    return std::nullopt;
                return Nanoseconds(1ms) * (1 + random() % 60);
            },
            300ms);
        for (int step = 0; step < 60 && !simulation.loop->hasEnded(); ++step) {
            simulation.runUntil(simulation.now() + Nanoseconds(1ms) * (random() % 400));
            switch (random() % 8) {
            case 0:
                simulation.loop->pause();
                break;
            case 1:
            case 2:
                simulation.loop->resume();
                break;
            case 3:
                simulation.loop->setRate(Rate::perSecond(double(random() % 400)));
                break;
            case 4:
                simulation.stallUntil(simulation.now() + Nanoseconds(1ms) * (random() % 200));
                break;
            case 5:
                if (step > 50)
                    simulation.loop->stop(StopMode::Drain, 100ms);
                break;
            default:
                break;
            }
            simulation.check();
        }
        simulation.loop->resume();
        if (random() % 2 == 0)
            simulation.loop->stop(StopMode::Now, 0s);
        simulation.runToTheEnd();
        verifyEnd(simulation);
        QVERIFY(simulation.counts().planned > 0);
        QVERIFY(simulation.client.mostOpen <= shape.users);
    }
}

QTEST_GUILESS_MAIN(LoadLoopTest)

#include "tst_loadloop.moc"
