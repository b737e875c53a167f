#include "scenario/loadrecorder.h"

#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class LoadRecorderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void totalsGoOnOverTheTurnsOfAScenario();
    void statesAreNotAddedUpAndMaximaStay();
    void histogramsHoldExactlyWhatWasMeasured();
    void requestNamesComeEveryTenSecondsAndAtTheEnd();
    void beyondFiftyRequestNamesTheRestIsOther();
    void anIntervalWithoutSamplesHasNoPercentiles();
};

namespace {

LoadInterval interval(qint64 planned, qint64 ok)
{
    LoadInterval values;
    values.length = 1s;
    values.counts = {.planned = planned, .sent = planned, .ok = ok, .failed = planned - ok};
    values.failedByKind[u"status"_s] = planned - ok;
    return values;
}

IntervalEvent intervalOf(const QList<RunEventPayload> &events)
{
    return std::get<IntervalEvent>(events.constFirst());
}

QList<HistogramEvent> histogramsOf(const QList<RunEventPayload> &events)
{
    QList<HistogramEvent> found;
    for (const RunEventPayload &event : events) {
        if (const auto *histogram = std::get_if<HistogramEvent>(&event))
            found.append(*histogram);
    }
    return found;
}

} // namespace

void LoadRecorderTest::totalsGoOnOverTheTurnsOfAScenario()
{
    LoadRecorder recorder(u"api"_s);
    recorder.beginLoad(u"stress"_s);
    (void)recorder.record(interval(10, 8));
    recorder.beginLoad(u"stress"_s);
    const IntervalEvent event = intervalOf(recorder.record(interval(5, 5)));
    QCOMPARE(event.counts.planned, 15);
    QCOMPARE(event.counts.ok, 13);
    QCOMPARE(event.failedByKind.value(u"status"_s), 2);
    QVERIFY(event.counts.addUp());
}

void LoadRecorderTest::statesAreNotAddedUpAndMaximaStay()
{
    LoadRecorder recorder(u"ws"_s);
    recorder.beginLoad(u"stress"_s);
    LoadInterval first = interval(1, 1);
    first.counters = {{u"connections_open"_s, 2}, {u"ping_max_us"_s, 70}, {u"pings_sent"_s, 3}};
    (void)recorder.record(first);
    recorder.beginLoad(u"stress"_s);
    LoadInterval second = interval(1, 1);
    second.counters = {{u"connections_open"_s, 1}, {u"ping_max_us"_s, 50}, {u"pings_sent"_s, 4}};
    const IntervalEvent event = intervalOf(recorder.record(second));
    QCOMPARE(event.counters.value(u"connections_open"_s), 1);
    QCOMPARE(event.counters.value(u"ping_max_us"_s), 70);
    QCOMPARE(event.counters.value(u"pings_sent"_s), 7);
}

void LoadRecorderTest::histogramsHoldExactlyWhatWasMeasured()
{
    LoadRecorder recorder(u"api"_s);
    recorder.beginLoad(u"stress"_s);
    LoadInterval values = interval(3, 3);
    values.responseTime.record(5ms, 3);
    values.serviceTime.record(2ms, 3);
    const QList<HistogramEvent> histograms = histogramsOf(recorder.record(values));
    QCOMPARE(histograms.size(), 2);
    QCOMPARE(histograms.at(0).series, u"response_time"_s);
    LatencyHistogram read;
    QVERIFY(read.addBase64(histograms.at(0).data));
    QCOMPARE(read, values.responseTime);
}

void LoadRecorderTest::requestNamesComeEveryTenSecondsAndAtTheEnd()
{
    LoadRecorder recorder(u"api"_s, {u"a"_s, u"b"_s});
    recorder.beginLoad(u"stress"_s);
    LoadInterval values = interval(1, 1);
    values.responseTimeByRequest.resize(2);
    values.responseTimeByRequest[1].record(1ms);
    int named = 0;
    for (int second = 0; second < 15; ++second)
        named += int(histogramsOf(recorder.record(values)).size());
    QCOMPARE(named, 1);
    const QList<HistogramEvent> rest = histogramsOf(recorder.endLoad());
    QCOMPARE(rest.size(), 1);
    QCOMPARE(rest.constFirst().request, u"b"_s);
    QCOMPARE(rest.constFirst().intervalSeconds, 5.0);
    LatencyHistogram read;
    QVERIFY(read.addBase64(rest.constFirst().data));
    QCOMPARE(read.count(), 5);
}

void LoadRecorderTest::beyondFiftyRequestNamesTheRestIsOther()
{
    QStringList names;
    for (int n = 0; n < 60; ++n)
        names.append(u"r%1"_s.arg(n));
    LoadRecorder recorder(u"api"_s, names);
    recorder.beginLoad(u"stress"_s);
    LoadInterval values = interval(60, 60);
    values.responseTimeByRequest.resize(60);
    for (LatencyHistogram &histogram : values.responseTimeByRequest)
        histogram.record(1ms);
    (void)recorder.record(values);
    const QList<HistogramEvent> histograms = histogramsOf(recorder.endLoad());
    QCOMPARE(histograms.size(), 50);
    QCOMPARE(histograms.constLast().request, u"other"_s);
    LatencyHistogram read;
    QVERIFY(read.addBase64(histograms.constLast().data));
    QCOMPARE(read.count(), 11);
}

void LoadRecorderTest::anIntervalWithoutSamplesHasNoPercentiles()
{
    LoadRecorder recorder(u"api"_s);
    recorder.beginLoad(u"stress"_s);
    const IntervalEvent event = intervalOf(recorder.record(interval(0, 0)));
    QCOMPARE(event.responseTime.count, 0);
    QVERIFY(!event.responseTime.p95Ms);
}

QTEST_GUILESS_MAIN(LoadRecorderTest)
#include "tst_loadrecorder.moc"
