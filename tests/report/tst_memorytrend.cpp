#include "report/boundedseries.h"
#include "report/memorytrend.h"
#include "report/momentsum.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace Qt::StringLiterals;
using namespace lowtide;

class MemoryTrendTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void medianIsTheMiddle_data();
    void medianIsTheMiddle();
    void slopeSurvivesOutliers_data();
    void slopeSurvivesOutliers();
    void fewPointsHaveNoSlope();
    void seriesStaysBoundedAndKeepsItsMean_data();
    void seriesStaysBoundedAndKeepsItsMean();
    void aMomentSumsTheLastSamplesOfEachService();
    void aSampleThatSlippedOverTheSecondStillCounts();
    void anEndedServiceCountsInNoLaterMoment();
};

void MemoryTrendTest::medianIsTheMiddle_data()
{
    QTest::addColumn<std::vector<double>>("values");
    QTest::addColumn<double>("expected");
    QTest::newRow("one") << std::vector<double>{4} << 4.0;
    QTest::newRow("odd count") << std::vector<double>{9, 1, 5} << 5.0;
    QTest::newRow("even count") << std::vector<double>{9, 1, 5, 7} << 6.0;
    QTest::newRow("equal values") << std::vector<double>{2, 2, 2, 8} << 2.0;
}

void MemoryTrendTest::medianIsTheMiddle()
{
    QFETCH(std::vector<double>, values);
    QFETCH(double, expected);
    QCOMPARE(median(values).value(), expected);
}

void MemoryTrendTest::slopeSurvivesOutliers_data()
{
    QTest::addColumn<int>("everyNthIsWild");
    QTest::addColumn<double>("tolerance");
    QTest::newRow("a clean line") << 0 << 1e-9;
    QTest::newRow("one in ten") << 10 << 0.01;
    QTest::newRow("one in five") << 5 << 0.01;
}

void MemoryTrendTest::slopeSurvivesOutliers()
{
    QFETCH(int, everyNthIsWild);
    QFETCH(double, tolerance);
    std::mt19937 random(7);
    std::uniform_real_distribution<double> wild(0.0, 1000.0);
    std::vector<SeriesPoint> points;
    for (int i = 0; i < 200; ++i) {
        const bool isWild = everyNthIsWild > 0 && i % everyNthIsWild == 0;
        points.push_back({i * 1.0, isWild ? wild(random) : 5.0 + 0.25 * i});
    }
    QVERIFY(std::abs(theilSenSlope(points).value() - 0.25) <= tolerance);
}

void MemoryTrendTest::fewPointsHaveNoSlope()
{
    QVERIFY(!theilSenSlope({{0, 1}, {1, 2}, {2, 3}}));
    QVERIFY(!memoryGrowth({{0, 1}, {1, 2}}, {}));
    QVERIFY(memoryGrowth({{0, 1}, {1, 2}, {2, 3}}, {}).has_value());
}

void MemoryTrendTest::seriesStaysBoundedAndKeepsItsMean_data()
{
    QTest::addColumn<int>("count");
    for (const int count : {1, 9, 10, 11, 100, 1000, 65536})
        QTest::addRow("%d points", count) << count;
}

void MemoryTrendTest::seriesStaysBoundedAndKeepsItsMean()
{
    QFETCH(int, count);
    BoundedSeries series(10);
    for (int i = 0; i < count; ++i)
        series.add({i * 1.0, 3.0 * i});
    const std::vector<SeriesPoint> points = series.points();
    QVERIFY(points.size() <= 10);
    QVERIFY(!points.empty());
    double last = -1.0;
    for (const SeriesPoint &point : points) {
        QVERIFY(point.seconds > last);
        QVERIFY(std::abs(point.value - 3.0 * point.seconds) < 1e-6);
        last = point.seconds;
    }
}

void MemoryTrendTest::aMomentSumsTheLastSamplesOfEachService()
{
    MomentSum sum;
    QVERIFY(!sum.highest());
    sum.add(1.1, u"a"_s, 10.0);
    sum.add(1.2, u"b"_s, 5.0);
    sum.add(1.9, u"a"_s, 8.0); // later in the same second
    const auto closed = sum.add(2.1, u"a"_s, 1.0);
    QCOMPARE(closed.value().value, 13.0); // the moment's last samples
    QCOMPARE(sum.highest().value(), 15.0); // before a's second sample
}

void MemoryTrendTest::aSampleThatSlippedOverTheSecondStillCounts()
{
    MomentSum sum;
    sum.add(1.99, u"a"_s, 10.0);
    sum.add(2.0, u"b"_s, 5.0);
    const auto closed = sum.add(3.01, u"a"_s, 10.0); // a has no sample in second 2
    QCOMPARE(closed.value().value, 15.0);
}

void MemoryTrendTest::anEndedServiceCountsInNoLaterMoment()
{
    MomentSum sum;
    sum.add(1.1, u"a"_s, 10.0);
    sum.add(1.2, u"b"_s, 5.0);
    sum.remove(u"b"_s);
    sum.add(2.1, u"a"_s, 12.0);
    QCOMPARE(sum.open().value().value, 12.0);
    QCOMPARE(sum.highest().value(), 15.0);
}

QTEST_GUILESS_MAIN(MemoryTrendTest)
#include "tst_memorytrend.moc"
