#include "stats/hdrlayout.h"
#include "stats/latencyhistogram.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <QtEndian>

#include <array>
#include <cmath>
#include <random>

using namespace Qt::StringLiterals;
using namespace lowtide;
using namespace std::chrono_literals;

namespace {

/// A recording of the reference implementation; see tests/data/hdr/record.py.
QJsonObject recording(const QString &file)
{
    QFile source(QStringLiteral(LOWTIDE_SOURCE_DIR "/tests/data/hdr/") + file);
    if (!source.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(source.readAll()).object();
}

LatencyHistogram histogramOf(const QJsonArray &valuesUs)
{
    LatencyHistogram histogram;
    for (const QJsonValue &value : valuesUs)
        histogram.record(std::chrono::microseconds(value.toInteger()));
    return histogram;
}

Nanoseconds us(const QJsonValue &value) { return std::chrono::microseconds(value.toInteger()); }

/// The uncompressed part of an encoded histogram.
QByteArray innerPart(const QByteArray &base64)
{
    QByteArray stream(4, '\0');
    qToBigEndian<quint32>(1'000'000, stream.data());
    return qUncompress(stream + QByteArray::fromBase64(base64).sliced(8));
}

QByteArray outerPart(const QByteArray &inner, quint32 cookie = 0x1c849314)
{
    const QByteArray stream = qCompress(inner).sliced(4);
    QByteArray head(8, '\0');
    qToBigEndian(cookie, head.data());
    qToBigEndian(static_cast<quint32>(stream.size()), head.data() + 4);
    return (head + stream).toBase64();
}

QByteArray withField(QByteArray inner, qsizetype offset, qint64 value)
{
    qToBigEndian(value, inner.data() + offset);
    return inner;
}

/// Durations over the whole range, the same in each run of the tests.
QList<Nanoseconds> spreadDurations(int count, unsigned seed)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> exponent(2.0, 12.5); // 100 ns to 53 min
    QList<Nanoseconds> durations;
    for (int i = 0; i < count; ++i)
        durations += Nanoseconds(std::llround(std::pow(10.0, exponent(random))));
    return durations;
}

LatencyHistogram histogramOf(const QList<Nanoseconds> &durations)
{
    LatencyHistogram histogram;
    for (const Nanoseconds duration : durations)
        histogram.record(duration);
    return histogram;
}

} // namespace

class LatencyHistogramTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsTheReference_data()
    {
        QTest::addColumn<QString>("file");
        QDirIterator files(QStringLiteral(LOWTIDE_SOURCE_DIR "/tests/data/hdr"), {u"*.json"_s});
        while (files.hasNext()) {
            files.next();
            QTest::newRow(qPrintable(files.fileName())) << files.fileName();
        }
    }

    void equalsTheReference()
    {
        QFETCH(const QString, file);
        const QJsonObject expected = recording(file);
        QVERIFY(expected.contains("values"_L1));
        const LatencyHistogram histogram = histogramOf(expected.value("values"_L1).toArray());

        QCOMPARE(histogram.count(), expected.value("count"_L1).toInteger());
        QCOMPARE(histogram.min(), us(expected.value("min"_L1)));
        QCOMPARE(histogram.max(), us(expected.value("max"_L1)));
        const double meanNs = expected.value("mean"_L1).toDouble() * 1000.0;
        QCOMPARE(histogram.mean(), Nanoseconds(std::llround(meanNs)));
        for (const QJsonValue &row : expected.value("percentiles"_L1).toArray())
            QCOMPARE(histogram.valueAtPercentile(row[0].toDouble()), us(row[1]));
        // The zlib stream itself may differ between versions of zlib; what it holds may not.
        const QByteArray encoded = expected.value("encoded"_L1).toString().toLatin1();
        QCOMPARE(innerPart(histogram.toBase64()), innerPart(encoded));
    }

    void readsTheReferencesEncoding_data() { equalsTheReference_data(); }

    void readsTheReferencesEncoding()
    {
        QFETCH(const QString, file);
        const QJsonObject expected = recording(file);
        LatencyHistogram read;
        QVERIFY(read.addBase64(expected.value("encoded"_L1).toString().toLatin1()));
        QCOMPARE(read, histogramOf(expected.value("values"_L1).toArray()));
    }

    void emptyOneHasNoValues()
    {
        const LatencyHistogram empty;
        QVERIFY(empty.isEmpty());
        QCOMPARE(empty.valueAtPercentile(99.0), 0ns);
        QCOMPARE(empty.max(), 0ns);
        QCOMPARE(empty.min(), 0ns);
        QCOMPARE(empty.mean(), 0ns);
        QCOMPARE(empty.countAbove(0ns), 0);
    }

    /// As HdrHistogram_c and HdrHistogram for Java; the Python port of the recordings writes no
    /// counter.
    void emptyOneIsEncodedAsOneCounterOfZero()
    {
        const QByteArray encoded = LatencyHistogram().toBase64();
        QCOMPARE(innerPart(encoded).sliced(40), QByteArray("\x01"));
        LatencyHistogram read;
        QVERIFY(read.addBase64(encoded));
        QVERIFY(read.isEmpty());
        QVERIFY(read.addBase64(
            outerPart(withField(innerPart(encoded).first(40), 0, 0x1c84931300000000))));
        QVERIFY(read.isEmpty());
    }

    void durationsAreRoundedToTheNearestMicrosecond_data()
    {
        QTest::addColumn<qint64>("ns");
        QTest::addColumn<qint64>("expectedUs");
        QTest::newRow("negative") << qint64(-5'000'000) << qint64(1);
        QTest::newRow("zero") << qint64(0) << qint64(1);
        QTest::newRow("below a microsecond") << qint64(400) << qint64(1);
        QTest::newRow("just below the half") << qint64(1'499) << qint64(1);
        QTest::newRow("the half") << qint64(1'500) << qint64(2);
        QTest::newRow("above the half") << qint64(41'501) << qint64(42);
    }

    void durationsAreRoundedToTheNearestMicrosecond()
    {
        QFETCH(const qint64, ns);
        QFETCH(const qint64, expectedUs);
        LatencyHistogram histogram;
        histogram.record(Nanoseconds(ns));
        QCOMPARE(histogram.max(), Nanoseconds(expectedUs * 1000));
        QCOMPARE(histogram.clipped(), 0);
    }

    void longerThanAnHourCountsAsAnHourAndAsClipped()
    {
        LatencyHistogram histogram;
        histogram.record(1h);
        QCOMPARE(histogram.clipped(), 0);
        histogram.record(1h + 1us);
        histogram.record(Nanoseconds::max(), 3);
        QCOMPARE(histogram.clipped(), 4);
        QCOMPARE(histogram.count(), 5);
        LatencyHistogram hours;
        hours.record(1h, 5);
        QCOMPARE(histogram.max(), hours.max());
        QCOMPARE(histogram.min(), hours.min());
    }

    void recordedValueIsKnownToOnePartInAThousand()
    {
        for (const Nanoseconds duration : spreadDurations(5000, 7)) {
            LatencyHistogram histogram;
            histogram.record(duration);
            const double actual = std::max(1000.0, static_cast<double>(duration.count()));
            const double tolerance =
                std::max(0.001 * actual, 500.0); // half a microsecond at the bottom
            for (const Nanoseconds shown : {histogram.min(), histogram.max(), histogram.mean()})
                QVERIFY2(std::fabs(static_cast<double>(shown.count()) - actual) <= tolerance,
                         qPrintable(QString::number(duration.count())));
        }
    }

    void bucketsFollowOneAnotherWithoutGap()
    {
        QCOMPARE(hdr::lowestAt(0), 0);
        for (int index = 0; index < hdr::counterCount; ++index) {
            QCOMPARE(hdr::lowestAt(index + 1), hdr::highestAt(index) + 1);
            QCOMPARE(hdr::indexOf(hdr::lowestAt(index)), index);
            QCOMPARE(hdr::indexOf(hdr::highestAt(index)), index);
        }
        QVERIFY(hdr::indexOf(hdr::highestValue) < hdr::counterCount);
    }

    void percentilesNeverFall()
    {
        const LatencyHistogram histogram = histogramOf(spreadDurations(3000, 11));
        Nanoseconds last{};
        for (double percentile = 0.0; percentile <= 100.0; percentile += 0.05) {
            const Nanoseconds value = histogram.valueAtPercentile(percentile);
            QVERIFY(value >= last);
            last = value;
        }
        QCOMPARE(histogram.valueAtPercentile(100.0), histogram.max());
        QCOMPARE(histogram.valueAtPercentile(250.0), histogram.max());
        QCOMPARE(histogram.valueAtPercentile(-3.0), histogram.min());
    }

    void countsWhatIsLongerThanALimit()
    {
        LatencyHistogram histogram;
        histogram.record(1ms, 5);
        histogram.record(500ms, 3);
        histogram.record(2h, 2);
        QCOMPARE(histogram.countAbove(0ns), 10);
        QCOMPARE(histogram.countAbove(1ms), 5);
        QCOMPARE(histogram.countAbove(499ms), 5);
        QCOMPARE(histogram.countAbove(500ms), 2);
        QCOMPARE(histogram.countAbove(1h), 0);
        QCOMPARE(histogram.countAbove(3h), 0);
    }

    void mergingIsRecordingAllAndCommutes()
    {
        const QList<Nanoseconds> first = spreadDurations(1000, 1);
        const QList<Nanoseconds> second = spreadDurations(700, 2) + QList<Nanoseconds>{2h};
        LatencyHistogram left = histogramOf(first);
        left.add(histogramOf(second));
        LatencyHistogram right = histogramOf(second);
        right.add(histogramOf(first));
        const LatencyHistogram all = histogramOf(first + second);
        QCOMPARE(left, all);
        QCOMPARE(right, all);
        QCOMPARE(all.count(), 1701);
    }

    void addingItselfDoubles()
    {
        const QList<Nanoseconds> durations = spreadDurations(100, 3);
        LatencyHistogram histogram = histogramOf(durations);
        histogram.add(histogram);
        QCOMPARE(histogram, histogramOf(durations + durations));
    }

    void encodedDeltasAddUpToTheTotal()
    {
        const QList<Nanoseconds> durations = spreadDurations(1000, 4);
        LatencyHistogram sum;
        for (qsizetype first = 0; first < durations.size(); first += 100)
            QVERIFY(sum.addBase64(histogramOf(durations.sliced(first, 100)).toBase64()));
        QCOMPARE(sum, histogramOf(durations));
    }

    void countsOfEverySizeComeBack()
    {
        LatencyHistogram histogram;
        Nanoseconds at = 1us;
        for (unsigned bits = 0; bits < 61;
             ++bits, at += 300us) { // up to the longest LEB128 numbers
            histogram.record(at, qint64(1) << bits);
            histogram.record(at + 1us, (qint64(1) << bits) - 1);
        }
        LatencyHistogram read;
        QVERIFY(read.addBase64(histogram.toBase64()));
        QCOMPARE(read, histogram);
    }

    void moreThanFourThousandMillionInOneBucketAreCounted()
    {
        LatencyHistogram histogram;
        histogram.record(1ms, 4'000'000'000);
        histogram.record(1ms, 4'000'000'000);
        histogram.record(9ms, 1);
        QCOMPARE(histogram.count(), 8'000'000'001);
        QCOMPARE(histogram.countAbove(1ms), 1);
        LatencyHistogram read;
        QVERIFY(read.addBase64(histogram.toBase64()));
        QCOMPARE(read, histogram);
    }

    void damagedEncodingIsRefusedAndChangesNothing_data()
    {
        QTest::addColumn<QByteArray>("text");
        const QByteArray good = histogramOf(spreadDurations(50, 5)).toBase64();
        const QByteArray inner = innerPart(good);
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("not base64") << "!" + good.sliced(1);
        QTest::newRow("cut short") << good.first(good.size() / 8 * 4);
        QTest::newRow("with something behind it")
            << (QByteArray::fromBase64(good) + 'x').toBase64();
        QByteArray flipped = QByteArray::fromBase64(good);
        flipped[flipped.size() / 2] = static_cast<char>(flipped.at(flipped.size() / 2) ^ 0x10);
        QTest::newRow("one bit flipped") << flipped.toBase64();
        QTest::newRow("another outer cookie") << outerPart(inner, 0x1c849301);
        QTest::newRow("another inner cookie") << outerPart("\x1c\x84\x93\x01" + inner.sliced(4));
        QTest::newRow("another number of digits") << outerPart(withField(inner, 8, 2));
        QTest::newRow("another lowest value") << outerPart(withField(inner, 16, 1000));
        QTest::newRow("another highest value") << outerPart(withField(inner, 24, 60'000'000));
        QTest::newRow("another ratio") << outerPart(withField(inner, 32, 0));
        QTest::newRow("counts longer than said") << outerPart(inner + '\x02');
        QTest::newRow("header alone, counts missing") << outerPart(inner.first(40));
        QTest::newRow("header cut") << outerPart(inner.first(30));
        const auto withCounts = [&inner](const QByteArray &counts) {
            QByteArray changed = inner.first(40) + counts;
            qToBigEndian(static_cast<quint32>(counts.size()), changed.data() + 4);
            return outerPart(changed);
        };
        QTest::newRow("number cut short") << withCounts("\x80");
        QTest::newRow("more zeros than counters") << withCounts("\xff\xff\xff\xff\x0f");
        QTest::newRow("more counters than there are") << withCounts(QByteArray(23'553, '\x02'));
        const QByteArray largest = "\xfe\xff\xff\xff\xff\xff\xff\xff\xff";
        QTest::newRow("counts too large to add up") << withCounts(largest + largest);
    }

    void damagedEncodingIsRefusedAndChangesNothing()
    {
        QFETCH(const QByteArray, text);
        const LatencyHistogram before = histogramOf(spreadDurations(20, 6));
        LatencyHistogram histogram = before;
        if (qstrcmp(QTest::currentDataTag(), "one bit flipped") == 0)
            QTest::ignoreMessage(QtWarningMsg, "qUncompress: Input data is corrupted");
        QVERIFY(!histogram.addBase64(text));
        QCOMPARE(histogram, before);
    }

    void copyIsIndependent()
    {
        const LatencyHistogram original = histogramOf(spreadDurations(200, 8));
        LatencyHistogram copy = original;
        QCOMPARE(copy, original);
        copy.record(1ms);
        QVERIFY(copy != original);
        copy = original;
        QCOMPARE(copy, original);
    }

    void movedFromOneIsEmptyAndCanBeUsed()
    {
        const LatencyHistogram expected = histogramOf(spreadDurations(200, 9));
        LatencyHistogram source = expected;
        const LatencyHistogram target = std::move(source);
        QCOMPARE(target, expected);
        QCOMPARE(source, LatencyHistogram()); // NOLINT(bugprone-use-after-move): what is tested
        QCOMPARE(source.valueAtPercentile(50.0), 0ns);
        source.add(expected);
        QCOMPARE(source, expected);
    }

    void clearedOneEqualsANewOne()
    {
        LatencyHistogram histogram = histogramOf(spreadDurations(200, 10));
        histogram.record(2h);
        histogram.clear();
        QCOMPARE(histogram, LatencyHistogram());
        QVERIFY(LatencyHistogram() == histogram);
        histogram.record(5ms);
        QCOMPARE(histogram.count(), 1);
        QCOMPARE(histogram.min(), 5ms);
    }

    void memoryIsThatOfTheRangeInUse()
    {
        CountPages pages;
        QCOMPARE(pages.usedBytes(), std::size_t(0));
        for (int i = 0; i < 1000; ++i)
            pages.add(3000 + i % 10, 1);
        QCOMPARE(pages.usedBytes(), std::size_t(4096));
        const CountPages copy = pages;
        QCOMPARE(copy.usedBytes(), std::size_t(4096));
    }
};

QTEST_GUILESS_MAIN(LatencyHistogramTest)
#include "tst_latencyhistogram.moc"
