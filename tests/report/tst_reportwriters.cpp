#include "report/jsonpen.h"
#include "report/madeevents.h"
#include "report/reportwriter.h"
#include "report/textsummary.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

using namespace lowtide;
using namespace lowtide::made;

namespace {

/// A format that is added without touching a file of the program.
class ToyWriter : public ReportWriter {
public:
    QString id() const override { return u"toy"_s; }
    QString title() const override { return u"Toy"_s; }
    QByteArray write(const RunReport &report) const override
    {
        return report.started.suite.toUtf8();
    }
};

const ReportFormat toyFormat(std::make_unique<ToyWriter>());

RunReport smallReport()
{
    const OperationCounts counts{.planned = 100,
                                 .sent = 95,
                                 .ok = 80,
                                 .failed = 7,
                                 .timedOut = 3,
                                 .dropped = 5,
                                 .cancelled = 5};
    RunStartedEvent start = started({u"http_load"_s, u"late \"one\""_s});
    start.settings = {{.path = u"a.b"_s, .value = u"3"_s, .source = ValueSource::Flag},
                      {.path = u"a.c"_s, .value = u"{\"x\": [1]}"_s},
                      {.path = u"a.d"_s, .value = u"no json"_s}};
    return reportOf({
        {0.0, start},
        phase(1.0, u"http_load"_s, true),
        process(2.0, u"shop"_s, 40.0, 10.0),
        process(3.0, u"shop"_s, 60.5, 30.0),
        interval(4.5, u"http_load"_s, counts),
        histogram(4.5, u"http_load"_s, 10ms, 85),
        histogram(4.5, u"http_load"_s, 100ms, 5),
        phase(5.0, u"http_load"_s, false),
        finished(5.0, u"http_load"_s, counts),
        runFinished(6.0),
    });
}

/// Keys of an object in the order of its text, at depth 1 below `from`.
QStringList keysInOrder(const QByteArray &json, int indent)
{
    QStringList keys;
    const QByteArray margin = '\n' + QByteArray(indent, ' ') + '"';
    for (qsizetype at = json.indexOf(margin); at >= 0; at = json.indexOf(margin, at + 1)) {
        const qsizetype begin = at + margin.size();
        keys.append(QString::fromUtf8(json.mid(begin, json.indexOf('"', begin) - begin)));
    }
    return keys;
}

} // namespace

class ReportWritersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFileInWritersIsRegistered();
    void aFormatIsAddedWithoutTouchingASharedFile();
    void theSeedsKeysComeFirstAndInItsOrder();
    void theSeedsJqPathsAnswer();
    void figuresKeepTheirTypesAndNullsAreNamed();
    void optionalPartsFollowTheProfile();
    void settingsKeepTheirJsonValues();
    void textIsEscaped_data();
    void textIsEscaped();
    void theSummarySaysTheVerdictFirst();
    void colourIsOnlyThereWhenAskedFor();
    void theSchemaIsEmbedded();
};

void ReportWritersTest::everyFileInWritersIsRegistered()
{
    QStringList expected{u"toy"_s};
    const QDir writers(QStringLiteral(LOWTIDE_SOURCE_DIR "/src/report/writers"));
    for (const QFileInfo &file : writers.entryInfoList({u"*.cpp"_s}, QDir::Files))
        expected.append(file.baseName());
    expected.sort();
    QVERIFY(expected.size() >= 3);
    QCOMPARE(ReportWriter::ids(), expected);
    for (const QString &id : expected) {
        QCOMPARE(ReportWriter::find(id)->id(), id);
        QVERIFY(!ReportWriter::find(id)->title().isEmpty());
    }
}

void ReportWritersTest::aFormatIsAddedWithoutTouchingASharedFile()
{
    QCOMPARE(ReportWriter::find(u"toy"_s)->write(smallReport()), QByteArray("Suite"));
    QVERIFY(!ReportWriter::find(u"nothing"_s));
}

void ReportWritersTest::theSeedsKeysComeFirstAndInItsOrder()
{
    const QByteArray json = ReportWriter::find(u"json"_s)->write(smallReport());
    QCOMPARE(keysInOrder(json, 2).first(10),
             (QStringList{u"test_suite"_s, u"timestamp"_s, u"duration_seconds"_s, u"total_tests"_s,
                          u"successful_tests"_s, u"failed_tests"_s, u"test_results"_s, u"summary"_s,
                          u"initial_container_status"_s, u"final_container_status"_s}));
    QCOMPARE(
        keysInOrder(json, 6).first(15),
        (QStringList{u"test_name"_s, u"description"_s, u"duration_seconds"_s, u"success"_s,
                     u"operations_completed"_s, u"operations_failed"_s, u"avg_response_time_ms"_s,
                     u"p95_response_time_ms"_s, u"p99_response_time_ms"_s, u"max_memory_mb"_s,
                     u"avg_cpu_percent"_s, u"peak_cpu_percent"_s, u"error_rate_percent"_s,
                     u"additional_metrics"_s, u"service_health_summary"_s}));
}

void ReportWritersTest::theSeedsJqPathsAnswer()
{
    const QJsonObject root =
        QJsonDocument::fromJson(ReportWriter::find(u"json"_s)->write(smallReport())).object();
    const QJsonObject summary = root[u"summary"].toObject();
    QVERIFY(summary[u"overall_success"].isBool());
    QVERIFY(summary[u"success_rate_percent"].isDouble());
    QVERIFY(summary[u"total_operations"].isDouble());
    QVERIFY(summary[u"max_memory_mb"].isDouble());
    QVERIFY(summary[u"recommendations"].isArray());
    QVERIFY(!summary[u"recommendations"].toArray().isEmpty());
    QCOMPARE(root[u"total_tests"].toInt(), 2);
    QCOMPARE(root[u"timestamp"].toString(), u"2024-02-29T12:00:00Z"_s);
    QVERIFY(root[u"initial_container_status"].toObject().isEmpty());
}

