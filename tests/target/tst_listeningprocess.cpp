#include "target/listeningprocess.h"

#include <QCoreApplication>
#include <QTcpServer>
#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;

class ListeningProcessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsListenersOfAPortInTheKernelsTable();
    void onlyWhoeverTakesConnectionsToTheAddressCounts_data();
    void onlyWhoeverTakesConnectionsToTheAddressCounts();
    void aListenerAtAnotherAddressOfThePortIsNotTakenForIt();
    void findsTheProcessBehindALoopbackAddress_data();
    void findsTheProcessBehindALoopbackAddress();
    void aPortThatNobodyListensOnHasNoProcess();
    void addressesElsewhereAreNotLookedUp();
};

void ListeningProcessTest::findsListenersOfAPortInTheKernelsTable()
{
    const QByteArray table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
                             "retrnsmt   uid  timeout inode\n"
                             "   0: 0100007F:1F92 00000000:0000 0A 00000000:00000000 00:00000000 "
                             "00000000     0        0 4711 1 x\n"
                             "   1: 0100007F:1F92 0100007F:D431 01 00000000:00000000 00:00000000 "
                             "00000000     0        0 4712 1 x\n"
                             "   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 "
                             "00000000     0        0 4713 1 x\n";
    const QList<QHostAddress> local{QHostAddress(QHostAddress::LocalHost)};
    QCOMPARE(listeningInodes(table, 8082, local), QList<qint64>({4711}));
    QCOMPARE(listeningInodes(table, 80, local), QList<qint64>({4713}));
    QCOMPARE(listeningInodes(table, 81, local), QList<qint64>());
    QCOMPARE(listeningInodes("garbage\n", 80, local), QList<qint64>());
}

void ListeningProcessTest::onlyWhoeverTakesConnectionsToTheAddressCounts_data()
{
    QTest::addColumn<QByteArray>("listener");
    QTest::addColumn<bool>("takesFour");
    QTest::addColumn<bool>("takesSix");
    const QByteArray zeros(24, '0');
    QTest::newRow("loopback") << QByteArray("0100007F") << true << false;
    QTest::newRow("another loopback address") << QByteArray("0200007F") << false << false;
    QTest::newRow("an address of the network") << QByteArray("0501A8C0") << false << false;
    QTest::newRow("everywhere") << QByteArray("00000000") << true << false;
    QTest::newRow("IPv6 loopback") << zeros + "01000000" << false << true;
    QTest::newRow("IPv6 everywhere") << zeros + "00000000" << true << true;
    QTest::newRow("IPv4 loopback as IPv6")
        << QByteArray("0000000000000000FFFF00000100007F") << true << false;
    QTest::newRow("IPv6 address of the network")
        << QByteArray("000080FE000000000000000001000000") << false << false;
}

void ListeningProcessTest::onlyWhoeverTakesConnectionsToTheAddressCounts()
{
#if Q_BYTE_ORDER == Q_BIG_ENDIAN
    QSKIP("the rows are of little-endian machines");
#endif
    QFETCH(QByteArray, listener);
    const QByteArray line = "0: " + listener
        + ":1F92 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1 x\n";
    QTEST(listeningInodes(line, 8082, {QHostAddress(QHostAddress::LocalHost)}).size() == 1,
          "takesFour");
    QTEST(listeningInodes(line, 8082, {QHostAddress(QHostAddress::LocalHostIPv6)}).size() == 1,
          "takesSix");
}

void ListeningProcessTest::aListenerAtAnotherAddressOfThePortIsNotTakenForIt()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress(u"127.0.0.2"_s)));
    const int port = server.serverPort();
    QVERIFY(!findListeningProcess(QUrl(u"http://127.0.0.1:%1/"_s.arg(port))));
    QVERIFY(findListeningProcess(QUrl(u"http://127.0.0.2:%1/"_s.arg(port))));
}

void ListeningProcessTest::findsTheProcessBehindALoopbackAddress_data()
{
    QTest::addColumn<QHostAddress>("listen");
    QTest::addColumn<QString>("host");
    QTest::newRow("IPv4") << QHostAddress(QHostAddress::LocalHost) << u"127.0.0.1"_s;
    QTest::newRow("by name") << QHostAddress(QHostAddress::LocalHost) << u"localhost"_s;
    QTest::newRow("IPv6") << QHostAddress(QHostAddress::LocalHostIPv6) << u"[::1]"_s;
}

void ListeningProcessTest::findsTheProcessBehindALoopbackAddress()
{
    QFETCH(QHostAddress, listen);
    QFETCH(QString, host);
    QTcpServer server;
    if (!server.listen(listen))
        QSKIP("this machine has no such loopback address");
    const auto found =
        findListeningProcess(QUrl(u"http://%1:%2/x"_s.arg(host).arg(server.serverPort())));
    QVERIFY(found);
    QCOMPARE(found->pid, QCoreApplication::applicationPid());
    QVERIFY(!found->name.isEmpty());
}

void ListeningProcessTest::aPortThatNobodyListensOnHasNoProcess()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const int port = server.serverPort();
    server.close();
    QVERIFY(!findListeningProcess(QUrl(u"http://127.0.0.1:%1/"_s.arg(port))));
}

void ListeningProcessTest::addressesElsewhereAreNotLookedUp()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QVERIFY(!findListeningProcess(QUrl(u"http://10.1.2.3:%1/"_s.arg(server.serverPort()))));
}

QTEST_GUILESS_MAIN(ListeningProcessTest)
#include "tst_listeningprocess.moc"
