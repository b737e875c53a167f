#include "load/epolldispatcher.h"

#include "load/loadthread.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QHostAddress>
#include <QHostInfo>
#include <QProcess>
#include <QSemaphore>
#include <QSignalSpy>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

#include <array>
#include <functional>
#include <memory>
#include <semaphore>

#include <sys/socket.h>
#include <unistd.h>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

class SocketPair {
public:
    SocketPair()
    {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, m_ends.data()) != 0)
            qFatal("no socket pair");
    }
    ~SocketPair()
    {
        ::close(m_ends[0]);
        ::close(m_ends[1]);
    }
    Q_DISABLE_COPY_MOVE(SocketPair)
    [[nodiscard]] int near() const { return m_ends[0]; }
    void sendFromFar() const { QCOMPARE(::write(m_ends[1], "x", 1), ssize_t(1)); }
    [[nodiscard]] bool takeByte() const
    {
        char byte = 0;
        return ::read(m_ends[0], &byte, 1) == 1;
    }

private:
    std::array<int, 2> m_ends{};
};

/// Comes due `count` times, `step` apart.
class Ticker final : public DeadlineSource {
public:
    Ticker(Nanoseconds step, int count)
        : m_next(steadyNow() + step)
        , m_step(step)
        , m_left(count)
    {
    }
    [[nodiscard]] SteadyTime nextDeadline() const noexcept override
    {
        return m_left > 0 ? m_next : noDeadline;
    }
    void onDeadline(SteadyTime now) noexcept override
    {
        wasEarly = wasEarly || now < m_next;
        ++ticks;
        m_next += m_step;
        if (--m_left == 0 && atEnd)
            atEnd();
    }

    int ticks = 0;
    bool wasEarly = false;
    std::function<void()> atEnd;

private:
    SteadyTime m_next;
    Nanoseconds m_step;
    int m_left;
};

void runFor(std::chrono::milliseconds length)
{
    QEventLoop loop;
    QTimer::singleShot(length, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
}

} // namespace

/// The test's own thread runs on the dispatcher (see main below).
class EpollDispatcherTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void runsThisThread();
    void timersFireAndRepeat();
    void timerTellsItsRemainingTime();
    void zeroTimerLeavesTurnsToSockets();
    void timerInItsOwnNestedLoopDoesNotFireAgain();
    void timerMovedToAWorkerFiresThere();
    void deadlinesAreNeverEarly_data();
    void deadlinesAreNeverEarly();
    void sourceMayRemoveItselfWhenDue();
    void idleLoopDoesNotSpin();
    void readAndWriteNotifierShareOneDescriptor();
    void slotMayDeleteTheOtherNotifierOfItsDescriptor();
    void reusedDescriptorIsWatchedAnew();
    void excludedSocketsWaitWithoutSpinning();
    void togglingTheWriteNotifierCostsNoSystemCall();
    void nestedLoopServesSocketsTimersAndDeadlines();
    void callsFromOtherThreadsAllArrive();
    void wakeUpFromAnotherThreadEndsTheWait();
    void interruptFromAnotherThreadEndsTheWait();
    void processRuns();
    void refusedConnectIsReported();
    void hostNameIsLookedUp();
    void largeTransferArrivesWhole();
    void threadWithoutStartLeavesNothingBehind();

private:
    [[nodiscard]] EpollDispatcher &dispatcher() const { return *EpollDispatcher::current(); }
};

void EpollDispatcherTest::initTestCase() { QVERIFY(EpollDispatcher::current()); }

void EpollDispatcherTest::runsThisThread()
{
    QCOMPARE(QAbstractEventDispatcher::instance(), EpollDispatcher::current());
    LoadThread thread(u"load"_s);
    QObject worker;
    worker.moveToThread(&thread);
    thread.start();
    bool isOurs = false;
    QMetaObject::invokeMethod(
        &worker, [&] { isOurs = EpollDispatcher::current() != nullptr; },
        Qt::BlockingQueuedConnection);
    QVERIFY(isOurs);
    QMetaObject::invokeMethod(
        &worker, [&] { worker.moveToThread(QCoreApplication::instance()->thread()); },
        Qt::BlockingQueuedConnection);
    thread.quit();
    QVERIFY(thread.wait(5000));
}

void EpollDispatcherTest::timersFireAndRepeat()
{
    QTimer timer;
    QSignalSpy shots(&timer, &QTimer::timeout);
    timer.start(1);
    QTRY_VERIFY(shots.size() >= 5);
    timer.stop();
    shots.clear();
    runFor(5ms);
    QCOMPARE(shots.size(), 0);
}

