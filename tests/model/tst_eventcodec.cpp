#include "model/eventcodec.h"

#include <QTest>

#include <limits>

using namespace Qt::StringLiterals;
using namespace lowtide;

namespace {

RunEvent interval()
{
    IntervalEvent event;
    event.scenario = u"http_load"_s;
    event.phase = u"stress"_s;
    event.intervalSeconds = 1.000021;
    event.counts = {.planned = 12,
                    .sent = 10,
                    .ok = 5,
                    .failed = 2,
                    .timedOut = 1,
                    .dropped = 1,
                    .cancelled = 0,
                    .inFlight = 3};
    event.waiting = 1;
    event.failedByKind = {{u"status"_s, 2}};
    event.failedByStatus = {{u"500"_s, 1}, {u"503"_s, 1}};
    event.responseTime.count = 8;
    event.responseTime.p95Ms = 12.345678;
    return {12.345, event};
}

} // namespace

class EventCodecTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lineBeginsWithVersionKindAndTime()
    {
        const QByteArray line = encodeEvent(interval());
        QVERIFY2(line.startsWith(R"({"v":1,"kind":"interval","t":12.345,"scenario":"http_load",)"),
                 line);
    }

    void histogramLinesCanBeSkippedByTheirPrefix()
    {
        HistogramEvent event;
        event.data = "HISTFAAAAA==";
        const QByteArray line = encodeEvent({1.0, event});
        QVERIFY2(line.startsWith(R"({"v":1,"kind":"histogram")"), line);
        QVERIFY2(line.contains(R"("data":"HISTFAAAAA==")"), line);
    }

    void whatWasWrittenIsRead()
    {
        const auto read = decodeEvent(encodeEvent(interval()));
        QVERIFY(read.has_value() && read->has_value());
        QCOMPARE(**read, interval());
    }

    void absentFiguresAreLeftOutAndStayAbsent()
    {
        const QByteArray line = encodeEvent({1.0, GeneratorEvent{}});
        QVERIFY2(line.contains(R"("lateness":{"count":0})"), line);
        const auto read = decodeEvent(line);
        QVERIFY(read.has_value() && read->has_value());
        QVERIFY(!std::get<GeneratorEvent>((*read)->payload).lateness.p95Ms);
    }

    void valueThatDiffersFromItsDefaultIsWritten()
    {
        RunStartedEvent start;
        start.objectives = {
            {.id = u"a"_s, .percentile = 95.0, .comparison = Comparison::AtMost, .decides = false}};
        const auto read = decodeEvent(encodeEvent({0.0, start}));
        QVERIFY(read.has_value() && read->has_value());
        QCOMPARE(std::get<RunStartedEvent>((*read)->payload), start);
    }

    void timesHaveAtMostSixDecimals_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("zero") << 0.0 << "0"_ba;
        QTest::newRow("negative zero") << -0.0 << "0"_ba;
        QTest::newRow("whole") << 20.0 << "20"_ba;
        QTest::newRow("hundred") << 100.0 << "100"_ba;
        QTest::newRow("third") << 1.0 / 3.0 << "0.333333"_ba;
        QTest::newRow("microsecond") << 1e-6 << "0.000001"_ba;
        QTest::newRow("a month") << 2592000.123456 << "2592000.123456"_ba;
        QTest::newRow("below a microsecond") << -4e-7 << "0"_ba;
    }

    void timesHaveAtMostSixDecimals()
    {
        QFETCH(const double, seconds);
        QFETCH(const QByteArray, text);
        const QByteArray line = encodeEvent({seconds, RunFinishedEvent{}});
        QVERIFY2(line.contains(R"("t":)" + text + ','), line);
    }

    void textOfAnyKindStaysOnOneLineAndComesBack()
    {
        const QString text = u"a \"b\" \\ c\nd\r\te\u0001\u007f\u2028 ä 😀 </script>"_s + QChar(0);
        const QByteArray line = encodeEvent({0.0, LogEvent{u"info"_s, {}, text}});
        QVERIFY(!line.contains('\n') && !line.contains('\r'));
        const auto read = decodeEvent(line);
        QVERIFY(read.has_value() && read->has_value());
        QCOMPARE(std::get<LogEvent>((*read)->payload).text, text);
    }

    void largestCountIsExact()
    {
        ProcessEvent event;
        event.memoryBytes = std::numeric_limits<qint64>::max();
        event.diskReadBytes = (qint64(1) << 53) + 1;
        const auto read = decodeEvent(encodeEvent({0.0, event}));
        QVERIFY(read.has_value() && read->has_value());
        QCOMPARE(std::get<ProcessEvent>((*read)->payload), event);
    }

    void numberThatIsNoneIsNeverWrittenAsOne()
    {
        AlertEvent event;
        event.measured = std::numeric_limits<double>::quiet_NaN();
        const auto read = decodeEvent(encodeEvent({0.0, event}));
        QVERIFY(!read.has_value());
        QVERIFY2(read.error().where.contains(u"alert /measured"), qPrintable(read.error().where));
    }

    void unknownKindIsSkipped()
    {
        const auto read = decodeEvent(R"({"v":1,"kind":"weather","t":1,"sky":"blue"})");
        QVERIFY(read.has_value());
        QVERIFY(!read->has_value());
    }

    void unknownMemberIsPassedOver()
    {
        const auto read =
            decodeEvent(R"({"v":1,"kind":"run_finished","t":1,"end":"completed","mood":3})");
        QVERIFY(read.has_value() && read->has_value());
    }

    void brokenLineIsAnErrorThatNamesWhatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("message");
        QTest::newRow("empty") << ""_ba << u""_s << u"not an event"_s;
        QTest::newRow("half a line")
            << encodeEvent(interval()).first(40) << u""_s << u"not an event"_s;
        QTest::newRow("a list") << "[1,2]"_ba << u""_s << u"no object"_s;
        QTest::newRow("no version") << R"({"kind":"log","t":1})"_ba << u"/v"_s << u"missing"_s;
        QTest::newRow("version as text")
            << R"({"v":"1","kind":"log","t":1})"_ba << u"/v"_s << u"missing"_s;
        QTest::newRow("newer version")
            << R"({"v":2,"kind":"log","t":1})"_ba << u"/v"_s << u"newer"_s;
        QTest::newRow("newer version of an unknown kind")
            << R"({"v":2,"kind":"weather","t":1})"_ba << u"/v"_s << u"newer"_s;
        QTest::newRow("no kind") << R"({"v":1,"t":1})"_ba << u"/kind"_s << u"missing"_s;
        QTest::newRow("no time") << R"({"v":1,"kind":"run_finished","end":"completed"})"_ba
                                 << u"run_finished /t"_s << u"missing"_s;
        QTest::newRow("missing member")
            << R"({"v":1,"kind":"log","t":1,"level":"info"})"_ba << u"log /text"_s << u"missing"_s;
        QTest::newRow("text for a number") << R"({"v":1,"kind":"gap","t":1,"lost_events":"3"})"_ba
                                           << u"gap /lost_events"_s << u"whole number"_s;
        QTest::newRow("fraction for a count")
            << R"({"v":1,"kind":"gap","t":1,"lost_events":3.5})"_ba << u"gap /lost_events"_s
            << u"whole number"_s;
        QTest::newRow("null for a number")
            << R"({"v":1,"kind":"container","t":1,"container":"a","state":"running","cpu_percent":null})"_ba
            << u"container /cpu_percent"_s << u"a number"_s;
        QTest::newRow("too large for 32 bits")
            << R"({"v":1,"kind":"cycle","t":1,"scenario":"a","index":4294967296})"_ba
            << u"cycle /index"_s << u"32 bits"_s;
        QTest::newRow("unknown word")
            << R"({"v":1,"kind":"search","t":1,"target":"a","what":"memory","tried":1,)"
               R"("unit":"mb","verdict":"perhaps"})"_ba
            << u"search /verdict"_s << u"perhaps"_s;
        QTest::newRow("nested")
            << R"({"v":1,"kind":"scenario_finished","t":1,"scenario":"a","end":"completed",)"
               R"("counts":{"planned":1,"sent":true}})"_ba
            << u"scenario_finished /counts/sent"_s << u"whole number"_s;
        QTest::newRow("in a map")
            << R"({"v":1,"kind":"container","t":1,"container":"a","state":"running",)"
               R"("sources":{"a/b":1}})"_ba
            << u"container /sources/a~1b"_s << u"text"_s;
    }

    void brokenLineIsAnErrorThatNamesWhatIsWrong()
    {
        QFETCH(const QByteArray, line);
        QFETCH(const QString, where);
        QFETCH(const QString, message);
        const auto read = decodeEvent(line);
        QVERIFY(!read.has_value());
        QCOMPARE(read.error().code, ErrorCode::Malformed);
        QCOMPARE(read.error().where, where);
        QVERIFY2(read.error().message.contains(message), qPrintable(read.error().message));
    }

    void everyLineCutShortIsAnErrorAndNothingElse()
    {
        const QByteArray line = encodeEvent(interval());
        for (qsizetype length = 0; length < line.size(); ++length)
            QVERIFY2(!decodeEvent(line.first(length)).has_value(), line.first(length));
    }

    void eachKindHasItsOwnName()
    {
        const QStringList kinds = eventKinds();
        QCOMPARE(kinds.size(), qsizetype(std::variant_size_v<RunEventPayload>));
        QCOMPARE(QSet<QString>(kinds.begin(), kinds.end()).size(), kinds.size());
        QCOMPARE(eventKind(SearchEvent{}), u"search"_s);
    }
};

QTEST_GUILESS_MAIN(EventCodecTest)
#include "tst_eventcodec.moc"
