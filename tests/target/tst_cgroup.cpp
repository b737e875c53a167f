#include "target/cgroup.h"
#include "target/childsetup.h"
#include "target/targettools.h"

#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

/// A machine as it looks in /proc and /sys, in a folder.
class RecordedMachine {
public:
    RecordedMachine(const QByteArray &mountinfo, const QByteArray &cgroup)
    {
        writeTestFile(path(u"/proc/self/mountinfo"_s), mountinfo);
        writeTestFile(path(u"/proc/self/cgroup"_s), cgroup);
    }
    [[nodiscard]] QString path(const QString &below) const { return m_tree.path() + below; }
    void addV2Group(const QString &folder, const QByteArray &handedDown)
    {
        writeTestFile(path(folder + u"/cgroup.procs"_s), {});
        writeTestFile(path(folder + u"/cgroup.controllers"_s), "cpu io memory pids\n");
        writeTestFile(path(folder + u"/cgroup.subtree_control"_s), handedDown);
    }

private:
    QTemporaryDir m_tree;
};

const char *const v2Mount = "29 23 0:26 / /cg rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const char *const v1Mounts = "32 31 0:29 / /cg/cpu rw - cgroup cgroup rw,cpu\n"
                             "35 31 0:32 / /cg/memory rw - cgroup cgroup rw,memory\n";

bool isInside(const QString &procsFile, qint64 pid)
{
    return readTestFile(procsFile).split('\n').contains(QByteArray::number(pid));
}

} // namespace

class CgroupTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void noCgroupsAreNamedAsTheReason();
    void v2GroupsStandWhereControllersAreHandedDown();
    void v2LimitsAreWritten();
    void v2IsNotLeftUpwardsWhereWeAreLimited();
    void v1LimitsAreWrittenInEachHierarchy();
    void systemdScopesGoByTheirLaunchPrefix();
    void namesAreCleanedAndKeptApart();
    void limitsTooSmallAreRefused();

    void realLimitsHold();
    void removingEndsWhatIsInside();
    void destroyingRemovesToo();
    void leftoversOfTheDeadAreRemoved();
    void failureLeavesNothingBehind();
    void memoryAloneCanBeJoined();

private:
    [[nodiscard]] static QString whyNoRealCgroups();
};

QString CgroupTest::whyNoRealCgroups()
{
    const CgroupHost host;
    const auto available = host.available();
    if (!available)
        return available.error().text();
    return host.way() == CgroupWay::SystemdScope ? u"only through systemd here"_s : QString();
}

void CgroupTest::noCgroupsAreNamedAsTheReason()
{
    const RecordedMachine machine("", "");
    const CgroupHost host(machine.path({}));
    QCOMPARE(host.way(), CgroupWay::None);
    QCOMPARE(host.available().error().code, ErrorCode::Refused);
    QVERIFY(host.available().error().message.contains("No cgroups"_L1));
    QVERIFY(!host.create(u"x"_s, {}));
}

void CgroupTest::v2GroupsStandWhereControllersAreHandedDown()
{
    RecordedMachine machine(v2Mount, "0::/user.slice/session-2.scope\n");
    machine.addV2Group(u"/cg/user.slice/session-2.scope"_s, "pids\n");
    // As for a group with processes: writing does not make it hand anything down.
    machine.addV2Group(u"/cg/user.slice"_s, "cpu memory pids\n");
    machine.addV2Group(u"/cg"_s, "cpu memory pids\n");
    ::unlink(qPrintable(machine.path(u"/cg/user.slice/session-2.scope/cgroup.controllers"_s)));
    const CgroupHost host(machine.path({}));
    QCOMPARE(host.way(), CgroupWay::V2);
    const auto scope = host.create(u"bot"_s, {});
    QVERIFY(scope);
    QCOMPARE(
        (*scope)->joinPaths(),
        QStringList(machine.path(u"/cg/user.slice/lowtide-%1-bot/cgroup.procs"_s.arg(::getpid()))));
}