void EpollDispatcherTest::timerTellsItsRemainingTime()
{
    QTimer timer;
    timer.start(60000);
    QVERIFY(timer.remainingTime() > 50000);
    QVERIFY(timer.remainingTime() <= 60000);
    QCOMPARE(dispatcher().registeredTimers(&timer).size(), 1);
    QCOMPARE(dispatcher().registeredTimers(&timer).constFirst().interval, 60000);
    const int id = timer.timerId();
    timer.stop();
    QCOMPARE(dispatcher().remainingTime(id), -1);
    QCOMPARE(dispatcher().registeredTimers(&timer).size(), 0);
}

void EpollDispatcherTest::zeroTimerLeavesTurnsToSockets()
{
    const SocketPair pair;
    QSocketNotifier notifier(pair.near(), QSocketNotifier::Read);
    int bytes = 0;
    connect(&notifier, &QSocketNotifier::activated, this, [&] {
        bytes += pair.takeByte() ? 1 : 0;
        if (bytes < 10)
            pair.sendFromFar();
    });
    QTimer zero, other;
    QSignalSpy shots(&zero, &QTimer::timeout), otherShots(&other, &QTimer::timeout);
    zero.start(0);
    other.start(0);
    pair.sendFromFar();
    QEventLoop loop;
    connect(&zero, &QTimer::timeout, &loop, [&] {
        if (bytes == 10 && otherShots.size() > 10)
            loop.quit();
    });
    QTimer::singleShot(10000, &loop, &QEventLoop::quit);
    loop.exec();
    QCOMPARE(bytes, 10);
    QVERIFY(qAbs(shots.size() - otherShots.size()) <= 1);
}

void EpollDispatcherTest::timerInItsOwnNestedLoopDoesNotFireAgain()
{
    QTimer timer;
    int depth = 0, deepest = 0, shots = 0;
    connect(&timer, &QTimer::timeout, this, [&] {
        deepest = qMax(deepest, ++depth);
        if (++shots == 1)
            runFor(10ms);
        --depth;
    });
    timer.start(1);
    QTRY_VERIFY(shots >= 3);
    QCOMPARE(deepest, 1);
}

void EpollDispatcherTest::timerMovedToAWorkerFiresThere()
{
    LoadThread thread(u"load"_s);
    auto timer = std::make_unique<QTimer>();
    timer->start(1);
    timer->moveToThread(&thread);
    QThread *firedIn = nullptr;
    QSemaphore fired;
    connect(timer.get(), &QTimer::timeout, timer.get(), [&, timer = timer.get()] {
        firedIn = QThread::currentThread();
        timer->stop();
        fired.release();
    });
    connect(&thread, &QThread::finished, timer.get(), &QObject::deleteLater);
    timer.release(); // NOLINT(bugprone-unused-return-value): the thread's end deletes it
    thread.start();
    QVERIFY(fired.tryAcquire(1, 10000));
    QCOMPARE(firedIn, &thread);
    thread.quit();
    QVERIFY(thread.wait(5000));
}

void EpollDispatcherTest::deadlinesAreNeverEarly_data()
{
    QTest::addColumn<bool>("byTimer");
    QTest::newRow("precise wait") << false;
    QTest::newRow("timer descriptor") << true;
}

void EpollDispatcherTest::deadlinesAreNeverEarly()
{
    QFETCH(const bool, byTimer);
    QThread thread;
    thread.setEventDispatcher(new EpollDispatcher(
        byTimer ? EpollDispatcher::Waiting::TimerDescriptor : EpollDispatcher::Waiting::Precise));
    constexpr int count = 200;
    Ticker ticker(250us, count);
    ticker.atEnd = [] { QThread::currentThread()->quit(); };
    QObject context;
    context.moveToThread(&thread);
    connect(&thread, &QThread::started, &context,
            [&] { EpollDispatcher::current()->addDeadlineSource(&ticker); });
    std::uint64_t waits = 0;
    std::binary_semaphore hasEnded(0); // unlike QThread's, ThreadSanitizer sees it
    connect(
        &thread, &QThread::finished, &context,
        [&] {
            waits = EpollDispatcher::current()->waits();
            hasEnded.release();
        },
        Qt::DirectConnection);
    thread.start();
    hasEnded.acquire();
    QVERIFY(thread.wait(10000));
    QCOMPARE(ticker.ticks, count);
    QVERIFY(!ticker.wasEarly);
    // A wait that ended early, or did not wait, would be repeated.
    QVERIFY2(waits <= 3 * count, qPrintable(QString::number(waits)));
}

void EpollDispatcherTest::sourceMayRemoveItselfWhenDue()
{
    auto first = std::make_unique<Ticker>(1ms, 1);
    Ticker second(2ms, 3);
    first->atEnd = [&] { dispatcher().removeDeadlineSource(first.get()); };
    dispatcher().addDeadlineSource(first.get());
    dispatcher().addDeadlineSource(&second);
    QTRY_COMPARE(second.ticks, 3);
    QCOMPARE(first->ticks, 1);
    dispatcher().removeDeadlineSource(&second);
}

