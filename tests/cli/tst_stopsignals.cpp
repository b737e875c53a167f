#include "cli/stopsignals.h"

#include <QSignalSpy>
#include <QTest>

#include <csignal>

using namespace lowtide;

class StopSignalsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachStoppingSignalAsksForAGracefulEnd_data();
    void eachStoppingSignalAsksForAGracefulEnd();
    void theSecondSignalEndsAtOnceAndTheThirdIsTheSystems();
    void afterwardsSignalsHaveTheSystemsMeaning();
};

namespace {

bool isDefault(int number)
{
    struct sigaction action { };
    ::sigaction(number, nullptr, &action);
    return action.sa_handler == SIG_DFL;
}

} // namespace

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

QTEST_GUILESS_MAIN(StopSignalsTest)
#include "tst_stopsignals.moc"
