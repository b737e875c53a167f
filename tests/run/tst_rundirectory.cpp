#include "run/rundirectory.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;

class RunDirectoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSeedsFilesStandWhereTheSeedPutsThem();
    void aSecondRunInTheSameSecondGetsItsOwnDirectory();
    void theLockTellsWhetherARunIsAtWork();
    void aDirectoryInUseIsRefused();
    void aDirectoryWithAJournalIsRefused();
    void anUnwritablePlaceIsNamed();
    void servicesOfTwoRunsInOneFolderHaveTheirOwnLogs();
};

namespace {

const QDateTime noon(QDate(2026, 1, 31), QTime(12, 0), Qt::UTC);

} // namespace

void RunDirectoryTest::theSeedsFilesStandWhereTheSeedPutsThem()
{
    const QTemporaryDir output;
    const auto run = RunDirectory::create({.outputDirectory = output.path(), .startedAt = noon});
    QVERIFY(run);
    QCOMPARE((*run)->path(), output.filePath(u"stress_test_results/run_20260131_120000"_s));
    QCOMPARE((*run)->seedReport(), output.filePath(u"stress_test_report_20260131_120000.json"_s));
    QCOMPARE((*run)->seedLog(), output.filePath(u"stress_test.log"_s));
    QCOMPARE((*run)->serviceLog(u"api"_s), (*run)->path() + u"/api.log"_s);
    QVERIFY((*run)->serviceLog(u"engine"_s) != (*run)->engineLog());
}

void RunDirectoryTest::aSecondRunInTheSameSecondGetsItsOwnDirectory()
{
    const QTemporaryDir output;
    const auto first = RunDirectory::create({.outputDirectory = output.path(), .startedAt = noon});
    const auto second = RunDirectory::create({.outputDirectory = output.path(), .startedAt = noon});
    QVERIFY(first && second);
    QCOMPARE((*second)->runId(), u"20260131_120000_2"_s);
    QVERIFY((*first)->seedReport() != (*second)->seedReport());
}

void RunDirectoryTest::theLockTellsWhetherARunIsAtWork()
{
    const QTemporaryDir output;
    auto run = RunDirectory::create({.outputDirectory = output.path(), .startedAt = noon});
    QVERIFY(run);
    const QString path = (*run)->path();
    QVERIFY(RunDirectory::isRunning(path));
    run->reset();
    QVERIFY(!RunDirectory::isRunning(path));
}

void RunDirectoryTest::aDirectoryInUseIsRefused()
{
    const QTemporaryDir output;
    const RunDirectory::Location location{.outputDirectory = output.path(),
                                          .runDirectory = output.filePath(u"mine"_s),
                                          .startedAt = noon};
    const auto first = RunDirectory::create(location);
    const auto second = RunDirectory::create(location);
    QVERIFY(first);
    QVERIFY(!second);
    QCOMPARE(second.error().constFirst().where, output.filePath(u"mine"_s));
}

void RunDirectoryTest::aDirectoryWithAJournalIsRefused()
{
    const QTemporaryDir output;
    QFile journal(output.filePath(u"run.ndjson"_s));
    QVERIFY(journal.open(QIODevice::WriteOnly));
    const auto run = RunDirectory::create(
        {.outputDirectory = output.path(), .runDirectory = output.path(), .startedAt = noon});
    QVERIFY(!run);
    QCOMPARE(run.error().constFirst().code, ErrorCode::BadInput);
}

void RunDirectoryTest::anUnwritablePlaceIsNamed()
{
    const auto run =
        RunDirectory::create({.outputDirectory = u"/proc/lowtide"_s, .startedAt = noon});
    QVERIFY(!run);
    QCOMPARE(run.error().constFirst().where, u"/proc/lowtide"_s);
    QCOMPARE(run.error().constFirst().code, ErrorCode::BadInput);
    QCOMPARE(run.error().size(), 1);
}

void RunDirectoryTest::servicesOfTwoRunsInOneFolderHaveTheirOwnLogs()
{
    const QTemporaryDir output;
    const QString place = output.filePath(u"stress_test_results/api.log"_s);
    const auto first = RunDirectory::create({.outputDirectory = output.path(), .startedAt = noon});
    const auto second = RunDirectory::create({.outputDirectory = output.path(), .startedAt = noon});
    QVERIFY(first && second);
    QVERIFY((*first)->serviceLog(u"api"_s) != (*second)->serviceLog(u"api"_s));
    for (const auto *run : {&first, &second}) {
        QVERIFY((**run)->linkServiceLog(u"api"_s));
        const QString log = (**run)->serviceLog(u"api"_s);
        QFile file(log);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        QCOMPARE(QFileInfo(place).canonicalFilePath(), QFileInfo(log).canonicalFilePath());
    }
    QVERIFY(!QFileInfo(QFile::symLinkTarget(place)).isSymLink());
    QCOMPARE(QDir(output.filePath(u"stress_test_results"_s)).entryList(QDir::Files).size(), 1);
}

QTEST_GUILESS_MAIN(RunDirectoryTest)
#include "tst_rundirectory.moc"