void EpollDispatcherTest::idleLoopDoesNotSpin()
{
    const SocketPair pair;
    QSocketNotifier notifier(pair.near(), QSocketNotifier::Read);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, server.serverPort());
    QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
    Ticker later(1h, 1);
    dispatcher().addDeadlineSource(&later);
    runFor(1ms);
    const auto before = dispatcher().waits();
    runFor(100ms);
    dispatcher().removeDeadlineSource(&later);
    QVERIFY2(dispatcher().waits() - before < 10,
             qPrintable(QString::number(dispatcher().waits() - before)));
}

void EpollDispatcherTest::readAndWriteNotifierShareOneDescriptor()
{
    const SocketPair pair;
    QSocketNotifier reader(pair.near(), QSocketNotifier::Read);
    QSocketNotifier writer(pair.near(), QSocketNotifier::Write);
    int reads = 0, writes = 0;
    connect(&reader, &QSocketNotifier::activated, this, [&] { reads += pair.takeByte() ? 1 : 0; });
    connect(&writer, &QSocketNotifier::activated, this, [&] { ++writes; });
    QTRY_VERIFY(writes >= 3);
    writer.setEnabled(false);
    pair.sendFromFar();
    QTRY_COMPARE(reads, 1);
    const int writesBefore = writes;
    pair.sendFromFar();
    QTRY_COMPARE(reads, 2);
    QCOMPARE(writes, writesBefore);
}

void EpollDispatcherTest::slotMayDeleteTheOtherNotifierOfItsDescriptor()
{
    const SocketPair pair;
    auto reader = std::make_unique<QSocketNotifier>(pair.near(), QSocketNotifier::Read);
    auto writer = std::make_unique<QSocketNotifier>(pair.near(), QSocketNotifier::Write);
    bool hasRead = false;
    connect(reader.get(), &QSocketNotifier::activated, this, [&] {
        hasRead = pair.takeByte();
        writer.reset();
    });
    runFor(1ms); // both are registered now, so that one event carries both
    pair.sendFromFar();
    QTRY_VERIFY(hasRead);
    QVERIFY(!writer);
}

void EpollDispatcherTest::reusedDescriptorIsWatchedAnew()
{
    auto first = std::make_unique<SocketPair>();
    const int number = first->near();
    auto notifier = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
    runFor(1ms);
    notifier.reset();
    first.reset();
    const SocketPair second;
    QCOMPARE(second.near(), number);
    QSocketNotifier again(second.near(), QSocketNotifier::Read);
    int reads = 0;
    connect(&again, &QSocketNotifier::activated, this, [&] { reads += second.takeByte() ? 1 : 0; });
    second.sendFromFar();
    QTRY_COMPARE(reads, 1);
}

void EpollDispatcherTest::excludedSocketsWaitWithoutSpinning()
{
    const SocketPair pair;
    QSocketNotifier notifier(pair.near(), QSocketNotifier::Read);
    int reads = 0;
    connect(&notifier, &QSocketNotifier::activated, this,
            [&] { reads += pair.takeByte() ? 1 : 0; });
    pair.sendFromFar();
    const auto before = dispatcher().waits();
    QEventLoop loop;
    QTimer::singleShot(50, &loop, &QEventLoop::quit);
    loop.exec(QEventLoop::ExcludeSocketNotifiers);
    QCOMPARE(reads, 0);
    QVERIFY(dispatcher().waits() - before < 10);
    QTRY_COMPARE(reads, 1);
}

void EpollDispatcherTest::togglingTheWriteNotifierCostsNoSystemCall()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, server.serverPort());
    QTRY_VERIFY(server.hasPendingConnections());
    const std::unique_ptr<QTcpSocket> peer(server.nextPendingConnection());
    QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
    runFor(1ms);
    const auto before = dispatcher().registrations();
    qint64 sent = 0;
    for (int i = 0; i < 50; ++i) {
        sent += socket.write("a small message");
        QTRY_COMPARE(peer->bytesAvailable(), sent);
    }
    QVERIFY2(dispatcher().registrations() - before <= 2,
             qPrintable(QString::number(dispatcher().registrations() - before)));
}

void EpollDispatcherTest::nestedLoopServesSocketsTimersAndDeadlines()
{
    const SocketPair pair;
    QSocketNotifier notifier(pair.near(), QSocketNotifier::Read);
    Ticker ticker(100us, 1000000);
    int ticksInside = 0, reads = 0;
    connect(&notifier, &QSocketNotifier::activated, this, [&] {
        if (!pair.takeByte())
            return;
        if (++reads > 1)
            return;
        pair.sendFromFar();
        const int before = ticker.ticks;
        runFor(10ms);
        ticksInside = ticker.ticks - before;
    });
    dispatcher().addDeadlineSource(&ticker);
    pair.sendFromFar();
    QTRY_VERIFY(ticksInside > 0);
    dispatcher().removeDeadlineSource(&ticker);
    QCOMPARE(reads, 2);
}

