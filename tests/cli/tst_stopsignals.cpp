#include "cli/stopsignals.h"

#include <QSignalSpy>
#include <QTest>

#include <csignal>

using namespace lowtide;

class StopSignalsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void eachStoppingSignalAsksForAGracefulEnd_data();
    void eachStoppingSignalAsksForAGracefulEnd();
    void theSecondSignalEndsAtOnceAndTheThirdIsTheSystems();
    void afterwardsSignalsHaveTheSystemsMeaning();
    void whatWasIgnoredBeforeStaysIgnored_data();
    void whatWasIgnoredBeforeStaysIgnored();
};

namespace {

bool isDefault(int number)
{
    struct sigaction action { };
    ::sigaction(number, nullptr, &action);
    return action.sa_handler == SIG_DFL;
}

} // namespace

void StopSignalsTest::init()
{
    // Whoever runs this test may have us ignore some.
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        (void)std::signal(number, SIG_DFL);
}

void StopSignalsTest::eachStoppingSignalAsksForAGracefulEnd_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("interrupt") << SIGINT;
    QTest::newRow("terminate") << SIGTERM;
    QTest::newRow("hang up") << SIGHUP;
}

void StopSignalsTest::eachStoppingSignalAsksForAGracefulEnd()
{
    QFETCH(int, number);
    StopSignals signals;
    const QSignalSpy asked(&signals, &StopSignals::stopAsked);
    const QSignalSpy now(&signals, &StopSignals::stopNowAsked);
    QVERIFY(::raise(number) == 0);
    QTRY_COMPARE(asked.count(), 1);
    QCOMPARE(now.count(), 0);
}

void StopSignalsTest::theSecondSignalEndsAtOnceAndTheThirdIsTheSystems()
{
    StopSignals signals;
    const QSignalSpy asked(&signals, &StopSignals::stopAsked);
    const QSignalSpy now(&signals, &StopSignals::stopNowAsked);
    QVERIFY(::raise(SIGTERM) == 0);
    QVERIFY(::raise(SIGINT) == 0);
    QTRY_COMPARE(now.count(), 1);
    QCOMPARE(asked.count(), 1);
    QVERIFY(isDefault(SIGINT));
    QVERIFY(isDefault(SIGTERM));
}

void StopSignalsTest::afterwardsSignalsHaveTheSystemsMeaning()
{
    {
        StopSignals signals;
        QVERIFY(!isDefault(SIGINT));
    }
    QVERIFY(isDefault(SIGINT));
}

void StopSignalsTest::whatWasIgnoredBeforeStaysIgnored_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("hang up, by nohup") << SIGHUP;
    QTest::newRow("interrupt, in the background of a script") << SIGINT;
}

void StopSignalsTest::whatWasIgnoredBeforeStaysIgnored()
{
    QFETCH(int, number);
    (void)std::signal(number, SIG_IGN);
    {
        StopSignals signals;
        const QSignalSpy asked(&signals, &StopSignals::stopAsked);
        QVERIFY(::raise(number) == 0);
        QVERIFY(::raise(SIGTERM) == 0);
        QTRY_COMPARE(asked.count(), 1);
        QTest::qWait(0);
        QCOMPARE(asked.count(), 1);
    }
    QVERIFY(std::signal(number, SIG_DFL) == SIG_IGN);
}

QTEST_GUILESS_MAIN(StopSignalsTest)
#include "tst_stopsignals.moc"