void CgroupTest::v2LimitsAreWritten()
{
    RecordedMachine machine(v2Mount, "0::/\n");
    machine.addV2Group(u"/cg"_s, "cpu memory\n");
    const CgroupHost host(machine.path({}));
    const auto scope = host.create(u"bot"_s, {Bytes::fromMb(48), 0.4});
    QVERIFY(scope);
    const QString folder = machine.path(u"/cg/lowtide-%1-bot"_s.arg(::getpid()));
    QCOMPARE(readTestFile(folder + u"/memory.max"_s), "50331648");
    QCOMPARE(readTestFile(folder + u"/cpu.max"_s), "40000 100000");
    QCOMPARE((*scope)->usage().memoryLimitBytes, std::optional<qint64>(50331648));
    QCOMPARE((*scope)->usage().cpuLimitCores, std::optional(0.4));
    writeTestFile(machine.path(u"/proc/77/cgroup"_s),
                  "0::/lowtide-" + QByteArray::number(::getpid()) + "-bot\n");
    writeTestFile(machine.path(u"/proc/78/cgroup"_s), "0::/elsewhere\n");
    QVERIFY((*scope)->adopt(77));
    QVERIFY((*scope)->accountsMemoryOf(77));
    QVERIFY(!(*scope)->adopt(78));
    QVERIFY(!(*scope)->accountsMemoryOf(78));
}

void CgroupTest::v2IsNotLeftUpwardsWhereWeAreLimited()
{
    RecordedMachine machine(v2Mount, "0::/box\n");
    machine.addV2Group(u"/cg/box"_s, "\n");
    ::unlink(qPrintable(machine.path(u"/cg/box/cgroup.controllers"_s)));
    machine.addV2Group(u"/cg"_s, "cpu memory\n");
    QCOMPARE(CgroupHost(machine.path({})).way(), CgroupWay::V2);
    writeTestFile(machine.path(u"/cg/box/memory.max"_s), "1000000\n");
    QVERIFY(CgroupHost(machine.path({})).way() != CgroupWay::V2);
}

void CgroupTest::v1LimitsAreWrittenInEachHierarchy()
{
    const RecordedMachine machine(v1Mounts, "4:memory:/api/1\n1:cpu:/\n");
    writeTestFile(machine.path(u"/cg/cpu/tasks"_s), {});
    writeTestFile(machine.path(u"/cg/memory/api/1/tasks"_s), {});
    const CgroupHost host(machine.path({}));
    QCOMPARE(host.way(), CgroupWay::V1);
    const auto scope = host.create(u"bot"_s, {Bytes::fromMb(32), 0.25});
    QVERIFY(scope);
    const QString name = u"/lowtide-%1-bot"_s.arg(::getpid());
    QCOMPARE(readTestFile(machine.path(u"/cg/memory/api/1"_s + name + u"/memory.limit_in_bytes"_s)),
             "33554432");
    QCOMPARE(readTestFile(machine.path(u"/cg/cpu"_s + name + u"/cpu.cfs_quota_us"_s)), "25000");
    QCOMPARE((*scope)->memoryJoinPaths(),
             QStringList(machine.path(u"/cg/memory/api/1"_s + name + u"/cgroup.procs"_s)));
    QCOMPARE((*scope)->joinPaths().size(), 2);
}

void CgroupTest::systemdScopesGoByTheirLaunchPrefix()
{
    RecordedMachine machine(v2Mount, "0::/user.slice/session-2.scope\n");
    const QString uid = QString::number(::getuid());
    const QString manager = u"/user.slice/user-%1.slice/user@%1.service"_s.arg(uid);
    writeTestFile(machine.path(u"/cg"_s + manager + u"/cgroup.controllers"_s), "cpu memory pids\n");
    writeTestFile(machine.path(u"/run/user/me/systemd/private"_s), {});
    QTemporaryDir programs;
    writeTestFile(programs.filePath(u"systemd-run"_s), "#!/bin/sh\n");
    ::chmod(qPrintable(programs.filePath(u"systemd-run"_s)), 0755);
    const QByteArray oldPath = qgetenv("PATH");
    qputenv("PATH", programs.path().toLocal8Bit());
    qputenv("XDG_RUNTIME_DIR", "/run/user/me");
    const CgroupHost host(machine.path({}));
    qputenv("PATH", oldPath);
    qunsetenv("XDG_RUNTIME_DIR");
    QCOMPARE(host.way(), CgroupWay::SystemdScope);
    const auto scope = host.create(u"bot"_s, {Bytes::fromMb(48), 0.333});
    QVERIFY(scope);
    const QString unit = (*scope)->name();
    QCOMPARE(
        (*scope)->launchPrefix(),
        (QStringList{u"systemd-run"_s, u"--user"_s, u"--scope"_s, u"--quiet"_s, u"--collect"_s,
                     u"--unit="_s + unit, u"--property=MemoryMax=50331648"_s,
                     u"--property=MemorySwapMax=0"_s, u"--property=CPUQuota=33.30%"_s, u"--"_s}));
    QVERIFY((*scope)->joinPaths().isEmpty());
    const QString folder = manager + u"/app.slice/"_s + unit;
    writeTestFile(machine.path(u"/proc/77/cgroup"_s), "0::" + folder.toUtf8() + '\n');
    writeTestFile(machine.path(u"/cg"_s + folder + u"/memory.max"_s), "50331648\n");
    QVERIFY2(!(*scope)->adopt(77), "the CPU limit is not there");
    writeTestFile(machine.path(u"/cg"_s + folder + u"/cpu.max"_s), "33300 100000\n");
    QVERIFY((*scope)->adopt(77));
    QCOMPARE((*scope)->usage().memoryLimitBytes, std::optional<qint64>(50331648));
}

