#include "target/cgrouplayout.h"
#include "target/cgroupusage.h"
#include "target/targettools.h"

#include <QTemporaryDir>
#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

const char *const hybridMounts =
    "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "36 31 0:34 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
const char *const coMounts =
    "30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 master:1 - cgroup cgroup "
    "rw,cpu,cpuacct\n"
    "31 25 0:27 / /sys/fs/cgroup/a\\040b rw,nosuid - cgroup cgroup rw,memory\n";
const char *const unifiedMounts = "29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime "
                                  "shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const char *const containerMounts =
    "700 699 0:32 /docker/abc /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory\n";

} // namespace

class CgroupLayoutTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsTheFolderOfAController_data();
    void findsTheFolderOfAController();
    void findsTheUnifiedFolder_data();
    void findsTheUnifiedFolder();
    void childrenKeepAbsentHierarchiesAbsent();
    void flatKeysAreWholeWords();
    void limitsThatMeanNoLimitAreAbsent_data();
    void limitsThatMeanNoLimitAreAbsent();
    void pressureIsTheTotalOfSome();
    void quotasBecomeCores_data();
    void quotasBecomeCores();
    void readsARecordedV1Group();
    void readsARecordedV2Group();
    void filesThatAreMissingLeaveValuesAbsent();
};

void CgroupLayoutTest::findsTheFolderOfAController_data()
{
    QTest::addColumn<QByteArray>("mounts");
    QTest::addColumn<QByteArray>("cgroup");
    QTest::addColumn<QString>("controller");
    QTest::addColumn<QString>("folder");
    const QByteArray own = "4:memory:/api/1\n3:cpuset:/\n1:cpu:/\n0::/\n";
    QTest::newRow("below the root") << QByteArray(hybridMounts) << own << "memory"
                                    << "/sys/fs/cgroup/memory/api/1";
    QTest::newRow("the root itself") << QByteArray(hybridMounts) << own << "cpu"
                                     << "/sys/fs/cgroup/cpu";
    QTest::newRow("not mounted") << QByteArray(hybridMounts) << own << "cpuset"
                                 << "";
    QTest::newRow("mounted together")
        << QByteArray(coMounts) << QByteArray("3:cpu,cpuacct:/user\n") << "cpuacct"
        << "/sys/fs/cgroup/cpu,cpuacct/user";
    QTest::newRow("a space in the mount's path")
        << QByteArray(coMounts) << QByteArray("3:memory:/x\n") << "memory"
        << "/sys/fs/cgroup/a b/x";
    QTest::newRow("a colon in the group's path")
        << QByteArray(coMounts) << QByteArray("3:memory:/x:y\n") << "memory"
        << "/sys/fs/cgroup/a b/x:y";
    QTest::newRow("in a container that sees its part")
        << QByteArray(containerMounts) << QByteArray("4:memory:/docker/abc/in\n") << "memory"
        << "/sys/fs/cgroup/memory/in";
    QTest::newRow("in a container, another's part")
        << QByteArray(containerMounts) << QByteArray("4:memory:/docker/abcd\n") << "memory"
        << "";
    QTest::newRow("outside of the cgroup namespace")
        << QByteArray(hybridMounts) << QByteArray("4:memory:/../other\n") << "memory"
        << "";
    QTest::newRow("no files at all") << QByteArray() << QByteArray() << "memory"
                                     << "";
}

void CgroupLayoutTest::findsTheFolderOfAController()
{
    QFETCH(QByteArray, mounts);
    QFETCH(QByteArray, cgroup);
    QFETCH(QString, controller);
    QTEST(CgroupLayout(mounts, cgroup).v1Folder(controller), "folder");
}

void CgroupLayoutTest::findsTheUnifiedFolder_data()
{
    QTest::addColumn<QByteArray>("mounts");
    QTest::addColumn<QByteArray>("cgroup");
    QTest::addColumn<QString>("folder");
    QTest::newRow("beside v1") << QByteArray(hybridMounts) << QByteArray("1:cpu:/\n0::/\n")
                               << "/sys/fs/cgroup/unified";
    QTest::newRow("alone") << QByteArray(unifiedMounts)
                           << QByteArray("0::/user.slice/user-1000.slice/session-2.scope\n")
                           << "/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope";
    QTest::newRow("not there") << QByteArray(coMounts) << QByteArray("3:memory:/\n") << "";
}

void CgroupLayoutTest::findsTheUnifiedFolder()
{
    QFETCH(QByteArray, mounts);
    QFETCH(QByteArray, cgroup);
    QTEST(CgroupLayout(mounts, cgroup).v2Folder(), "folder");
}

void CgroupLayoutTest::childrenKeepAbsentHierarchiesAbsent()
{
    const CgroupFolders parents{u"/m"_s, u"/c"_s, {}, u"/c"_s, {}, false};
    QCOMPARE(parents.child(u"x"_s),
             (CgroupFolders{u"/m/x"_s, u"/c/x"_s, {}, u"/c/x"_s, {}, false}));
    QCOMPARE(parents.all(), (QStringList{u"/m"_s, u"/c"_s}));
}

void CgroupLayoutTest::flatKeysAreWholeWords()
{
    const QByteArray text = "oom 3\noom_kill 2\noom_group_kill x\n";
    QCOMPARE(flatKeyedValue(text, "oom"), std::optional<qint64>(3));
    QCOMPARE(flatKeyedValue(text, "oom_kill"), std::optional<qint64>(2));
    QCOMPARE(flatKeyedValue(text, "oom_group_kill"), std::nullopt);
    QCOMPARE(flatKeyedValue(text, "kill"), std::nullopt);
}

