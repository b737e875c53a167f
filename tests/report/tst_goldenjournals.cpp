#include "report/journalreader.h"
#include "report/reportbuilder.h"
#include "report/reportwriter.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace lowtide;

namespace {

struct Made {
    JournalEnd end;
    RunReport report;
};

QString source(const QString &path) { return QString::fromUtf8(LOWTIDE_SOURCE_DIR) + u'/' + path; }

Made make(const QString &name)
{
    ReportBuilder builder;
    const auto end = readJournal(source(u"tests/data/journals/"_s + name),
                                 [&](const RunEvent &event) { builder.add(event); });
    if (!end)
        qFatal("%s", qPrintable(end.error().text()));
    return {*end, builder.report(*end)};
}

} // namespace

/// Every golden journal through reader, builder and writers.
class GoldenJournalsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_reports.isValid()); }

    void eachGivesAReportInEveryFormat_data();
    void eachGivesAReportInEveryFormat();
    void theReportsFollowTheSchema();
    void theFullRunsFiguresAreThoseOfItsEvents();
    void theTruncatedOneGivesAReportUpToItsLastSecond();
    void theSameJournalGivesTheSameBytes();

private:
    QTemporaryDir m_reports;
    QStringList m_written;
};

void GoldenJournalsTest::eachGivesAReportInEveryFormat_data()
{
    QTest::addColumn<QString>("name");
    const QStringList names =
        QDir(source(u"tests/data/journals"_s)).entryList({u"*.ndjson"_s}, QDir::Files);
    QVERIFY(names.size() >= 6);
    for (const QString &name : names)
        QTest::newRow(qPrintable(name)) << name;
}

void GoldenJournalsTest::eachGivesAReportInEveryFormat()
{
    QFETCH(QString, name);
    const Made made = make(name);
    QCOMPARE(made.end.skippedLines, 0);
    for (const TestReport &test : made.report.tests)
        QVERIFY2(test.counts.addUp(), qPrintable(test.name));
    const QByteArray text = ReportWriter::find(u"text"_s)->write(made.report);
    for (const QByteArray &line : text.split('\n'))
        QVERIFY2(QString::fromUtf8(line).size() <= 100, line.constData());
    const QByteArray json = ReportWriter::find(u"json"_s)->write(made.report);
    QJsonParseError error;
    QVERIFY(QJsonDocument::fromJson(json, &error).isObject());
    QCOMPARE(error.error, QJsonParseError::NoError);
    QFile file(m_reports.filePath(name + u".json"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(json), json.size());
    m_written.append(file.fileName());
}

void GoldenJournalsTest::theReportsFollowTheSchema()
{
    const QString python = QStandardPaths::findExecutable(u"python3"_s);
    if (python.isEmpty())
        QSKIP("python3 is not installed");
    QVERIFY(!m_written.isEmpty());
    QProcess check;
    check.start(python, QStringList{source(u"tests/report_schema_check.py"_s)} + m_written);
    QVERIFY(check.waitForFinished(60000));
    const QByteArray said = check.readAllStandardError();
    if (check.exitCode() == 2)
        QSKIP(said.constData());
    QVERIFY2(check.exitCode() == 0, said.constData());
}

void GoldenJournalsTest::theFullRunsFiguresAreThoseOfItsEvents()
{
    const RunReport report = make(u"run.ndjson"_s).report;
    QCOMPARE(report.tests.size(), 4);
    const TestReport &http = report.tests.at(0);
    QCOMPARE(http.name, u"http_load"_s);
    QCOMPARE(
        http.counts,
        (OperationCounts{.planned = 140, .sent = 128, .ok = 118, .failed = 10, .dropped = 12}));
    QCOMPARE(http.responseTime.count(), http.counts.completed());
    QCOMPARE(http.serviceTime.count(), http.counts.completed());
    QVERIFY(!http.success);
    QCOMPARE(report.tests.at(1).metrics.value(u"overflow_lost"_s), 142.0);
    QVERIFY(report.tests.at(2).success);
    QVERIFY(!report.tests.at(2).note.isEmpty());
    QCOMPARE(report.verdict, Verdict::Fail);
    QCOMPARE(report.exitCode, 1);
    QVERIFY(report.isCompleted());
    QCOMPARE(report.baseline.size(), 1);
    QVERIFY(report.usage.maxWithBallastMb.value() > report.usage.maxMemoryMb.value() + 50.0);
    QVERIFY(report.generator.has_value());
}

void GoldenJournalsTest::theTruncatedOneGivesAReportUpToItsLastSecond()
{
    const Made made = make(u"truncated.ndjson"_s);
    QVERIFY(made.end.truncated);
    QVERIFY(!made.end.finished);
    QVERIFY(made.report.isRecovered());
    QCOMPARE(made.report.durationSeconds, made.end.lastSeconds);
    QVERIFY(made.report.durationSeconds > 5.0);
    QVERIFY(made.report.counts().planned > 0);
    QVERIFY(made.report.exitCode != 0);
}

void GoldenJournalsTest::theSameJournalGivesTheSameBytes()
{
    const ReportWriter *writer = ReportWriter::find(u"json"_s);
    QCOMPARE(writer->write(make(u"run.ndjson"_s).report),
             writer->write(make(u"run.ndjson"_s).report));
}

QTEST_GUILESS_MAIN(GoldenJournalsTest)
#include "tst_goldenjournals.moc"
