#include "target/targetcheck.h"
#include "target/targetguard.h"

#include <QSignalSpy>
#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;

class TargetGuardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void decidesByTheUrlAlone_data();
    void decidesByTheUrlAlone();
    void namedHostsAreAllowed_data();
    void namedHostsAreAllowed();
    void namesPassOnlyByAllTheirAddresses_data();
    void namesPassOnlyByAllTheirAddresses();
    void refusalNamesTheHostAndTheWayOut();
    void refusalHidesPasswords();
    void checkReportsInTheOrderOfTheUrls();
    void checkOfNothingEndsToo();
};

void TargetGuardTest::decidesByTheUrlAlone_data()
{
    using P = LoadPermission;
    QTest::addColumn<QString>("url");
    QTest::addColumn<LoadPermission>("permission");
    QTest::newRow("loopback") << "http://127.0.0.1:8000/x" << P::Allowed;
    QTest::newRow("all of 127/8") << "ws://127.9.8.7/ws" << P::Allowed;
    QTest::newRow("IPv6 loopback") << "https://[::1]:443" << P::Allowed;
    QTest::newRow("IPv4 in IPv6") << "http://[::ffff:192.168.1.1]/" << P::Allowed;
    QTest::newRow("public IPv4 in IPv6") << "http://[::ffff:8.8.8.8]/" << P::Refused;
    QTest::newRow("unspecified") << "http://0.0.0.0:8000" << P::Allowed;
    QTest::newRow("ten") << "http://10.255.0.1" << P::Allowed;
    QTest::newRow("first of 172.16/12") << "http://172.16.0.1" << P::Allowed;
    QTest::newRow("last of 172.16/12") << "http://172.31.255.255" << P::Allowed;
    QTest::newRow("just above 172.16/12") << "http://172.32.0.1" << P::Refused;
    QTest::newRow("192.168") << "http://192.168.7.7" << P::Allowed;
    QTest::newRow("just beside 192.168") << "http://192.169.0.1" << P::Refused;
    QTest::newRow("cloud metadata") << "http://169.254.169.254/latest" << P::Refused;
    QTest::newRow("unique local IPv6") << "http://[fd12::1]" << P::Allowed;
    QTest::newRow("link local IPv6") << "http://[fe80::1]" << P::Allowed;
    QTest::newRow("global IPv6") << "http://[2001:db8::1]" << P::Refused;
    QTest::newRow("public") << "http://8.8.8.8" << P::Refused;
    QTest::newRow("public, written as one number") << "http://134744072" << P::Refused;
    QTest::newRow("localhost") << "http://localhost:1" << P::Allowed;
    QTest::newRow("localhost in capitals") << "http://LocalHost:1" << P::Allowed;
    QTest::newRow("below localhost") << "http://app.localhost" << P::Allowed;
    QTest::newRow("not localhost at all") << "http://localhost.example.com" << P::DependsOnAddress;
    QTest::newRow("loopback as user name") << "http://127.0.0.1@example.com" << P::DependsOnAddress;
    QTest::newRow("another scheme") << "ftp://127.0.0.1" << P::Refused;
    QTest::newRow("no host") << "http:///x" << P::Refused;
    QTest::newRow("empty") << "" << P::Refused;
}

void TargetGuardTest::decidesByTheUrlAlone()
{
    QFETCH(QString, url);
    QFETCH(LoadPermission, permission);
    QCOMPARE(LoadAllowance().permission(QUrl(url)), permission);
    QCOMPARE(mayBeLoaded(QUrl(url)).has_value(), permission == LoadPermission::Allowed);
}