void CgroupLayoutTest::limitsThatMeanNoLimitAreAbsent_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("bytes");
    QTest::newRow("a limit") << QByteArray("33554432\n") << qint64(33554432);
    QTest::newRow("v1 without a limit") << QByteArray("9223372036854771712\n") << qint64(-1);
    QTest::newRow("v2 without a limit") << QByteArray("max\n") << qint64(-1);
    QTest::newRow("an empty file") << QByteArray() << qint64(-1);
}

void CgroupLayoutTest::limitsThatMeanNoLimitAreAbsent()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, bytes);
    QCOMPARE(limitValue(text), bytes < 0 ? std::nullopt : std::optional(bytes));
}

void CgroupLayoutTest::pressureIsTheTotalOfSome()
{
    QCOMPARE(pressureTotalUs("some avg10=0.00 avg60=0.10 avg300=0.00 total=123456\n"
                             "full avg10=0.00 avg60=0.00 avg300=0.00 total=99\n"),
             std::optional(123456.0));
    QCOMPARE(pressureTotalUs("full avg10=0.00 total=99\n"), std::nullopt);
}

void CgroupLayoutTest::quotasBecomeCores_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<double>("cores");
    QTest::newRow("half a core") << QByteArray("50000 100000\n") << 0.5;
    QTest::newRow("no limit") << QByteArray("max 100000\n") << -1.0;
    QTest::newRow("no period") << QByteArray("50000\n") << -1.0;
    QTest::newRow("a period of zero") << QByteArray("50000 0\n") << -1.0;
}

void CgroupLayoutTest::quotasBecomeCores()
{
    QFETCH(QByteArray, text);
    QFETCH(double, cores);
    QCOMPARE(cpuMaxCores(text), cores < 0 ? std::nullopt : std::optional(cores));
}

void CgroupLayoutTest::readsARecordedV1Group()
{
    const QTemporaryDir tree;
    const QString top = tree.path();
    writeTestFile(top + u"/m/memory.usage_in_bytes"_s, "66015232\n");
    writeTestFile(top + u"/m/memory.limit_in_bytes"_s, "134217728\n");
    writeTestFile(top + u"/m/memory.oom_control"_s,
                  "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
    writeTestFile(top + u"/m/memory.stat"_s,
                  "cache 1\nrss 2\ntotal_cache 63102976\ntotal_rss 114688\n");
    writeTestFile(top + u"/c/cpu.stat"_s,
                  "nr_periods 281\nnr_throttled 171\nthrottled_time 14384840916\n");
    writeTestFile(top + u"/c/cpu.cfs_quota_us"_s, "30000\n");
    writeTestFile(top + u"/c/cpu.cfs_period_us"_s, "100000\n");
    writeTestFile(top + u"/a/cpuacct.usage"_s, "7654321000\n");
    writeTestFile(top + u"/u/cpu.pressure"_s,
                  "some avg10=0.00 avg60=0.00 avg300=0.00 total=600000\n");
    const CgroupUsage usage =
        readCgroupUsage({top + u"/m"_s, top + u"/c"_s, top + u"/a"_s, {}, top + u"/u"_s, false});
    CgroupUsage expected;
    expected.memoryBytes = 66015232;
    expected.memoryLimitBytes = 134217728;
    expected.anonymousBytes = 114688;
    expected.fileBytes = 63102976;
    expected.cpuUs = 7654321;
    expected.cpuLimitCores = 0.3;
    expected.periods = 281;
    expected.throttledPeriods = 171;
    expected.throttledUs = 14384840;
    expected.oomKills = 2;
    expected.cpuPressureUs = 600000.0;
    QCOMPARE(usage, expected);
}

void CgroupLayoutTest::readsARecordedV2Group()
{
    const QTemporaryDir tree;
    const QString g = tree.path();
    writeTestFile(g + u"/memory.current"_s, "41943040\n");
    writeTestFile(g + u"/memory.max"_s, "50331648\n");
    writeTestFile(g + u"/memory.events"_s,
                  "low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 0\n");
    writeTestFile(g + u"/memory.stat"_s, "anon 30000000\nfile 11000000\nkernel 900000\n");
    writeTestFile(g + u"/cpu.stat"_s,
                  "usage_usec 5000000\nuser_usec 1\nsystem_usec 2\nnr_periods 100\n"
                  "nr_throttled 40\nthrottled_usec 1234567\n");
    writeTestFile(g + u"/cpu.max"_s, "max 100000\n");
    writeTestFile(g + u"/memory.pressure"_s, "some avg10=0.00 avg60=0.00 avg300=0.00 total=42\n");
    CgroupUsage expected;
    expected.memoryBytes = 41943040;
    expected.memoryLimitBytes = 50331648;
    expected.anonymousBytes = 30000000;
    expected.fileBytes = 11000000;
    expected.cpuUs = 5000000;
    expected.periods = 100;
    expected.throttledPeriods = 40;
    expected.throttledUs = 1234567;
    expected.oomKills = 1;
    expected.memoryPressureUs = 42.0;
    QCOMPARE(readCgroupUsage({g, g, {}, {}, g, true}), expected);
}

void CgroupLayoutTest::filesThatAreMissingLeaveValuesAbsent()
{
    const QTemporaryDir tree;
    QCOMPARE(readCgroupUsage({tree.path(), tree.path(), {}, {}, tree.path(), true}), CgroupUsage());
    QCOMPARE(readCgroupUsage({}), CgroupUsage());
}

QTEST_GUILESS_MAIN(CgroupLayoutTest)
#include "tst_cgrouplayout.moc"
