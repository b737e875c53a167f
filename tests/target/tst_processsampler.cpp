#include "target/cgroup.h"
#include "target/childsetup.h"
#include "target/processsampler.h"
#include "target/selfsampler.h"
#include "target/targettools.h"

#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <unistd.h>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

/// One process of a recorded /proc. Memory in kB.
struct Recorded {
    qint64 pid = 0, parent = 1, user = 0, reaped = 0, start = 100, rss = 0, peak = 0, written = 0;
    char state = 'S';
    QByteArray children;
};

class RecordedProc {
public:
    [[nodiscard]] QString path() const { return m_tree.path(); }
    void put(const Recorded &process)
    {
        const QString folder = u"%1/%2"_s.arg(m_tree.path()).arg(process.pid);
        const auto number = [](qint64 value) { return QByteArray::number(value); };
        writeTestFile(folder + u"/stat"_s,
                      number(process.pid) + " (a b) " + process.state + ' ' + number(process.parent)
                          + " 1 1 0 -1 0 0 0 0 0 " + number(process.user) + " 0 "
                          + number(process.reaped) + " 0 20 0 1 0 " + number(process.start)
                          + " 1 1 1\n");
        writeTestFile(folder + u"/status"_s,
                      "Name:\ta b\nVmHWM:\t" + number(process.peak) + " kB\nVmRSS:\t"
                          + number(process.rss) + " kB\n");
        writeTestFile(folder + u"/io"_s,
                      "read_bytes: 0\nwrite_bytes: " + number(process.written) + '\n');
        writeTestFile(folder + u"/task/%1/children"_s.arg(process.pid), process.children);
    }
    void remove(qint64 pid) { QDir(u"%1/%2"_s.arg(m_tree.path()).arg(pid)).removeRecursively(); }
    void linkNetwork(const QString &pid, const QByteArray &name)
    {
        QDir().mkpath(u"%1/%2/ns"_s.arg(m_tree.path(), pid));
        const QString link = u"%1/%2/ns/net"_s.arg(m_tree.path(), pid);
        QVERIFY(::symlink(name.constData(), qPrintable(link)) == 0);
    }

private:
    QTemporaryDir m_tree;
};

const SteadyTime began{std::chrono::seconds(1000)};

ProcessEvent lookAt(ProcessTree &tree, int second)
{
    ProcessEvent event;
    tree.look(event, began + std::chrono::seconds(second));
    return event;
}

std::unique_ptr<ProcessTree> treeOf(qint64 pid, const RecordedProc &proc)
{
    auto tree = ProcessTree::of(pid, proc.path());
    return tree ? std::move(tree).value() : nullptr;
}

double ticksPerSecond() { return static_cast<double>(::sysconf(_SC_CLK_TCK)); }

} // namespace

class ProcessSamplerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void memoryIsSummedOverTheTree();
    void processorTimeIsADifference();
    void childrenThatWereWaitedForStayCounted();
    void childrenThatNobodyWaitedForTakeNothingBack();
    void writtenBytesNeverFall();
    void anotherProcessWithTheSamePidIsNotOurs();
    void zombiesAreGone();
    void networkIsLeftOutInOurOwnNamespace();
    void networkOfAnotherNamespaceIsTold();

    void samplesARealTree();
    void vanishedIsSaidOnce();
    void noSuchProcessIsAnError();
    void unwatchedIsSilent();
    void ballastAndCgroupStandBeside();
    void selfSampleIsOfThisProcess();
};

void ProcessSamplerTest::memoryIsSummedOverTheTree()
{
    RecordedProc proc;
    proc.put({.pid = 10, .rss = 1000, .peak = 3000, .children = "11 12 "});
    proc.put({.pid = 11, .parent = 10, .rss = 200, .peak = 9000, .children = "13 "});
    proc.put({.pid = 12, .parent = 10, .rss = 30});
    proc.put({.pid = 13, .parent = 11, .rss = 4});
    proc.put({.pid = 99, .rss = 50000});
    const auto tree = treeOf(10, proc);
    const ProcessEvent event = lookAt(*tree, 0);
    QCOMPARE(event.memoryBytes, std::optional<qint64>(1234 * 1024));
    QCOMPARE(event.peakMemoryBytes, std::optional<qint64>(3000 * 1024));
    QVERIFY(event.alive);
}

void ProcessSamplerTest::processorTimeIsADifference()
{
    RecordedProc proc;
    const auto second = static_cast<qint64>(ticksPerSecond());
    proc.put({.pid = 10, .user = 500 * second, .children = "11"});
    proc.put({.pid = 11, .parent = 10, .user = 70 * second});
    const auto tree = treeOf(10, proc);
    QCOMPARE(lookAt(*tree, 0).cpuPercent, std::nullopt);
    proc.put({.pid = 10, .user = 501 * second, .children = "11"});
    proc.put({.pid = 11, .parent = 10, .user = 72 * second});
    QCOMPARE(lookAt(*tree, 2).cpuPercent, std::optional(150.0));
    QCOMPARE(lookAt(*tree, 3).cpuPercent, std::optional(0.0));
}