void CgroupTest::namesAreCleanedAndKeptApart()
{
    RecordedMachine machine(v2Mount, "0::/\n");
    machine.addV2Group(u"/cg"_s, "cpu memory\n");
    const CgroupHost host(machine.path({}));
    const auto first = host.create(u"../my bot/ü"_s, {});
    const auto second = host.create(u"../my bot/ü"_s, {});
    QVERIFY(first && second);
    QCOMPARE((*first)->name(), u"lowtide-%1-.._my_bot__"_s.arg(::getpid()));
    QCOMPARE((*second)->name(), (*first)->name() + u"-2"_s);
}

void CgroupTest::limitsTooSmallAreRefused()
{
    RecordedMachine machine(v2Mount, "0::/\n");
    machine.addV2Group(u"/cg"_s, "cpu memory\n");
    const auto scope = CgroupHost(machine.path({})).create(u"bot"_s, {{}, 0.001});
    QVERIFY(!scope);
    QCOMPARE(scope.error().code, ErrorCode::BadInput);
}

void CgroupTest::realLimitsHold()
{
    if (const QString why = whyNoRealCgroups(); !why.isEmpty())
        QSKIP(qPrintable(why));
    const CgroupHost host;
    auto created = host.create(u"real"_s, {Bytes::fromMb(40), 0.2});
    QVERIFY2(created, qPrintable(created ? QString() : created.error().text()));
    const std::unique_ptr<CgroupScope> scope = std::move(created).value();
    QProcess busy;
    busy.setChildProcessModifier(childSetup(scope->joinPaths()));
    busy.start(u"/bin/sh"_s, {u"-c"_s, u"while :; do :; done"_s});
    QVERIFY(busy.waitForStarted());
    const auto adopted = scope->adopt(busy.processId());
    QVERIFY2(adopted, qPrintable(adopted ? QString() : adopted.error().text()));
    QVERIFY(scope->accountsMemoryOf(busy.processId()));
    QVERIFY(!scope->adopt(::getpid()));
    QTRY_VERIFY(scope->usage().throttledPeriods.value_or(0) >= 3);
    const CgroupUsage usage = scope->usage();
    QCOMPARE(usage.memoryLimitBytes, std::optional<qint64>(40 * 1048576));
    QCOMPARE(usage.cpuLimitCores, std::optional(0.2));
    QVERIFY(usage.memoryBytes > 0);
    QVERIFY(usage.throttledUs > 0);
    QVERIFY(usage.periods >= usage.throttledPeriods);
    QCOMPARE(usage.oomKills, std::optional<qint64>(0));
    QSignalSpy removed(scope.get(), &CgroupScope::removed);
    scope->remove();
    QVERIFY(removed.wait(10000));
    QCOMPARE(removed.first().first().toBool(), true);
    busy.waitForFinished();
}

