#include "target/ballast.h"
#include "target/childsetup.h"
#include "target/targettools.h"

#include <QSignalSpy>
#include <QTest>

#include <csignal>
#include <memory>
#include <unistd.h>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

const QString program = QStringLiteral(LOWTIDE_BIN_DIR "/lowtide-ballast");

BallastOptions onHost(double boundMb)
{
    BallastOptions options;
    options.bound = Bytes::fromMb(boundMb);
    options.timeLimit = std::chrono::seconds(60);
    options.program = program;
    return options;
}

qint64 rssOf(qint64 pid)
{
    return parseProcessStatus(readTestFile(u"/proc/%1/status"_s.arg(pid))).rssBytes.value_or(0);
}

} // namespace

class BallastTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void holdsWhatItIsTold();
    void neverAboveItsBound();
    void onTheHostNeverMoreThanHalfOfWhatIsThere();
    void orderBeforeItRunsIsKept();
    void releaseGivesAllBack();
    void releaseEndsOneThatHangs();
    void releaseWithoutStartIsAnswered();
    void diesBeforeTheService();
    void endsByItsOwnTimeLimit();
    void missingProgramIsNamed();
    void cgroupThatCannotBeJoinedIsRefused();
    void weighsOnTheCgroup();
    void runningOutOfMemoryLeavesTheServiceAlive();
    void aKillByHandIsNotCalledOutOfMemory();
    void killedParentTakesItAlong();

    void programEndsWithItsStdin();
    void programIgnoresInterrupts();
    void programAnswersEveryLine();
    void programRefusesNonsense_data();
    void programRefusesNonsense();

private:
    void release(Ballast &ballast) const;
};

void BallastTest::release(Ballast &ballast) const
{
    QSignalSpy released(&ballast, &Ballast::released);
    ballast.release();
    QVERIFY(released.wait(10000));
    QCOMPARE(released.count(), 1);
    QVERIFY(!ballast.isRunning());
    QCOMPARE(ballast.heldBytes(), Bytes());
}

void BallastTest::holdsWhatItIsTold()
{
    Ballast ballast(onHost(64));
    QSignalSpy held(&ballast, &Ballast::held);
    QVERIFY(ballast.start());
    QCOMPARE(ballast.where(), u"host"_s);
    QCOMPARE(ballast.grow(Bytes::fromMb(24)), Bytes::fromMb(24));
    QTRY_COMPARE(ballast.heldBytes(), Bytes::fromMb(24));
    const qint64 full = rssOf(ballast.pid());
    QVERIFY(full >= Bytes::fromMb(24).count());
    QVERIFY2(full < Bytes::fromMb(26).count(), "the program itself is small");
    QCOMPARE(ballast.grow(Bytes::fromMb(8.7)), Bytes::fromMb(8));
    QTRY_COMPARE(ballast.heldBytes(), Bytes::fromMb(8));
    QVERIFY(rssOf(ballast.pid()) < Bytes::fromMb(10).count());
    QCOMPARE(held.last().first().value<Bytes>(), Bytes::fromMb(8));
    release(ballast);
}

void BallastTest::neverAboveItsBound()
{
    Ballast ballast(onHost(10));
    QVERIFY(ballast.start());
    QCOMPARE(ballast.grow(Bytes::fromMb(5000)), Bytes::fromMb(10));
    QTRY_COMPARE(ballast.heldBytes(), Bytes::fromMb(10));
    QCOMPARE(ballast.grow(Bytes(-5)), Bytes());
    QTRY_COMPARE(ballast.heldBytes(), Bytes());
    release(ballast);
}

void BallastTest::onTheHostNeverMoreThanHalfOfWhatIsThere()
{
    // Not started: only what it would ask for is of interest.
    Ballast ballast(onHost(1e9));
    const qint64 total = parseMeminfo(readTestFile(u"/proc/meminfo"_s), "MemTotal").value_or(0);
    const Bytes allowed = ballast.grow(Bytes(total));
    QVERIFY(allowed.count() > 0);
    QVERIFY(allowed.count() <= total / 2);
}

void BallastTest::orderBeforeItRunsIsKept()
{
    Ballast ballast(onHost(10));
    QCOMPARE(ballast.grow(Bytes::fromMb(3)), Bytes::fromMb(3));
    QVERIFY(ballast.start());
    QTRY_COMPARE(ballast.heldBytes(), Bytes::fromMb(3));
    release(ballast);
}