void ProcessSamplerTest::childrenThatWereWaitedForStayCounted()
{
    RecordedProc proc;
    const auto second = static_cast<qint64>(ticksPerSecond());
    proc.put({.pid = 10, .children = "11"});
    proc.put({.pid = 11, .parent = 10, .user = 7 * second});
    const auto tree = treeOf(10, proc);
    lookAt(*tree, 0);
    // It used one second more, ended, and its parent waited for it.
    proc.remove(11);
    proc.put({.pid = 10, .reaped = 8 * second});
    QCOMPARE(lookAt(*tree, 1).cpuPercent, std::optional(100.0));
}

void ProcessSamplerTest::childrenThatNobodyWaitedForTakeNothingBack()
{
    RecordedProc proc;
    const auto second = static_cast<qint64>(ticksPerSecond());
    proc.put({.pid = 10, .children = "11"});
    proc.put({.pid = 11, .parent = 10, .user = 7 * second});
    const auto tree = treeOf(10, proc);
    lookAt(*tree, 0);
    proc.remove(11);
    proc.put({.pid = 10, .user = second / 2});
    QCOMPARE(lookAt(*tree, 1).cpuPercent, std::optional(50.0));
}

void ProcessSamplerTest::writtenBytesNeverFall()
{
    RecordedProc proc;
    proc.put({.pid = 10, .written = 100, .children = "11"});
    proc.put({.pid = 11, .parent = 10, .written = 4000});
    const auto tree = treeOf(10, proc);
    QCOMPARE(lookAt(*tree, 0).diskWrittenBytes, std::optional<qint64>(4100));
    proc.remove(11);
    proc.put({.pid = 10, .written = 150});
    QVERIFY(lookAt(*tree, 1).diskWrittenBytes >= 4100);
    proc.put({.pid = 10, .written = 250});
    QCOMPARE(lookAt(*tree, 2).diskWrittenBytes, std::optional<qint64>(4200));
}

void ProcessSamplerTest::anotherProcessWithTheSamePidIsNotOurs()
{
    RecordedProc proc;
    proc.put({.pid = 10, .start = 100, .rss = 1000});
    const auto tree = treeOf(10, proc);
    proc.put({.pid = 10, .start = 200, .rss = 1000});
    const ProcessEvent event = lookAt(*tree, 1);
    QVERIFY(!event.alive);
    QCOMPARE(event.memoryBytes, std::nullopt);
}

void ProcessSamplerTest::zombiesAreGone()
{
    RecordedProc proc;
    proc.put({.pid = 10});
    const auto tree = treeOf(10, proc);
    proc.put({.pid = 10, .state = 'Z'});
    QVERIFY(!lookAt(*tree, 1).alive);
    QVERIFY(treeOf(10, proc) == nullptr);
}

void ProcessSamplerTest::networkIsLeftOutInOurOwnNamespace()
{
    RecordedProc proc;
    proc.put({.pid = 10});
    proc.linkNetwork(u"10"_s, "net:[1]");
    proc.linkNetwork(u"self"_s, "net:[1]");
    writeTestFile(proc.path() + u"/10/net/dev"_s,
                  " face |bytes |bytes\n eth0: 5 0 0 0 0 0 0 0 6 0 0 0 0 0 0 0\n");
    QCOMPARE(lookAt(*treeOf(10, proc), 0).networkReceivedBytes, std::nullopt);
}

void ProcessSamplerTest::networkOfAnotherNamespaceIsTold()
{
    RecordedProc proc;
    proc.put({.pid = 10});
    proc.linkNetwork(u"10"_s, "net:[2]");
    proc.linkNetwork(u"self"_s, "net:[1]");
    writeTestFile(proc.path() + u"/10/net/dev"_s,
                  " face |bytes |bytes\n eth0: 5 0 0 0 0 0 0 0 6 0 0 0 0 0 0 0\n");
    const ProcessEvent event = lookAt(*treeOf(10, proc), 0);
    QCOMPARE(event.networkReceivedBytes, std::optional<qint64>(5));
    QCOMPARE(event.networkSentBytes, std::optional<qint64>(6));
}

void ProcessSamplerTest::samplesARealTree()
{
    QProcess service;
    service.start(u"/bin/sh"_s, {u"-c"_s, u"(while :; do :; done) & echo; wait"_s});
    QVERIFY(service.waitForStarted());
    QTRY_VERIFY(service.canReadLine());
    ProcessSampler sampler;
    QSignalSpy sampled(&sampler, &ProcessSampler::sampled);
    QVERIFY(sampler.watch(u"busy"_s, service.processId()));
    sampler.start();
    QVERIFY(sampled.wait(10000));
    QVERIFY(sampled.wait(10000));
    const auto event = sampled.last().first().value<ProcessEvent>();
    QCOMPARE(event.service, u"busy"_s);
    QCOMPARE(event.pid, service.processId());
    // The shell itself waits: what is used is used by its child.
    QVERIFY(event.cpuPercent > 1.0);
    QVERIFY(event.cpuPercent < 110.0);
    QVERIFY(event.memoryBytes > 100000);
    QVERIFY(event.peakMemoryBytes > 100000);
    QVERIFY(event.diskReadBytes.has_value());
    QCOMPARE(event.networkReceivedBytes, std::nullopt);
    QCOMPARE(event.cgroupMemoryBytes, std::nullopt);
    QCOMPARE(event.ballastBytes, std::nullopt);
    const QByteArray child =
        readTestFile(u"/proc/%1/task/%1/children"_s.arg(service.processId())).trimmed();
    service.kill();
    QVERIFY(service.waitForFinished());
    ::kill(child.toInt(), SIGKILL);
}