void CgroupTest::removingEndsWhatIsInside()
{
    if (const QString why = whyNoRealCgroups(); !why.isEmpty())
        QSKIP(qPrintable(why));
    auto scope = std::move(CgroupHost().create(u"inside"_s, {})).value();
    QProcess parent;
    parent.setChildProcessModifier(childSetup(scope->joinPaths()));
    // The grandchild leaves the process group, as daemons do.
    parent.start(u"/bin/sh"_s, {u"-c"_s, u"setsid sleep 300 & echo $!; wait"_s});
    QVERIFY(parent.waitForStarted());
    QTRY_VERIFY(parent.canReadLine());
    const qint64 grandchild = parent.readLine().trimmed().toLongLong();
    QVERIFY(isInside(scope->joinPaths().constFirst(), grandchild));
    const QString folder = scope->joinPaths().constFirst().chopped(13);
    QSignalSpy removed(scope.get(), &CgroupScope::removed);
    scope->remove();
    QVERIFY(removed.wait(10000));
    QVERIFY(!isAlive(grandchild));
    QVERIFY(!QFile::exists(folder));
    parent.waitForFinished();
}

void CgroupTest::destroyingRemovesToo()
{
    if (const QString why = whyNoRealCgroups(); !why.isEmpty())
        QSKIP(qPrintable(why));
    auto scope = std::move(CgroupHost().create(u"destroyed"_s, {})).value();
    QProcess child;
    child.setChildProcessModifier(childSetup(scope->joinPaths()));
    child.start(u"sleep"_s, {u"300"_s});
    QVERIFY(child.waitForStarted());
    const QStringList paths = scope->joinPaths();
    QVERIFY(isInside(paths.constFirst(), child.processId()));
    scope.reset();
    for (const QString &path : paths)
        QTRY_VERIFY(!QFile::exists(path));
    QTRY_COMPARE(child.state(), QProcess::NotRunning);
}

void CgroupTest::leftoversOfTheDeadAreRemoved()
{
    if (const QString why = whyNoRealCgroups(); !why.isEmpty())
        QSKIP(qPrintable(why));
    auto living = std::move(CgroupHost().create(u"living"_s, {})).value();
    // What a killed run leaves: folders under its pid, with a process inside.
    QProcess dead;
    dead.start(u"true"_s, {});
    QVERIFY(dead.waitForStarted());
    const qint64 deadPid = dead.processId();
    QVERIFY(dead.waitForFinished());
    const QString name = u"lowtide-%1-gone"_s.arg(deadPid);
    QStringList procs;
    for (QString path : living->joinPaths()) {
        path.replace(living->name(), name);
        QVERIFY(QDir().mkpath(path.chopped(13)));
        procs.append(path);
    }
    QProcess inside;
    inside.setChildProcessModifier(childSetup(procs));
    inside.start(u"sleep"_s, {u"300"_s});
    QVERIFY(inside.waitForStarted());
    QVERIFY(isInside(procs.constFirst(), inside.processId()));

    // Others may have left something too.
    QVERIFY(CgroupHost().removeLeftovers().contains(name));
    for (const QString &path : procs)
        QTRY_VERIFY(!QFile::exists(path));
    QTRY_COMPARE(inside.state(), QProcess::NotRunning);
    QVERIFY(QFile::exists(living->joinPaths().constFirst()));
}

void CgroupTest::failureLeavesNothingBehind()
{
    if (const QString why = whyNoRealCgroups(); !why.isEmpty())
        QSKIP(qPrintable(why));
    const CgroupHost host;
    QVERIFY(!host.create(u"impossible"_s, {Bytes::fromMb(40), 0.0001}));
    auto scope = host.create(u"impossible"_s, {});
    QVERIFY(scope);
    // It has the plain name, so the folders of the first are gone.
    QCOMPARE((*scope)->name(), u"lowtide-%1-impossible"_s.arg(::getpid()));
}

void CgroupTest::memoryAloneCanBeJoined()
{
    const CgroupHost host;
    if (host.way() != CgroupWay::V1)
        QSKIP("the hierarchies are one here");
    auto scope = std::move(host.create(u"memory"_s, {})).value();
    QProcess child;
    child.setChildProcessModifier(childSetup(scope->memoryJoinPaths()));
    child.start(u"sleep"_s, {u"300"_s});
    QVERIFY(child.waitForStarted());
    QVERIFY(scope->accountsMemoryOf(child.processId()));
    QVERIFY2(!scope->adopt(child.processId()), "it must not be in the cpu hierarchy's group");
    child.kill();
    child.waitForFinished();
}

QTEST_GUILESS_MAIN(CgroupTest)
#include "tst_cgroup.moc"