void BallastTest::releaseGivesAllBack()
{
    Ballast ballast(onHost(10));
    QSignalSpy died(&ballast, &Ballast::died);
    QVERIFY(ballast.start());
    ballast.grow(Bytes::fromMb(10));
    QTRY_COMPARE(ballast.heldBytes(), Bytes::fromMb(10));
    const qint64 pid = ballast.pid();
    release(ballast);
    QVERIFY(!isAlive(pid));
    QCOMPARE(died.count(), 0);
}

void BallastTest::releaseEndsOneThatHangs()
{
    Ballast ballast(onHost(10));
    QVERIFY(ballast.start());
    QTRY_VERIFY(ballast.pid() > 0);
    ::kill(static_cast<pid_t>(ballast.pid()), SIGSTOP);
    release(ballast);
}

void BallastTest::releaseWithoutStartIsAnswered()
{
    Ballast ballast(onHost(10));
    release(ballast);
}

void BallastTest::diesBeforeTheService()
{
    Ballast ballast(onHost(10));
    QVERIFY(ballast.start());
    ballast.grow(Bytes::fromMb(1));
    QTRY_COMPARE(ballast.heldBytes(), Bytes::fromMb(1));
    QCOMPARE(readTestFile(u"/proc/%1/oom_score_adj"_s.arg(ballast.pid())), "1000\n");
    release(ballast);
}

void BallastTest::endsByItsOwnTimeLimit()
{
    BallastOptions options = onHost(10);
    options.timeLimit = std::chrono::seconds(1);
    Ballast ballast(options);
    QSignalSpy died(&ballast, &Ballast::died);
    QVERIFY(ballast.start());
    ballast.grow(Bytes::fromMb(2));
    QVERIFY(died.wait(10000));
    QVERIFY(died.first().first().toString().contains("time limit"_L1));
    QCOMPARE(died.first().at(1).toBool(), false);
    QCOMPARE(ballast.heldBytes(), Bytes());
    release(ballast);
}

void BallastTest::missingProgramIsNamed()
{
    qputenv("LOWTIDE_BALLAST", "/nowhere/ballast");
    BallastOptions options = onHost(10);
    options.program.clear();
    Ballast ballast(options);
    const auto started = ballast.start();
    qunsetenv("LOWTIDE_BALLAST");
    QVERIFY(!started);
    QCOMPARE(started.error().where, u"/nowhere/ballast"_s);
}

void BallastTest::cgroupThatCannotBeJoinedIsRefused()
{
    const CgroupHost host;
    if (const auto available = host.available(); !available)
        QSKIP(qPrintable(available.error().text()));
    auto scope = std::move(host.create(u"joined"_s, {})).value();
    QSignalSpy removed(scope.get(), &CgroupScope::removed);
    scope->remove();
    QVERIFY(removed.wait(10000));
    BallastOptions options = onHost(10);
    options.cgroup = scope.get();
    Ballast ballast(options);
    const auto started = ballast.start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::Refused);
}

void BallastTest::weighsOnTheCgroup()
{
    const CgroupHost host;
    if (const auto available = host.available(); !available)
        QSKIP(qPrintable(available.error().text()));
    auto scope = std::move(host.create(u"weight"_s, {Bytes::fromMb(64), {}})).value();
    BallastOptions options = onHost(40);
    options.cgroup = scope.get();
    Ballast ballast(options);
    QVERIFY(ballast.start());
    QCOMPARE(ballast.where(), u"cgroup"_s);
    ballast.grow(Bytes::fromMb(20));
    QTRY_COMPARE(ballast.heldBytes(), Bytes::fromMb(20));
    QVERIFY(scope->usage().memoryBytes >= Bytes::fromMb(20).count());
    release(ballast);
    QTRY_VERIFY(scope->usage().memoryBytes < Bytes::fromMb(10).count());
}

void BallastTest::runningOutOfMemoryLeavesTheServiceAlive()
{
    const CgroupHost host;
    if (const auto available = host.available(); !available)
        QSKIP(qPrintable(available.error().text()));
    auto scope = std::move(host.create(u"oom"_s, {Bytes::fromMb(32), {}})).value();
    QProcess service;
    service.setChildProcessModifier(childSetup(scope->joinPaths()));
    service.start(u"sleep"_s, {u"300"_s});
    QVERIFY(service.waitForStarted());
    QVERIFY(scope->adopt(service.processId()));
    BallastOptions options = onHost(64);
    options.cgroup = scope.get();
    Ballast ballast(options);
    QSignalSpy died(&ballast, &Ballast::died);
    QVERIFY(ballast.start());
    ballast.grow(Bytes::fromMb(64));
    QVERIFY(died.wait(20000));
    QCOMPARE(died.first().at(1).toBool(), true);
    QVERIFY(died.first().first().toString().contains("The kernel killed the ballast"_L1));
    QVERIFY(scope->usage().oomKills >= 1);
    QVERIFY(isAlive(service.processId()));
    service.kill();
    service.waitForFinished();
}

