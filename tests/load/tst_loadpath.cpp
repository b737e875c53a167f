// The path of an operation through schedule, loop, client and ledger, on the real dispatcher,
// without a network: it holds 20,000 operations a second and allocates nothing.

#include "load/closedloop.h"
#include "load/epolldispatcher.h"
#include "load/openloop.h"
#include "load/ring.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QTest>

#include <cstdlib>
#include <new>

using namespace lowtide;
using namespace std::chrono_literals;

namespace {
thread_local bool isCounting = false;
thread_local qint64 allocations = 0;
} // namespace

void *operator new(std::size_t size)
{
    if (isCounting)
        ++allocations;
    if (void *memory = std::malloc(size)) // NOLINT(cppcoreguidelines-no-malloc)
        return memory;
    std::abort();
}

void operator delete(void *memory) noexcept
{
    std::free(memory); // NOLINT(cppcoreguidelines-no-malloc)
}

void operator delete(void *memory, std::size_t /*size*/) noexcept
{
    std::free(memory); // NOLINT(cppcoreguidelines-no-malloc)
}

namespace {

class RealClock final : public TimeSource {
    [[nodiscard]] SteadyTime now() const noexcept override { return steadyNow(); }
};

/// Answers everything after the same time; each seventh wrongly.
class EchoClient final : public LoadClient, public DeadlineSource {
public:
    explicit EchoClient(Nanoseconds serviceTime)
        : m_serviceTime(serviceTime)
        , m_open(users)
    {
    }
    void setSink(CompletionSink &sink) { m_sink = &sink; }

    static constexpr int users = 64;
    [[nodiscard]] int capacity() const noexcept override { return users; }
    void send(const Operation &operation, SteadyTime /*deadline*/) noexcept override
    {
        const SteadyTime now = steadyNow();
        const bool isOk = operation.id % 7 != 0;
        m_open.push({.id = operation.id,
                     .request = operation.request,
                     .outcome = isOk ? Outcome::Ok : Outcome::Failed,
                     .failure = FailureKind::Status,
                     .status = std::uint16_t(isOk ? 200 : 500),
                     .due = operation.due,
                     .sent = now,
                     .ended = now + m_serviceTime});
    }
    void cancelAll() noexcept override
    {
        while (!m_open.isEmpty()) {
            Completion completion = m_open.pop();
            completion.outcome = Outcome::Cancelled;
            m_sink->completed(completion);
        }
    }
    [[nodiscard]] SteadyTime nextDeadline() const noexcept override
    {
        return m_open.isEmpty() ? noDeadline : m_open.front().ended;
    }
    void onDeadline(SteadyTime now) noexcept override
    {
        while (!m_open.isEmpty() && m_open.front().ended <= now) {
            Completion completion = m_open.pop();
            completion.ended = now;
            m_sink->completed(completion);
        }
    }

private:
    Nanoseconds m_serviceTime;
    Ring<Completion> m_open;
    CompletionSink *m_sink = nullptr;
};

/// Takes an interval four times a second and checks that it adds up.
class Meter final : public DeadlineSource {
public:
    explicit Meter(LoadLoop &loop)
        : m_loop(loop)
        , m_next(steadyNow() + 250ms)
    {
    }
    [[nodiscard]] SteadyTime nextDeadline() const noexcept override { return m_next; }
    void onDeadline(SteadyTime now) noexcept override
    {
        m_next += 250ms;
        take(now);
    }
    void take(SteadyTime now) noexcept
    {
        isCounting = false;
        const LoadInterval interval = m_loop.ledger().takeInterval(now);
        addedUp = addedUp && interval.counts.addUp();
        lateness.add(interval.lateness);
        responseTime.add(interval.responseTime);
        ++intervals;
        isCounting = true;
    }

    bool addedUp = true;
    int intervals = 0;
    LatencyHistogram lateness, responseTime;

private:
    LoadLoop &m_loop;
    SteadyTime m_next;
};

class Stopper final : public LoopListener {
public:
    void loopEnded() noexcept override { eventLoop.quit(); }
    QEventLoop eventLoop;
};

} // namespace

class LoadPathTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void openLoadOf20000PerSecondAllocatesNothing();
    void closedLoadAllocatesNothing();
};

void LoadPathTest::openLoadOf20000PerSecondAllocatesNothing()
{
    LoadShape shape;
    shape.stages = {{.from = Rate::perSecond(20000), .to = Rate::perSecond(20000), .duration = 1s}};
    shape.duration = 2s;
    shape.users = EchoClient::users;
    const RequestMix mix({RequestSpec{.weight = 1}, RequestSpec{.weight = 3}}, 1);
    RealClock clock;
    Stopper stopper;
    EchoClient client(200us);
    OpenLoop loop({.shape = shape, .mix = mix, .clock = clock, .listener = stopper});
    client.setSink(loop);
    Meter meter(loop);
    EpollDispatcher &dispatcher = *EpollDispatcher::current();
    for (DeadlineSource *source :
         {static_cast<DeadlineSource *>(&loop), static_cast<DeadlineSource *>(&client),
          static_cast<DeadlineSource *>(&meter)})
        dispatcher.addDeadlineSource(source);
    loop.start(client);
    allocations = 0;
    isCounting = true;
    stopper.eventLoop.exec();
    meter.take(steadyNow());
    isCounting = false;
    dispatcher.removeDeadlineSource(&loop);
    dispatcher.removeDeadlineSource(&client);
    dispatcher.removeDeadlineSource(&meter);

    const OperationCounts &counts = loop.ledger().counts();
    qInfo("lateness p50 %.0f us, p99 %.0f us, dropped %lld",
          toMs(meter.lateness.valueAtPercentile(50)) * 1000,
          toMs(meter.lateness.valueAtPercentile(99)) * 1000,
          static_cast<long long>(counts.dropped));
    QVERIFY(meter.addedUp);
    QVERIFY(meter.intervals >= 8);
    QCOMPARE(counts.planned, 40000);
    QCOMPARE(counts.inFlight, 0);
    QCOMPARE(counts.ok + counts.failed + counts.dropped, 40000);
    QCOMPARE(meter.responseTime.count(), counts.ok + counts.failed);
    QVERIFY(meter.lateness.count() > 0);
    QCOMPARE(allocations, 0);
}

void LoadPathTest::closedLoadAllocatesNothing()
{
    LoadShape shape;
    shape.model = LoadModel::Closed;
    shape.users = EchoClient::users;
    shape.thinkTime = 1ms;
    shape.operations = 20000;
    const RequestMix mix({RequestSpec{}}, 1);
    RealClock clock;
    Stopper stopper;
    EchoClient client(500us);
    ClosedLoop loop({.shape = shape, .mix = mix, .clock = clock, .listener = stopper});
    client.setSink(loop);
    EpollDispatcher &dispatcher = *EpollDispatcher::current();
    dispatcher.addDeadlineSource(&loop);
    dispatcher.addDeadlineSource(&client);
    loop.start(client);
    allocations = 0;
    isCounting = true;
    stopper.eventLoop.exec();
    isCounting = false;
    dispatcher.removeDeadlineSource(&loop);
    dispatcher.removeDeadlineSource(&client);
    const OperationCounts &counts = loop.ledger().counts();
    QVERIFY(counts.addUp());
    QCOMPARE(counts.planned, 20000);
    QCOMPARE(counts.ok + counts.failed, 20000);
    QCOMPARE(allocations, 0);
}

int main(int argc, char **argv)
{
    QCoreApplication::setEventDispatcher(new EpollDispatcher);
    const QCoreApplication app(argc, argv);
    LoadPathTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_loadpath.moc"
