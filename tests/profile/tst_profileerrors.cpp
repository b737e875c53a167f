#include "profile/profilefixture.h"

using namespace lowtide;
using namespace Qt::StringLiterals;

/// What is wrong with a profile comes with its place, what is allowed, and all at once.
class ProfileErrorsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aWrongFileNamesPlaceAndRemedy_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QByteArray &text, const QString &where,
                            const QString &says) { QTest::newRow(name) << text << where << says; };
        const auto general = [](const QByteArray &service, const QByteArray &scenario) {
            return QByteArray("{\"services\": {\"api\": {" + service
                              + "}},\n\"scenarios\": {\"s\": {" + scenario + "}}}");
        };
        const auto load = [&general](const QByteArray &rows) {
            return general("\"url\": \"http://h\"", "\"type\": \"http_load\", " + rows);
        };
        const QString s = u"/scenarios/s"_s;
        row("no object", "[]", u"p.json:1:1"_s, u"a JSON object"_s);
        row("broken JSON", "{\"a\" 1}", u"p.json:1:6"_s, u"':' is needed"_s);
        row("unknown section", "{\"test_parameter\": {}}", u"p.json:1:2 /test_parameter"_s,
            u"Did you mean \"test_parameters\"?"_s);
        row("unknown key", "{\"test_parameters\": {\"concurent_users\": 1}}",
            u"p.json:1:22 /test_parameters/concurent_users"_s,
            u"Did you mean \"concurrent_users\"?"_s);
        row("key in the wrong section", "{\"concurrent_users\": 1}", u"/concurrent_users"_s,
            u"belongs to test_parameters.concurrent_users"_s);
        row("section that is no object", "{\"monitoring\": 1}", u"/monitoring"_s,
            u"Needed is an object"_s);
        row("text for a number", "{\"test_parameters\": {\"concurrent_users\": \"many\"}}",
            u"/test_parameters/concurrent_users"_s,
            u"\"many\" is not a whole number from 1 to 100000"_s);
        row("fraction for a count", "{\"test_parameters\": {\"concurrent_users\": 1.5}}",
            u"/concurrent_users"_s, u"1.5 is not a whole number"_s);
        row("below the range", "{\"test_parameters\": {\"test_duration_seconds\": 0}}",
            u"/test_duration_seconds"_s, u"from 1 to 604800 s"_s);
        row("above the range", "{\"resource_constraints\": {\"cpu_limit_percent\": 101}}",
            u"/cpu_limit_percent"_s, u"from 1 to 100%"_s);
        row("unknown unit", "{\"test_parameters\": {\"test_duration_seconds\": \"5 parsecs\"}}",
            u"/test_duration_seconds"_s, u"is not a duration"_s);
        row("nan", "{\"test_parameters\": {\"operations_per_second\": \"nan\"}}",
            u"/operations_per_second"_s, u"is not a number"_s);
        row("null", "{\"test_parameters\": {\"concurrent_users\": null}}", u"/concurrent_users"_s,
            u"Leave the key out"_s);
        row("text for true", "{\"monitoring\": {\"resource_monitoring\": \"yes\"}}",
            u"/resource_monitoring"_s, u"is not true or false"_s);
        row("HTML report", "{\"reporting\": {\"generate_html_report\": true}}",
            u"/reporting/generate_html_report"_s, u"no HTML report yet"_s);
        row("log level", "{\"log_level\": \"WARN\"}", u"/log_level"_s,
            u"Did you mean \"WARNING\"?"_s);
        row("address without scheme",
            "{\"service_endpoints\": {\"bluefin_endpoint\": \"localhost:1\"}}",
            u"/service_endpoints/bluefin_endpoint"_s, u"Did you mean \"http://localhost:1\"?"_s);
        row("address without host", "{\"service_endpoints\": {\"bluefin_endpoint\": \"http://\"}}",
            u"/bluefin_endpoint"_s, u"with a host"_s);
        row("web address for a WebSocket",
            "{\"service_endpoints\": {\"websocket_endpoint\": \"http://u:hunter2@h\"}}",
            u"/websocket_endpoint"_s, u"***@h"_s);
        row("unknown endpoint", "{\"service_endpoints\": {\"bluefin_endpont\": \"http://h\"}}",
            u"/bluefin_endpont"_s, u"Did you mean \"bluefin_endpoint\"?"_s);
        row("unknown scenario of the cast", "{\"test_scenarios\": {\"recovery_tests\": {}}}",
            u"p.json:1:21 /test_scenarios/recovery_tests"_s, u"Did you mean \"recovery_test\"?"_s);
        row("row of another kind",
            "{\"test_scenarios\": {\"websocket_load_test\": {\"requests\": []}}}",
            u"/websocket_load_test/requests"_s, u"is no setting"_s);
        row("both spellings", "{\"services\": {}, \"service_endpoints\": {}}",
            u"/service_endpoints"_s, u"Keep to one spelling"_s);
        row("services alone", "{\"services\": {\"a\": {}}}", u"p.json:1:1"_s,
            u"needs \"scenarios\""_s);
        row("scenarios alone", "{\"scenarios\": {\"a\": {\"type\": \"http_load\"}}}",
            u"p.json:1:1"_s, u"needs \"services\""_s);
        row("name that is none", "{\"services\": {\"a b\": {}}, \"scenarios\": {}}",
            u"/services/a b"_s, u"cannot be a name"_s);
        row("scenario called baseline",
            "{\"services\": {\"a\": {\"url\": \"http://h\"}},\n\"scenarios\": {\"baseline\": "
            "{\"type\": \"http_load\"}}}",
            u"p.json:2:15 /scenarios/baseline"_s, u"Choose another name"_s);
        row("unknown kind", general("\"url\": \"http://h\"", "\"type\": \"http_lod\""),
            s + u"/type"_s, u"Did you mean \"http_load\"?"_s);
        row("no kind", general("\"url\": \"http://h\"", ""), s, u"Known kinds: http_load"_s);
        row("unknown service", load("\"service\": \"apo\""), s + u"/service"_s,
            u"Did you mean \"api\"?"_s);
        row("no endpoint", general("", "\"type\": \"http_load\""), s,
            u"service \"api\" has no \"url\""_s);
        row("no WebSocket endpoint",
            general("\"url\": \"http://h\"", "\"type\": \"websocket_load\""), s,
            u"has no \"websocket_url\""_s);
        row("nothing enabled", load("\"enabled\": false"), u"scenarios"_s, u"nothing to run"_s);
        row("request key", load("\"requests\": [{\"pth\": \"/\"}]"), s + u"/requests/0/pth"_s,
            u"Did you mean \"path\"?"_s);
        row("request path", load("\"requests\": [{\"path\": \"x\"}]"), s + u"/requests/0/path"_s,
            u"begins with /"_s);
        row("request method", load("\"requests\": [{\"method\": \"get\"}]"),
            s + u"/requests/0/method"_s, u"in capitals"_s);
        row("header injection", load("\"requests\": [{\"headers\": {\"A\": \"x\\r\\nB: y\"}}]"),
            s + u"/requests/0/headers/A"_s, u"in one line"_s);
        row("status", load("\"requests\": [{\"expect_status\": [200, 99]}]"),
            s + u"/requests/0/expect_status/1"_s, u"from 100 to 599"_s);
        row("no request", load("\"requests\": []"), s + u"/requests"_s, u"list of objects"_s);
        row("requests alike", load("\"requests\": [{}, {}]"), s + u"/requests"_s,
            u"called \"GET /\""_s);
        row("stage without end", load("\"stages\": [{\"duration\": 1}]"), s + u"/stages/0"_s,
            u"\"to\" is missing"_s);
        row("rate and stages", load("\"rate\": 1, \"stages\": [{\"to\": 1, \"duration\": 1}]"),
            s + u"/rate"_s, u"keep one"_s);
        row("rate of a closed model", load("\"model\": \"closed\", \"rate\": 1"), s + u"/rate"_s,
            u"closed model"_s);
        row("think time of an open model", load("\"think_time\": 1"), s + u"/think_time"_s,
            u"\"model\": \"closed\""_s);
        row("step above the pressure",
            "{\"test_scenarios\": {\"memory_pressure_test\": {\"pressure_increment_mb\": 300}}}",
            u"/pressure_increment_mb"_s, u"larger than max_pressure_mb"_s);
        row("length of a recovery",
            "{\"test_scenarios\": {\"recovery_test\": {\"duration_seconds\": 9}}}",
            u"/recovery_test/duration_seconds"_s, u"recovery_time_seconds"_s);
        row("too many cycles",
            "{\"test_parameters\": {\"test_duration_seconds\": 5, \"stress_test_cycles\": 9}}",
            u"/stress_test_cycles"_s, u"do not fit"_s);
        row("command and pid",
            general("\"url\": \"http://h\", \"command\": [\"x\"], \"pid\": 7",
                    "\"type\": \"http_load\""),
            u"/services/api/pid"_s, u"either command or pid"_s);
        row("empty command",
            general("\"url\": \"http://h\", \"command\": []", "\"type\": \"http_load\""),
            u"/services/api/command"_s, u"a list of texts"_s);
    }

    void aWrongFileNamesPlaceAndRemedy()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QString, where);
        QFETCH(const QString, says);
        const auto read = readText(text);
        QVERIFY(!read);
        bool found = false;
        for (const Error &error : read.error()) {
            QCOMPARE(error.code, ErrorCode::BadInput);
            found = found || (error.where.contains(where) && error.text().contains(says));
        }
        QVERIFY2(found, qPrintable(allText(read.error())));
        QVERIFY(!allText(read.error()).contains(u"hunter2"_s));
    }

    void aWrongVariableIsNamed_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << u"TEST_DURATION"_s << QString() << u"set but empty"_s;
        QTest::newRow("blank") << u"CONCURRENT_USERS"_s << u"  "_s << u"set but empty"_s;
        QTest::newRow("empty endpoint") << u"WEBSOCKET_ENDPOINT"_s << QString() << u"ws://host"_s;
        QTest::newRow("no number") << u"MEMORY_LIMIT_MB"_s << u"lots"_s << u"is not a size"_s;
        QTest::newRow("below the range")
            << u"OPERATIONS_PER_SECOND"_s << u"-1"_s << u"from 0.001"_s;
        QTest::newRow("no address") << u"BLUEFIN_ENDPOINT"_s << u"bluefin"_s << u"http://bluefin"_s;
        QTest::newRow("log level") << u"LOG_LEVEL"_s << u"loud"_s << u"one of DEBUG"_s;
        QTest::newRow("other setting")
            << u"LOWTIDE_MONITORING_HEALTH_CHECK_INTERVAL"_s << u"x"_s << u"is not a duration"_s;
        QTest::newRow("setting of a scenario")
            << u"LOWTIDE_TEST_SCENARIOS_RECOVERY_TEST_ENABLED"_s << u"1"_s << u"true or false"_s;
    }

    void aWrongVariableIsNamed()
    {
        QFETCH(const QString, name);
        QFETCH(const QString, value);
        QFETCH(const QString, says);
        const auto read = readText("{}", {{name, value}});
        QVERIFY(!read);
        QCOMPARE(read.error().size(), 1);
        QCOMPARE(read.error().front().where, name);
        QVERIFY2(read.error().front().text().contains(says), qPrintable(allText(read.error())));
    }

    void twoVariablesForOneSettingMustAgree()
    {
        QVERIFY(
            readText("{}", {{u"TEST_DURATION"_s, u"60"_s}, {u"TEST_DURATION_SECONDS"_s, u"60"_s}}));
        const auto read =
            readText("{}", {{u"TEST_DURATION"_s, u"60"_s}, {u"TEST_DURATION_SECONDS"_s, u"61"_s}});
        QVERIFY(!read);
        QCOMPARE(read.error().front().where, u"TEST_DURATION_SECONDS"_s);
    }

    void aWrongFlagIsNamed()
    {
        const QString set = u"--set test_parameters.concurrent_usrs=4"_s;
        const auto read = readText("{}", {},
                                   {{u"test_parameters.concurrent_usrs"_s, u"4"_s, set},
                                    {u"test_parameters.concurrent_users"_s, u"four"_s, u"-c"_s}});
        QVERIFY(!read);
        QCOMPARE(read.error().size(), 2);
        QCOMPARE(read.error()[0].where, set);
        QVERIFY(read.error()[0].hint.contains(u"\"test_parameters.concurrent_users\""_s));
        QCOMPARE(read.error()[1].where, u"-c"_s);
        QVERIFY(read.error()[1].message.contains(u"\"four\" is not a whole number"_s));
    }

    void allProblemsComeAtOnce()
    {
        const auto read =
            readText(R"({ "a": 1, "log_level": 3, "test_parameters": { "b": 2,
                                        "concurrent_users": 0 } })",
                     {{u"MEMORY_LIMIT_MB"_s, QString()}}, {{u"c"_s, u"1"_s, u"--set"_s}});
        QVERIFY(!read);
        QCOMPARE(read.error().size(), 6);
    }

    void aWrongValueIsAnErrorEvenWhereAnotherWins()
    {
        const auto read = readText(R"({ "test_parameters": { "concurrent_users": 0 } })",
                                   {{u"CONCURRENT_USERS"_s, u"4"_s}});
        QVERIFY(!read);
    }
};

QTEST_GUILESS_MAIN(ProfileErrorsTest)
#include "tst_profileerrors.moc"