void ReportWritersTest::figuresKeepTheirTypesAndNullsAreNamed()
{
    const QJsonObject root =
        QJsonDocument::fromJson(ReportWriter::find(u"json"_s)->write(smallReport())).object();
    const QJsonArray tests = root[u"test_results"].toArray();
    const QJsonObject ran = tests.at(0).toObject();
    QCOMPARE(ran[u"operations_completed"].toInt(), 90);
    QCOMPARE(ran[u"operations_failed"].toInt(), 15);
    QCOMPARE(ran[u"max_memory_mb"].toDouble(), 60.5);
    QVERIFY(std::abs(ran[u"error_rate_percent"].toDouble() - 15.789) < 0.001);
    QVERIFY(std::abs(ran[u"p95_response_time_ms"].toDouble() - 100.0) < 0.2);
    QVERIFY(ran[u"percentiles_lack"].toString().contains(u"90"_s));
    const QJsonObject histograms = ran[u"histograms"].toObject();
    LatencyHistogram decoded;
    QVERIFY(decoded.addBase64(histograms[u"response_time"].toString().toLatin1()));
    QCOMPARE(decoded.count(), 90);
    const QJsonObject notRun = tests.at(1).toObject();
    QCOMPARE(notRun[u"test_name"].toString(), u"late \"one\""_s);
    QVERIFY(notRun[u"p95_response_time_ms"].isNull());
    QVERIFY(notRun[u"max_memory_mb"].isNull());
    const QJsonArray missing = notRun[u"not_measured"].toArray();
    QVERIFY(missing.contains(u"p95_response_time_ms"_s));
    QVERIFY(missing.contains(u"error_rate_percent"_s));
    QVERIFY(!ran[u"not_measured"].toArray().contains(u"max_memory_mb"_s));
    const QJsonObject summary = root[u"summary"].toObject();
    QCOMPARE(summary[u"total_operations"].toInt(), 95);
    QCOMPARE(summary[u"total_failures"].toInt(), 15);
}

void ReportWritersTest::optionalPartsFollowTheProfile()
{
    RunReport report = smallReport();
    const auto keys = [&report] {
        return QJsonDocument::fromJson(ReportWriter::find(u"json"_s)->write(report))
            .object()
            .keys();
    };
    QVERIFY(keys().contains(u"timeline"_s));
    QVERIFY(keys().contains(u"snapshots"_s));
    report.started.detailedMetrics = false;
    report.started.resourceSnapshots = false;
    QVERIFY(!keys().contains(u"timeline"_s));
    QVERIFY(!keys().contains(u"snapshots"_s));
}

void ReportWritersTest::settingsKeepTheirJsonValues()
{
    const QJsonArray settings =
        QJsonDocument::fromJson(ReportWriter::find(u"json"_s)->write(smallReport()))
            .object()[u"effective_profile"]
            .toArray();
    QCOMPARE(settings.at(0).toObject()[u"value"].toInt(), 3);
    QCOMPARE(settings.at(0).toObject()[u"source"].toString(), u"flag"_s);
    QVERIFY(settings.at(1).toObject()[u"value"].isObject());
    QCOMPARE(settings.at(2).toObject()[u"value"].toString(), u"no json"_s);
}

void ReportWritersTest::textIsEscaped_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("quotes and backslashes") << u"a \"b\" \\c\\"_s;
    QTest::newRow("control characters") << u"a\tb\nc\x01\x1b[31m\x7f"_s;
    QTest::newRow("beyond ASCII") << u"grün, 日本, \U0001F600"_s;
    QTest::newRow("empty") << QString();
}

void ReportWritersTest::textIsEscaped()
{
    QFETCH(QString, text);
    JsonPen pen;
    pen.beginObject();
    pen.text("key", text);
    pen.number("infinite", std::numeric_limits<double>::infinity());
    pen.number("small", -0.0001);
    pen.endObject();
    const QJsonObject read = QJsonDocument::fromJson(pen.take()).object();
    QCOMPARE(read[u"key"].toString(), text);
    QVERIFY(read[u"infinite"].isNull());
    QCOMPARE(read[u"small"].toDouble(), 0.0);
}

void ReportWritersTest::theSummarySaysTheVerdictFirst()
{
    RunReport report = smallReport();
    QVERIFY(textSummary(report, false).startsWith(u"no data"_s));
    report.verdict = Verdict::Fail;
    QVERIFY(textSummary(report, false).startsWith(u"FAILED"_s));
    const QString text = textSummary(report, false);
    QVERIFY(text.contains(u"http_load"_s));
    QVERIFY(text.contains(u"shop"_s));
    QVERIFY(text.contains(report.recommendations.constFirst().left(20)));
}

void ReportWritersTest::colourIsOnlyThereWhenAskedFor()
{
    const RunReport report = smallReport();
    QVERIFY(!textSummary(report, false).contains(u'\x1b'));
    QString coloured = textSummary(report, true);
    QVERIFY(coloured.contains(u'\x1b'));
    coloured.remove(QRegularExpression(u"\x1b\\[[0-9;]*m"_s));
    QCOMPARE(coloured, textSummary(report, false));
}

void ReportWritersTest::theSchemaIsEmbedded()
{
    QFile schema(u":/lowtide/schema/report.schema.json"_s);
    QVERIFY(schema.open(QIODevice::ReadOnly));
    QVERIFY(QJsonDocument::fromJson(schema.readAll()).isObject());
}

QTEST_GUILESS_MAIN(ReportWritersTest)
#include "tst_reportwriters.moc"