void BallastTest::aKillByHandIsNotCalledOutOfMemory()
{
    Ballast ballast(onHost(10));
    QSignalSpy died(&ballast, &Ballast::died);
    QVERIFY(ballast.start());
    QTRY_VERIFY(ballast.pid() > 0);
    ::kill(static_cast<pid_t>(ballast.pid()), SIGTERM);
    QVERIFY(died.wait(10000));
    QCOMPARE(died.first().at(1).toBool(), false);
    QVERIFY(died.first().first().toString().contains("SIGTERM"_L1));
}

void BallastTest::killedParentTakesItAlong()
{
    QProcess owner;
    owner.start(QCoreApplication::applicationFilePath(), {u"--own-ballast"_s});
    QVERIFY(owner.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(owner.canReadLine(), 20000);
    const qint64 pid = owner.readLine().trimmed().toLongLong();
    QVERIFY(isAlive(pid));
    owner.kill();
    QVERIFY(owner.waitForFinished());
    QTRY_VERIFY(!isAlive(pid));
}

void BallastTest::programEndsWithItsStdin()
{
    QProcess process;
    process.start(program, {u"60"_s});
    QVERIFY(process.waitForStarted());
    process.write("4\n");
    QTRY_COMPARE(process.bytesAvailable(), 7);
    QCOMPARE(process.readAll(), "held 4\n");
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
}

void BallastTest::programIgnoresInterrupts()
{
    QProcess process;
    process.start(program, {u"60"_s});
    QVERIFY(process.waitForStarted());
    process.write("1\n");
    QTRY_COMPARE(process.bytesAvailable(), 7);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    process.write("2\n");
    QTRY_COMPARE(process.bytesAvailable(), 14);
    QCOMPARE(process.readAll(), "held 1\nheld 2\n");
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
}

void BallastTest::programAnswersEveryLine()
{
    QProcess process;
    process.start(program, {u"60"_s});
    QVERIFY(process.waitForStarted());
    process.write("300\n5\n0\n6\n");
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
    const QList<QByteArray> lines = process.readAll().split('\n');
    // The last may be cut off by the end of stdin; each that was replaced has been answered before
    // it.
    QVERIFY(lines.size() >= 4);
    for (const QByteArray &line : lines.first(3))
        QVERIFY(line.startsWith("held "));
}

void BallastTest::programRefusesNonsense_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("input");
    QTest::newRow("no time limit") << QStringList() << QByteArray();
    QTest::newRow("a time limit of zero") << QStringList{u"0"_s} << QByteArray();
    QTest::newRow("words for a time limit") << QStringList{u"1h"_s} << QByteArray();
    QTest::newRow("words") << QStringList{u"60"_s} << QByteArray("much\n");
    QTest::newRow("a negative number") << QStringList{u"60"_s} << QByteArray("-1\n");
    QTest::newRow("more than there is")
        << QStringList{u"60"_s} << QByteArray("99999999999999999999\n");
    QTest::newRow("an endless line") << QStringList{u"60"_s} << QByteArray(1000, '1');
    QTest::newRow("zero bytes") << QStringList{u"60"_s} << QByteArray(10, '\0');
}

void BallastTest::programRefusesNonsense()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, input);
    QProcess process;
    process.start(program, arguments);
    QVERIFY(process.waitForStarted());
    process.write(input);
    QVERIFY(process.waitForFinished(10000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 2);
}

namespace {

/// The other side of killedParentTakesItAlong.
int ownBallast()
{
    Ballast ballast(onHost(10));
    QObject::connect(&ballast, &Ballast::held, &ballast, [&ballast] {
        const QByteArray line = QByteArray::number(ballast.pid()) + '\n';
        [[maybe_unused]] const ssize_t written =
            ::write(STDOUT_FILENO, line.constData(), static_cast<size_t>(line.size()));
    });
    ballast.grow(Bytes::fromMb(4));
    if (!ballast.start())
        return 1;
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    if (QCoreApplication::arguments().contains("--own-ballast"_L1))
        return ownBallast();
    BallastTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_ballast.moc"