void EpollDispatcherTest::callsFromOtherThreadsAllArrive()
{
    constexpr int count = 20000;
    int arrived = 0;
    const std::unique_ptr<QThread> thread(QThread::create([&] {
        for (int i = 0; i < count; ++i)
            QMetaObject::invokeMethod(
                this, [&] { ++arrived; }, Qt::QueuedConnection);
    }));
    thread->start();
    QEventLoop loop;
    QTimer check;
    connect(&check, &QTimer::timeout, &loop, [&] {
        if (arrived == count)
            loop.quit();
    });
    check.start(1);
    QTimer::singleShot(20000, &loop, &QEventLoop::quit);
    loop.exec();
    QVERIFY(thread->wait(5000));
    QCOMPARE(arrived, count);
}

void EpollDispatcherTest::wakeUpFromAnotherThreadEndsTheWait()
{
    QEventLoop loop;
    QSemaphore isWaiting;
    const auto connection = connect(&dispatcher(), &QAbstractEventDispatcher::aboutToBlock, &loop,
                                    [&] { isWaiting.release(); });
    const std::unique_ptr<QThread> thread(QThread::create([&] {
        isWaiting.acquire();
        QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection);
    }));
    thread->start();
    loop.exec();
    QVERIFY(thread->wait(5000));
    disconnect(connection);
}

void EpollDispatcherTest::interruptFromAnotherThreadEndsTheWait()
{
    QSemaphore isWaiting;
    const auto connection = connect(&dispatcher(), &QAbstractEventDispatcher::aboutToBlock, this,
                                    [&] { isWaiting.release(); });
    EpollDispatcher *target = &dispatcher();
    const std::unique_ptr<QThread> thread(QThread::create([&, target] {
        isWaiting.acquire();
        target->interrupt();
    }));
    thread->start();
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    QVERIFY(thread->wait(5000));
    disconnect(connection);
}

void EpollDispatcherTest::processRuns()
{
    QProcess process;
    QSignalSpy finished(&process, &QProcess::finished);
    process.start(u"cat"_s, {});
    const QByteArray text(200000, 'x');
    process.write(text);
    process.closeWriteChannel();
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(process.exitCode(), 0);
    QCOMPARE(process.readAllStandardOutput(), text);
}

void EpollDispatcherTest::refusedConnectIsReported()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const quint16 port = server.serverPort();
    server.close();
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, port);
    QTRY_COMPARE(socket.error(), QAbstractSocket::ConnectionRefusedError);
}

void EpollDispatcherTest::hostNameIsLookedUp()
{
    QHostInfo found;
    QHostInfo::lookupHost(u"localhost"_s, this, [&](const QHostInfo &info) { found = info; });
    QTRY_VERIFY(!found.addresses().isEmpty());
    QVERIFY(found.addresses().constFirst().isLoopback());
}

void EpollDispatcherTest::largeTransferArrivesWhole()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, server.serverPort());
    QTRY_VERIFY(server.hasPendingConnections());
    const std::unique_ptr<QTcpSocket> peer(server.nextPendingConnection());
    constexpr qsizetype size = 32 * 1024 * 1024;
    qsizetype received = 0;
    bool isIntact = true;
    QEventLoop loop;
    connect(peer.get(), &QTcpSocket::readyRead, &loop, [&] {
        const QByteArray part = peer->readAll();
        for (const char byte : part)
            isIntact = isIntact && byte == static_cast<char>((received++) % 251);
        if (received == size)
            loop.quit();
    });
    QByteArray data(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i)
        data[i] = static_cast<char>(i % 251);
    socket.write(data);
    QTimer::singleShot(60000, &loop, &QEventLoop::quit);
    loop.exec();
    QCOMPARE(received, size);
    QVERIFY(isIntact);
}

void EpollDispatcherTest::threadWithoutStartLeavesNothingBehind()
{
    auto thread = std::make_unique<LoadThread>(u"load"_s);
    const QPointer<QAbstractEventDispatcher> owned =
        QAbstractEventDispatcher::instance(thread.get());
    QVERIFY(owned);
    thread.reset();
    QVERIFY(!owned);
}

#ifdef __SANITIZE_THREAD__
/// QProcess forks, and Qt has threads of its own by then.
extern "C" const char *__tsan_default_options() // NOLINT(bugprone-reserved-identifier)
{
    return "die_after_fork=0";
}
#endif

int main(int argc, char **argv)
{
    QCoreApplication::setEventDispatcher(new EpollDispatcher);
    const QCoreApplication app(argc, argv);
    EpollDispatcherTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_epolldispatcher.moc"
