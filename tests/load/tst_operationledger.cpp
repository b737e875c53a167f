#include "load/operationledger.h"

#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {
constexpr SteadyTime start{100s};

Completion ended(Outcome outcome, Nanoseconds due, Nanoseconds sent, Nanoseconds end)
{
    return {.outcome = outcome, .due = start + due, .sent = start + sent, .ended = start + end};
}
} // namespace

class OperationLedgerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addsUpAfterEveryStep();
    void responseCountsFromDueAndServiceFromSend();
    void cancelledAndDroppedHaveNoTimes();
    void failuresAreCountedByKindAndStatus();
    void countsAreTotalsAndHistogramsAreDeltas();
    void latenessIsThatOfFreeUsersAlone();
    void firstSuccessIsKept();
    void requestsHaveTheirOwnResponseTimes();
};

void OperationLedgerTest::addsUpAfterEveryStep()
{
    OperationLedger ledger(start, 1);
    const auto check = [&](qint64 inFlight, qint64 waiting) {
        QVERIFY(ledger.counts().addUp());
        QCOMPARE(ledger.counts().inFlight, inFlight);
        QCOMPARE(ledger.waiting(), waiting);
    };
    for (int i = 0; i < 6; ++i)
        ledger.plan();
    check(6, 6);
    for (int i = 0; i < 4; ++i)
        ledger.send(1us);
    check(6, 2);
    ledger.drop();
    check(5, 1);
    ledger.cancelWaiting();
    check(4, 0);
    for (const Outcome outcome :
         {Outcome::Ok, Outcome::Failed, Outcome::TimedOut, Outcome::Cancelled})
        ledger.complete(ended(outcome, 0s, 0s, 1s));
    check(0, 0);
    const OperationCounts expected{.planned = 6,
                                   .sent = 4,
                                   .ok = 1,
                                   .failed = 1,
                                   .timedOut = 1,
                                   .dropped = 1,
                                   .cancelled = 2,
                                   .inFlight = 0};
    QVERIFY(ledger.counts() == expected);
}

void OperationLedgerTest::responseCountsFromDueAndServiceFromSend()
{
    OperationLedger ledger(start, 1);
    ledger.plan();
    ledger.send(std::nullopt);
    ledger.complete(ended(Outcome::Ok, 1s, 3s, 4s));
    const LoadInterval interval = ledger.takeInterval(start + 5s);
    QVERIFY(interval.length == 5s);
    QVERIFY(std::chrono::round<std::chrono::milliseconds>(interval.responseTime.max()) >= 3s);
    QVERIFY(interval.responseTime.min() <= 3s);
    QVERIFY(interval.serviceTime.min() <= 1s);
    QVERIFY(interval.serviceTime.max() < 1010ms);
}

void OperationLedgerTest::cancelledAndDroppedHaveNoTimes()
{
    OperationLedger ledger(start, 1);
    ledger.plan();
    ledger.plan();
    ledger.drop();
    ledger.send(0ns);
    ledger.complete(ended(Outcome::Cancelled, 0s, 0s, 1s));
    const LoadInterval interval = ledger.takeInterval(start + 1s);
    QVERIFY(interval.responseTime.isEmpty());
    QVERIFY(interval.serviceTime.isEmpty());
}

void OperationLedgerTest::failuresAreCountedByKindAndStatus()
{
    OperationLedger ledger(start, 1);
    const auto fail = [&](FailureKind kind, std::uint16_t status) {
        ledger.plan();
        ledger.send(0ns);
        Completion completion = ended(Outcome::Failed, 0s, 0s, 1s);
        completion.failure = kind;
        completion.status = status;
        ledger.complete(completion);
    };
    fail(FailureKind::Status, 500);
    fail(FailureKind::Status, 500);
    fail(FailureKind::Status, 404);
    fail(FailureKind::Reset, 200); // broken off in its body
    fail(FailureKind::Status, 65535); // no status that exists
    const LoadInterval interval = ledger.takeInterval(start + 1s);
    const QMap<QString, qint64> kinds{{u"reset"_s, 1}, {u"status"_s, 4}};
    const QMap<QString, qint64> statuses{{u"404"_s, 1}, {u"500"_s, 2}};
    QCOMPARE(interval.failedByKind, kinds);
    QCOMPARE(interval.failedByStatus, statuses);
    QCOMPARE(interval.responseTime.count(), 5);
}

void OperationLedgerTest::countsAreTotalsAndHistogramsAreDeltas()
{
    OperationLedger ledger(start, 1);
    for (int second = 1; second <= 3; ++second) {
        ledger.plan();
        ledger.send(0ns);
        ledger.complete(ended(Outcome::Ok, 0s, 0s, 1s));
        const LoadInterval interval = ledger.takeInterval(start + second * 1s);
        QVERIFY(interval.length == 1s);
        QCOMPARE(interval.counts.ok, second);
        QCOMPARE(interval.responseTime.count(), 1);
        QCOMPARE(interval.lateness.count(), 1);
    }
}

void OperationLedgerTest::latenessIsThatOfFreeUsersAlone()
{
    OperationLedger ledger(start, 1);
    ledger.plan();
    ledger.plan();
    ledger.send(10us);
    ledger.send(std::nullopt);
    const LoadInterval interval = ledger.takeInterval(start + 1s);
    QCOMPARE(interval.lateness.count(), 1);
    QVERIFY(interval.lateness.max() == 10us);
    QCOMPARE(interval.counts.sent, 2);
}

void OperationLedgerTest::firstSuccessIsKept()
{
    OperationLedger ledger(start, 1);
    for (int i = 0; i < 3; ++i) {
        ledger.plan();
        ledger.send(0ns);
    }
    ledger.complete(ended(Outcome::Failed, 0s, 0s, 1s));
    QVERIFY(!ledger.takeInterval(start + 1s).firstOk);
    ledger.complete(ended(Outcome::Ok, 0s, 0s, 2s));
    ledger.complete(ended(Outcome::Ok, 0s, 0s, 3s));
    QVERIFY(ledger.takeInterval(start + 3s).firstOk == std::optional<Nanoseconds>(2s));
}

void OperationLedgerTest::requestsHaveTheirOwnResponseTimes()
{
    OperationLedger ledger(start, 2);
    for (int i = 0; i < 3; ++i) {
        ledger.plan();
        ledger.send(0ns);
        Completion completion = ended(Outcome::Ok, 0s, 0s, 1s);
        completion.request = i == 0 ? 0 : 1;
        ledger.complete(completion);
    }
    const LoadInterval interval = ledger.takeInterval(start + 1s);
    QCOMPARE(interval.responseTimeByRequest.size(), std::size_t(2));
    QCOMPARE(interval.responseTimeByRequest[0].count(), 1);
    QCOMPARE(interval.responseTimeByRequest[1].count(), 2);
}

QTEST_GUILESS_MAIN(OperationLedgerTest)

#include "tst_operationledger.moc"