void ProcessSamplerTest::vanishedIsSaidOnce()
{
    QProcess service;
    service.start(u"sleep"_s, {u"300"_s});
    QVERIFY(service.waitForStarted());
    ProcessSampler sampler;
    QSignalSpy sampled(&sampler, &ProcessSampler::sampled);
    QSignalSpy vanished(&sampler, &ProcessSampler::vanished);
    QVERIFY(sampler.watch(u"bot"_s, service.processId()));
    sampler.sampleNow();
    QCOMPARE(vanished.count(), 0);
    service.kill();
    QVERIFY(service.waitForFinished());
    sampler.sampleNow();
    sampler.sampleNow();
    QCOMPARE(sampled.count(), 2);
    QVERIFY(!sampled.last().first().value<ProcessEvent>().alive);
    QCOMPARE(vanished.count(), 1);
    QCOMPARE(vanished.first().first().toString(), u"bot"_s);
}

void ProcessSamplerTest::noSuchProcessIsAnError()
{
    QProcess gone;
    gone.start(u"true"_s, {});
    QVERIFY(gone.waitForStarted());
    const qint64 pid = gone.processId();
    QVERIFY(gone.waitForFinished());
    ProcessSampler sampler;
    const auto watched = sampler.watch(u"bot"_s, pid);
    QVERIFY(!watched);
    QCOMPARE(watched.error().code, ErrorCode::Unreachable);
    QVERIFY(!sampler.watch(u"bot"_s, -1));
}

void ProcessSamplerTest::unwatchedIsSilent()
{
    ProcessSampler sampler;
    QSignalSpy sampled(&sampler, &ProcessSampler::sampled);
    QVERIFY(sampler.watch(u"self"_s, ::getpid()));
    QVERIFY(sampler.watch(u"self"_s, ::getpid()));
    sampler.sampleNow();
    QCOMPARE(sampled.count(), 1);
    sampler.unwatch(u"self"_s);
    sampler.sampleNow();
    QCOMPARE(sampled.count(), 1);
}

void ProcessSamplerTest::ballastAndCgroupStandBeside()
{
    const CgroupHost host;
    if (const auto available = host.available(); !available)
        QSKIP(qPrintable(available.error().text()));
    auto scope = std::move(host.create(u"sampled"_s, {Bytes::fromMb(50), 0.5})).value();
    QProcess service;
    service.setChildProcessModifier(childSetup(scope->joinPaths()));
    service.start(u"sleep"_s, {u"300"_s});
    QVERIFY(service.waitForStarted());
    ProcessSampler sampler;
    QSignalSpy sampled(&sampler, &ProcessSampler::sampled);
    QVERIFY(sampler.watch(u"bot"_s, service.processId(), scope.get()));
    sampler.setBallast(u"bot"_s, Bytes::fromMb(7));
    sampler.sampleNow();
    auto event = sampled.last().first().value<ProcessEvent>();
    QCOMPARE(event.memoryLimitBytes, std::optional<qint64>(50 * 1048576));
    QCOMPARE(event.cpuLimitCores, std::optional(0.5));
    QCOMPARE(event.ballastBytes, std::optional<qint64>(7 * 1048576));
    QCOMPARE(event.oomKills, std::optional<qint64>(0));
    QVERIFY(event.cgroupMemoryBytes.has_value());
    QVERIFY(event.throttledPeriods.has_value());
    scope.reset();
    QVERIFY(service.waitForFinished());
    sampler.sampleNow();
    event = sampled.last().first().value<ProcessEvent>();
    QVERIFY(!event.alive);
    QCOMPARE(event.memoryLimitBytes, std::nullopt);
}

void ProcessSamplerTest::selfSampleIsOfThisProcess()
{
    SelfSampler sampler;
    const GeneratorEvent first = sampler.sample();
    QVERIFY(first.memoryBytes > 1000000);
    QVERIFY(first.peakMemoryBytes >= first.memoryBytes / 2);
    QVERIFY(first.descriptors > 2);
    QFile another(u"/dev/null"_s);
    QVERIFY(another.open(QIODevice::ReadOnly));
    QCOMPARE(sampler.sample().descriptors, first.descriptors + 1);
    // Busy for as long as it takes to be seen.
    SelfSampler busy;
    const SteadyTime until = steadyNow() + std::chrono::milliseconds(200);
    while (steadyNow() < until) { }
    const double percent = busy.sample().cpuPercent;
    QVERIFY(percent > 1.0);
    QVERIFY(percent < 250.0);
}

QTEST_GUILESS_MAIN(ProcessSamplerTest)
#include "tst_processsampler.moc"
