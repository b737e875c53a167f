#include "target/processsample.h"

#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;

class ProcessSampleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsStat_data();
    void readsStat();
    void refusesWhatIsNoStat_data();
    void refusesWhatIsNoStat();
    void readsMemoryOfStatus();
    void aZombiesStatusHasNoMemory();
    void readsIo();
    void ioOfAnotherUserIsAbsent();
    void networkLeavesOutLoopback();
    void networkThatIsCutShortIsAbsent();
    void readsMeminfo();
};

void ProcessSampleTest::readsStat_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("parent");
    QTest::addColumn<char>("state");
    const QByteArray rest =
        " 4194304 1000 2000 0 0 150 50 7 3 20 0 4 0 987654 10000000 500 18446744073709551615\n";
    QTest::newRow("plain name") << "42 (nginx) S 1 42 42 0 -1" + rest << qint64(1) << 'S';
    QTest::newRow("name with spaces and brackets")
        << "42 (a ) R 9 (x) R 7 42 42 0 -1" + rest << qint64(7) << 'R';
    QTest::newRow("zombie") << "42 (sh) Z 3 42 42 0 -1" + rest << qint64(3) << 'Z';
}

void ProcessSampleTest::readsStat()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, parent);
    QFETCH(char, state);
    const auto stat = parseProcessStat(text);
    QVERIFY(stat);
    QCOMPARE(*stat, (ProcessStat{42, state, parent, 150, 50, 10, 987654}));
}

void ProcessSampleTest::refusesWhatIsNoStat_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("cut short") << QByteArray("42 (nginx) S 1 42 42");
    QTest::newRow("no brackets") << QByteArray(
        "42 nginx S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21");
    QTest::newRow("words for numbers")
        << QByteArray("42 (x) S 1 42 42 0 -1 0 0 0 0 0 many 50 7 3 20 0 4 0 987654 0 0 0\n");
}

void ProcessSampleTest::refusesWhatIsNoStat()
{
    QFETCH(QByteArray, text);
    QVERIFY(!parseProcessStat(text));
}

void ProcessSampleTest::readsMemoryOfStatus()
{
    const ProcessMemory memory =
        parseProcessStatus("Name:\tnginx\nVmPeak:\t  9000 kB\nVmHWM:\t    5120 kB\n"
                           "VmRSS:\t    4096 kB\nRssAnon:\t 1 kB\n");
    QCOMPARE(memory, (ProcessMemory{4096 * 1024, 5120 * 1024}));
}

void ProcessSampleTest::aZombiesStatusHasNoMemory()
{
    QCOMPARE(parseProcessStatus("Name:\tsh\nState:\tZ (zombie)\n"), ProcessMemory());
}

void ProcessSampleTest::readsIo()
{
    QCOMPARE(parseProcessIo(
                 "rchar: 9\nwchar: 8\nsyscr: 1\nsyscw: 1\nread_bytes: 40960\nwrite_bytes: 8192\n"
                 "cancelled_write_bytes: 77\n"),
             std::optional(ProcessIo{40960, 8192}));
}

void ProcessSampleTest::ioOfAnotherUserIsAbsent()
{
    QCOMPARE(parseProcessIo(QByteArray()), std::nullopt);
}

void ProcessSampleTest::networkLeavesOutLoopback()
{
    QCOMPARE(parseNetworkDevices(
                 "Inter-|   Receive                                                |  Transmit\n"
                 " face |bytes    packets errs drop fifo frame compressed multicast|bytes    "
                 "packets errs drop\n"
                 "    lo: 5000 10 0 0 0 0 0 0 5000 10 0 0 0 0 0 0\n"
                 "  eth0:1230 10 0 0 0 0 0 0 456 8 0 0 0 0 0 0\n"
                 "  eth1: 70 1 0 0 0 0 0 0 4 1 0 0 0 0 0 0\n"),
             std::optional(NetworkTotals{1300, 460}));
}

void ProcessSampleTest::networkThatIsCutShortIsAbsent()
{
    QCOMPARE(parseNetworkDevices(" face |bytes packets|bytes\n  eth0: 1230 10 0\n"), std::nullopt);
    QCOMPARE(parseNetworkDevices(QByteArray()), std::nullopt);
}

void ProcessSampleTest::readsMeminfo()
{
    const QByteArray text =
        "MemTotal:       24683784 kB\nMemAvailable:   20000000 kB\nHugePages_Total:       0\n";
    QCOMPARE(parseMeminfo(text, "MemAvailable"), std::optional<qint64>(20000000LL * 1024));
    QCOMPARE(parseMeminfo(text, "Mem"), std::nullopt);
    QCOMPARE(parseMeminfo(text, "HugePages_Total"), std::nullopt);
}

QTEST_APPLESS_MAIN(ProcessSampleTest)
#include "tst_processsample.moc"
