#include "profile/bundledprofiles.h"

#include "model/scenarios/httpload.h"
#include "model/scenarios/websocketload.h"
#include "profile/profilefixture.h"

#include <QDir>

using namespace lowtide;
using namespace Qt::StringLiterals;

/// What the program carries and writes itself is valid.
class BundledProfilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFileIsBundled()
    {
        QStringList files;
        for (const QString &file :
             QDir(u"" LOWTIDE_SOURCE_DIR "/resources/profiles"_s).entryList(QDir::Files))
            files.append(file.chopped(5));
        QStringList names = bundledProfileNames();
        QCOMPARE(names.front(), u"trading-bot"_s);
        names.sort();
        files.sort();
        QCOMPARE(names, files);
    }

    void everyBundledProfileIsValid_data()
    {
        QTest::addColumn<QString>("name");
        for (const QString &name : bundledProfileNames())
            QTest::newRow(qPrintable(name)) << name;
    }

    void everyBundledProfileIsValid()
    {
        QFETCH(const QString, name);
        READ_OR_FAIL(read, bundledProfile(name).value_or({}));
        QVERIFY2(read.warnings.isEmpty(), qPrintable(read.warnings.join(u' ')));
        QVERIFY(!read.profile.objectives.isEmpty());
    }

    void theReferenceFileIsPlainJsonWithItsValues()
    {
        const QByteArray text = bundledProfile(u"stress_test_config"_s).value_or({});
        QVERIFY(!text.contains("/*") && !text.contains(" //"));
        READ_OR_FAIL(read, text);
        QCOMPARE(read.profile.cycles, 3);
        QCOMPARE(read.profile.maxConcurrentOperations, 3);
    }

    void anUnknownNameGetsTheNearest()
    {
        const auto text = bundledProfile(u"quik"_s);
        QVERIFY(!text);
        QVERIFY(text.error().hint.contains(u"\"quick\""_s));
    }

    void theStarterIsValidAndHasASchemaAndComments()
    {
        const QByteArray text = starterProfile(u"/x/profile.schema.json"_s);
        READ_OR_FAIL(read, text);
        QVERIFY(text.contains("\"$schema\": \"/x/profile.schema.json\""));
        QVERIFY(text.contains("// "));
        QCOMPARE(read.profile.scenarios.size(), 2);
    }

    void anAddressAloneMakesAnOpenLoadJudgedOnErrors()
    {
        READ_OR_FAIL(read,
                     adHocProfile({.url = u"http://127.0.0.1:81/a/b?c=d"_s, .rate = u"20"_s}));
        const auto &load =
            dynamic_cast<const HttpLoadSettings &>(*read.profile.scenarios[0].settings);
        QCOMPARE(read.profile.services[0].url, QUrl(u"http://127.0.0.1:81"_s));
        QCOMPARE(load.requests[0].path, u"/a/b?c=d"_s);
        QCOMPARE(load.shape.model, LoadModel::Open);
        QCOMPARE(load.shape.stages[0].to, Rate::perSecond(20));
        QCOMPARE(read.profile.objectives.size(), 1);
        QCOMPARE(read.profile.objectives[0].metric, u"error_rate"_s);
    }

    void whatIsGivenBesideAnAddressIsJudgedToo()
    {
        READ_OR_FAIL(read, adHocProfile({.url = u"http://127.0.0.1/"_s}), {},
                     {{u"scenarios.http_load.target_response_time_ms"_s, u"250"_s, u"--set"_s}});
        QCOMPARE(read.profile.objectives.size(), 2);
        QCOMPARE(read.profile.objectives[0].limit, 250.0);
    }

    void withoutARateUsersAskAsFastAsTheyAreAnswered()
    {
        READ_OR_FAIL(read,
                     adHocProfile({.url = u"https://127.0.0.1"_s,
                                   .method = u"POST"_s,
                                   .headers = {{u"X-A"_s, u"quote \" here"_s}},
                                   .body = "{\"a\": 1}",
                                   .users = u"1k"_s,
                                   .operations = u"10k"_s}));
        const auto &load =
            dynamic_cast<const HttpLoadSettings &>(*read.profile.scenarios[0].settings);
        QCOMPARE(load.shape.model, LoadModel::Closed);
        QCOMPARE(load.shape.users, 1000);
        QCOMPARE(load.shape.operations, std::optional<qint64>(10000));
        QCOMPARE(load.requests[0].method, "POST");
        QCOMPARE(load.requests[0].body, "{\"a\": 1}");
        QCOMPARE(load.requests[0].headers[0].second, "quote \" here");
        QCOMPARE(read.profile.maxConcurrentOperations, 1000);
    }

    void aSecretInTheAddressesQueryIsInNoName()
    {
        READ_OR_FAIL(read, adHocProfile({.url = u"http://127.0.0.1/a?access_token=hunter2&c=d"_s}));
        const auto &load =
            dynamic_cast<const HttpLoadSettings &>(*read.profile.scenarios[0].settings);
        QCOMPARE(load.requests[0].path, u"/a?access_token=hunter2&c=d"_s);
        QCOMPARE(load.requests[0].name, u"GET /a?access_token=***&c=d"_s);
        QVERIFY(!effectiveText(read).contains(u"hunter2"_s));
        for (const Objective &objective : read.profile.objectives)
            QVERIFY(!(objective.id + objective.scope).contains(u"hunter2"_s));
    }

    void aWebSocketAddressMakesAWebSocketLoad()
    {
        READ_OR_FAIL(read, adHocProfile({.url = u"ws://127.0.0.1:81/ws"_s, .users = u"4"_s}));
        const auto &load =
            dynamic_cast<const WebSocketLoadSettings &>(*read.profile.scenarios[0].settings);
        QCOMPARE(load.connections, 4);
        QVERIFY(!load.overflow);
        QCOMPARE(read.profile.services[0].websocketUrl, QUrl(u"ws://127.0.0.1:81/ws"_s));
    }

    void anAddressThatIsNoneIsAnError()
    {
        for (const QString &url :
             {u"localhost:80"_s, u"http://"_s, u"ftp://h"_s, u""_s, u"a\"b"_s}) {
            const auto read = readText(adHocProfile({.url = url}));
            QVERIFY2(!read, qPrintable(url));
            QVERIFY2(allText(read.error()).contains(u"/services/target/url"_s),
                     qPrintable(allText(read.error())));
        }
    }
};

QTEST_GUILESS_MAIN(BundledProfilesTest)
#include "tst_bundledprofiles.moc"