void TargetGuardTest::namedHostsAreAllowed_data()
{
    QTest::addColumn<QString>("allowed");
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("mayBe");
    QTest::newRow("by name") << "api.example.com"
                             << "https://api.example.com/x" << true;
    QTest::newRow("whatever its case") << "API.example.com"
                                       << "https://api.EXAMPLE.com" << true;
    QTest::newRow("with a dot at its end") << "api.example.com"
                                           << "https://api.example.com./" << true;
    QTest::newRow("not those below it") << "example.com"
                                        << "https://api.example.com" << false;
    QTest::newRow("not those that end like it") << "example.com"
                                                << "https://badexample.com" << false;
    QTest::newRow("by name and port") << "example.com:8443"
                                      << "https://example.com:8443" << true;
    QTest::newRow("not on another port") << "example.com:8443"
                                         << "https://example.com" << false;
    QTest::newRow("the scheme's own port") << "example.com:443"
                                           << "wss://example.com" << true;
    QTest::newRow("by address") << "203.0.113.7"
                                << "http://203.0.113.7:80" << true;
    QTest::newRow("by IPv6 address") << "2001:db8::1"
                                     << "http://[2001:db8::1]" << true;
    QTest::newRow("by IPv6 address and port") << "[2001:db8::1]:81"
                                              << "http://[2001:db8::1]:81" << true;
    QTest::newRow("by network") << "203.0.113.0/24"
                                << "http://203.0.113.200" << true;
    QTest::newRow("outside of the network") << "203.0.113.0/24"
                                            << "http://203.0.114.1" << false;
    QTest::newRow("an empty entry") << ""
                                    << "http://203.0.114.1" << false;
    QTest::newRow("nonsense for a network") << "x/24"
                                            << "http://203.0.114.1" << false;
}

void TargetGuardTest::namedHostsAreAllowed()
{
    QFETCH(QString, allowed);
    QFETCH(QString, url);
    QFETCH(bool, mayBe);
    QCOMPARE(mayBeLoaded(QUrl(url), {u"other.example"_s, allowed}).has_value(), mayBe);
}

void TargetGuardTest::namesPassOnlyByAllTheirAddresses_data()
{
    QTest::addColumn<QStringList>("addresses");
    QTest::addColumn<bool>("mayBe");
    QTest::newRow("private") << QStringList{u"172.18.0.3"_s} << true;
    QTest::newRow("loopback twice") << QStringList{u"127.0.0.1"_s, u"::1"_s} << true;
    QTest::newRow("one of them public") << QStringList{u"10.0.0.1"_s, u"8.8.8.8"_s} << false;
    QTest::newRow("none") << QStringList() << false;
}

void TargetGuardTest::namesPassOnlyByAllTheirAddresses()
{
    QFETCH(QStringList, addresses);
    QFETCH(bool, mayBe);
    QList<QHostAddress> resolved;
    for (const QString &address : addresses)
        resolved.append(QHostAddress(address));
    QCOMPARE(LoadAllowance().check(QUrl(u"http://bluefin:8000"_s), resolved).has_value(), mayBe);
}

void TargetGuardTest::refusalNamesTheHostAndTheWayOut()
{
    const auto refused = mayBeLoaded(QUrl(u"http://8.8.8.8/x"_s));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::BadInput);
    QVERIFY(refused.error().text().contains("http://8.8.8.8/x"_L1));
    QVERIFY(refused.error().hint.contains("--allow-target 8.8.8.8"_L1));
}

void TargetGuardTest::refusalHidesPasswords()
{
    const auto refused = mayBeLoaded(QUrl(u"http://me:secret@8.8.8.8/"_s));
    QVERIFY(!refused.error().text().contains("secret"_L1));
}

void TargetGuardTest::checkReportsInTheOrderOfTheUrls()
{
    // A name in .invalid never resolves (RFC 6761).
    TargetCheck check(
        {QUrl(u"http://nowhere.invalid"_s), QUrl(u"http://127.0.0.1"_s), QUrl(u"http://8.8.8.8"_s)},
        {});
    QSignalSpy finished(&check, &TargetCheck::finished);
    check.start();
    QCOMPARE(finished.count(), 0);
    QVERIFY(finished.wait(30000));
    const auto errors = finished.first().first().value<Errors>();
    QCOMPARE(errors.size(), 2);
    QCOMPARE(errors.at(0).code, ErrorCode::Unreachable);
    QVERIFY(errors.at(0).message.contains("nowhere.invalid"_L1));
    QCOMPARE(errors.at(1).code, ErrorCode::BadInput);
}

void TargetGuardTest::checkOfNothingEndsToo()
{
    TargetCheck check({}, {});
    QSignalSpy finished(&check, &TargetCheck::finished);
    check.start();
    QVERIFY(finished.wait());
    QVERIFY(finished.first().first().value<Errors>().isEmpty());
}

QTEST_GUILESS_MAIN(TargetGuardTest)
#include "tst_targetguard.moc"
