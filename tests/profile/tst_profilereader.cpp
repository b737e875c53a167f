#include "profile/profilereader.h"

#include "model/scenarios/httpload.h"
#include "model/scenarios/memorypressure.h"
#include "model/scenarios/recovery.h"
#include "model/scenarios/websocketload.h"
#include "profile/bundledprofiles.h"
#include "profile/profilefixture.h"

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

constexpr const char *twoServices =
    "{"
    "\"services\": { \"api\": { \"url\": \"http://localhost:1\" }, \"ws\": { \"websocket_url\": "
    "\"ws://localhost:2/ws\" } },"
    "\"scenarios\": {"
    "\"load\": { \"type\": \"http_load\", \"service\": \"api\", \"requests\": [{ \"path\": \"/a\" "
    "}], \"users\": 9, \"rate\": 7 },"
    "\"pressure\": { \"type\": \"memory_pressure\", \"service\": \"api\" }"
    "}"
    "}";

template <typename Settings> const Settings &settingsOf(const Profile &profile, const QString &name)
{
    for (const ScenarioPlan &plan : profile.scenarios) {
        if (plan.name == name)
            return dynamic_cast<const Settings &>(*plan.settings);
    }
    qFatal("no scenario %s", qPrintable(name));
}

QStringList objectiveIds(const Profile &profile)
{
    QStringList ids;
    for (const Objective &objective : profile.objectives)
        ids.append(objective.id);
    return ids;
}

const Objective *objective(const Profile &profile, const QString &id)
{
    for (const Objective &candidate : profile.objectives) {
        if (candidate.id == id)
            return &candidate;
    }
    return nullptr;
}

QString sourceOf(const EffectiveProfile &profile, const QString &path)
{
    const EffectiveValue value = valueAt(profile, path);
    return valueSourceId(value.source) + u' ' + value.value;
}

} // namespace

/// From a text, variables and flags to a profile with the source of each value.
class ProfileReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keysOfTheReferenceFileHaveItsDefaults_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        const auto row = [](const char *path, const QString &value) {
            QTest::newRow(path) << QString::fromLatin1(path) << value;
        };
        row("test_suite", u"\"Low-Resource Environment Stress Test\""_s);
        row("environment", u"\"low_resource\""_s);
        row("resource_constraints.memory_limit_mb", u"512"_s);
        row("resource_constraints.cpu_limit_percent", u"80"_s);
        row("resource_constraints.max_concurrent_operations", u"3"_s);
        row("test_parameters.test_duration_seconds", u"300"_s);
        row("test_parameters.concurrent_users", u"3"_s);
        row("test_parameters.operations_per_second", u"5"_s);
        row("test_parameters.resource_check_interval", u"\"5s\""_s);
        row("test_parameters.stress_test_cycles", u"1"_s);
        row("test_parameters.recovery_time_seconds", u"30"_s);
        row("service_endpoints.bluefin_endpoint", u"\"http://localhost:8082\""_s);
        row("service_endpoints.dashboard_endpoint", u"\"http://localhost:8000\""_s);
        row("service_endpoints.websocket_endpoint", u"\"ws://localhost:8000/ws\""_s);
        for (const char *scenario :
             {"bluefin_load_test", "websocket_load_test", "memory_pressure_test", "recovery_test"})
            row(QByteArray("test_scenarios.").append(scenario).append(".enabled").constData(),
                u"true"_s);
        row("test_scenarios.bluefin_load_test.max_error_rate_percent", u"10"_s);
        row("test_scenarios.bluefin_load_test.target_response_time_ms", u"500"_s);
        row("test_scenarios.bluefin_load_test.rate", u"5"_s);
        row("test_scenarios.websocket_load_test.max_error_rate_percent", u"15"_s);
        row("test_scenarios.websocket_load_test.target_response_time_ms", u"1000"_s);
        row("test_scenarios.websocket_load_test.max_connections", u"2"_s);
        row("test_scenarios.websocket_load_test.message_size_bytes", u"512"_s);
        row("test_scenarios.memory_pressure_test.max_pressure_mb", u"200"_s);
        row("test_scenarios.memory_pressure_test.pressure_increment_mb", u"10"_s);
        row("test_scenarios.memory_pressure_test.max_error_rate_percent", u"20"_s);
        row("test_scenarios.recovery_test.recovery_threshold_percent", u"80"_s);
        row("test_scenarios.recovery_test.recovery_checks", u"5"_s);
        row("test_scenarios.recovery_test.target_response_time_ms", u"2000"_s);
        row("test_scenarios.recovery_test.max_error_rate_percent", u"20"_s);
        row("monitoring.resource_monitoring", u"true"_s);
        row("monitoring.health_check_interval", u"\"30s\""_s);
        row("monitoring.performance_thresholds.max_response_time_ms", u"1000"_s);
        row("monitoring.performance_thresholds.max_error_rate_percent", u"10"_s);
        row("monitoring.performance_thresholds.max_memory_growth_mb", u"100"_s);
        row("monitoring.performance_thresholds.max_cpu_sustained_percent", u"90"_s);
        row("reporting.generate_json_report", u"true"_s);
        row("reporting.generate_html_report", u"false"_s);
        row("reporting.include_detailed_metrics", u"true"_s);
        row("reporting.save_resource_snapshots", u"true"_s);
        row("services.bot.memory_limit_mb", u"256"_s);
        row("services.bot.cpu_limit", u"0.5"_s);
        row("services.bluefin.memory_target_mb", u"100"_s);
        row("services.dashboard.cpu_target_percent", u"30"_s);
    }

    void keysOfTheReferenceFileHaveItsDefaults()
    {
        QFETCH(const QString, path);
        QFETCH(const QString, value);
        READ_OR_FAIL(empty, "{}");
        QCOMPARE(valueAt(empty, path).value, value);
    }

    void theSeedsShortExampleIsAProfile()
    {
        READ_OR_FAIL(
            read,
            "{"
            "\"resource_constraints\": { \"memory_limit_mb\": 512, \"cpu_limit_percent\": 80,"
            "\"max_concurrent_operations\": 3 },"
            "\"test_parameters\": { \"test_duration_seconds\": 300, \"concurrent_users\": 3,"
            "\"operations_per_second\": 5 } }");
        QCOMPARE(read.profile.scenarios.size(), 4);
        QCOMPARE(read.profile.services.size(), 3);
        QVERIFY(read.warnings.isEmpty());
        const auto &load = settingsOf<HttpLoadSettings>(read.profile, u"bluefin_load_test"_s);
        QCOMPARE(load.requests.size(), 7);
        QCOMPARE(load.shape.users, 3);
        QCOMPARE(load.shape.stages.front().to, Rate::perSecond(5));
        QCOMPARE(load.requests.back().headers.front().second, "application/json");
        QVERIFY(load.requests.back().body.startsWith("{\"symbol\""));
    }

    void bothSpellingsOfTheSameThingGiveTheSameProfile()
    {
        const QByteArray general = bundledProfile(u"trading-bot"_s).value_or({});
        const QByteArray seed = bundledProfile(u"stress_test_config"_s).value_or({});
        const QList<Assignment> same{{u"test_parameters.stress_test_cycles"_s, u"2"_s, u"a"_s},
                                     {u"test_description"_s, u"x"_s, u"b"_s}};
        READ_OR_FAIL(one, general, {}, same);
        READ_OR_FAIL(other, seed, {}, same);
        const Profile &a = one.profile;
        const Profile &b = other.profile;
        QCOMPARE(a.services, b.services);
        QCOMPARE(a.objectives, b.objectives);
        QCOMPARE(a.scenarios.size(), b.scenarios.size());
        for (qsizetype i = 0; i < a.scenarios.size(); ++i) {
            QCOMPARE(a.scenarios[i].name, b.scenarios[i].name);
            QCOMPARE(a.scenarios[i].type, b.scenarios[i].type);
            QCOMPARE(a.scenarios[i].description, b.scenarios[i].description);
        }
        QCOMPARE(one.values.size(), other.values.size());
        for (qsizetype i = 0; i < one.values.size(); ++i)
            QVERIFY2(one.values[i].value == other.values[i].value, qPrintable(one.values[i].path));
        const QString load = u"bluefin_load_test"_s;
        QCOMPARE(settingsOf<HttpLoadSettings>(a, load).requests,
                 settingsOf<HttpLoadSettings>(b, load).requests);
    }

    void flagGoesBeforeEnvironmentBeforeDemoBeforeFileBeforeCast()
    {
        const QString path = u"services.bluefin.health_path"_s;
        const QString rate = u"test_parameters.operations_per_second"_s;
        const QByteArray file = "{ \"test_parameters\": { \"operations_per_second\": 6 } }";
        const QHash<QString, QString> environment{
            {u"OPERATIONS_PER_SECOND"_s, u"7"_s},
            {u"LOWTIDE_SERVICES_BLUEFIN_HEALTH_PATH"_s, u"/env"_s}};
        const QList<Assignment> flags{{rate, u"8"_s, u"-q"_s}, {path, u"/flag"_s, u"--set"_s}};
        const QList<Assignment> demo{{path, u"/demo"_s, u"--demo"_s}};
        READ_OR_FAIL(defaults, "{}");
        READ_OR_FAIL(fromFile, file);
        READ_OR_FAIL(fromDemo, file, {}, {}, demo);
        READ_OR_FAIL(fromEnvironment, file, environment, {}, demo);
        READ_OR_FAIL(fromFlag, file, environment, flags, demo);
        QCOMPARE(sourceOf(defaults, rate), u"default 5"_s);
        QCOMPARE(sourceOf(fromFile, rate), u"file 6"_s);
        QCOMPARE(sourceOf(fromEnvironment, rate), u"environment 7"_s);
        QCOMPARE(sourceOf(fromFlag, rate), u"flag 8"_s);
        QCOMPARE(sourceOf(defaults, path), u"default \"/health\""_s);
        QCOMPARE(sourceOf(fromDemo, path), u"demo \"/demo\""_s);
        QCOMPARE(sourceOf(fromEnvironment, path), u"environment \"/env\""_s);
        QCOMPARE(sourceOf(fromFlag, path), u"flag \"/flag\""_s);
        QCOMPARE(valueAt(fromFile, rate).origin, u"p.json"_s);
        QCOMPARE(valueAt(fromEnvironment, rate).origin, u"OPERATIONS_PER_SECOND"_s);
        QCOMPARE(valueAt(fromFlag, rate).origin, u"-q"_s);
        QCOMPARE(sourceOf(defaults, u"services.bluefin.memory_limit_mb"_s), u"bundled 128"_s);
        QCOMPARE(fromFlag.profile.operationsPerSecond, Rate::perSecond(8));
    }

    void anEndpointFromOutsideTakesThePlaceOfTheDemoService()
    {
        const QList<Assignment> demo{
            {u"services.bluefin.command"_s, u"[\"demo\"]"_s, u"--demo"_s},
            {u"services.dashboard.command"_s, u"[\"demo\"]"_s, u"--demo"_s},
            {u"services.elsewhere.command"_s, u"[\"demo\"]"_s, u"--demo"_s}};
        READ_OR_FAIL(read, "{}", {{u"BLUEFIN_ENDPOINT"_s, u"http://10.0.0.1:8080"_s}}, {}, demo);
        QVERIFY(read.profile.service(u"bluefin"_s)->command.isEmpty());
        QCOMPARE(read.profile.service(u"bluefin"_s)->url, QUrl(u"http://10.0.0.1:8080"_s));
        QCOMPARE(read.profile.service(u"dashboard"_s)->command, QStringList{u"demo"_s});
        QVERIFY(read.profile.service(u"dashboard"_s)->container.isEmpty());
        QVERIFY(!read.profile.service(u"bluefin"_s)->container.isEmpty());
        QVERIFY(read.warnings.join(u' ').contains(u"BLUEFIN_ENDPOINT"_s));
    }

    void aDemoServiceIsFoundByWhatItAnnouncesAlone()
    {
        const QList<Assignment> demo{
            {u"services.bluefin.command"_s, u"[\"demo\"]"_s, u"--demo"_s},
            {u"services.dashboard.command"_s, u"[\"demo\"]"_s, u"--demo"_s}};
        for (const char *file :
             {"{}",
              "{ \"service_endpoints\": { \"bluefin_endpoint\": \"http://localhost:8082\" } }"}) {
            READ_OR_FAIL(read, file, {}, {}, demo);
            for (const QString &name : {u"bluefin"_s, u"dashboard"_s}) {
                QVERIFY(read.profile.service(name)->url.isEmpty());
                QVERIFY(read.profile.service(name)->websocketUrl.isEmpty());
            }
            QVERIFY(valueAt(read, u"service_endpoints.bluefin_endpoint"_s).value.isEmpty());
        }
        const QList<Assignment> withAddress =
            demo + QList<Assignment>{{u"services.bluefin.url"_s, u"http://[::1]:9"_s, u"--demo"_s}};
        READ_OR_FAIL(placed, "{}", {}, {}, withAddress);
        QCOMPARE(placed.profile.service(u"bluefin"_s)->url, QUrl(u"http://[::1]:9"_s));
    }

    void aLoadFlagThatNoScenarioFollowsIsWarnedOf()
    {
        const QList<Assignment> both{{u"test_parameters.operations_per_second"_s, u"50"_s, u"-q"_s},
                                     {u"test_parameters.concurrent_users"_s, u"20"_s, u"-c"_s}};
        READ_OR_FAIL(followed, "{}", {}, both);
        QVERIFY2(followed.warnings.isEmpty(), qPrintable(followed.warnings.join(u'\n')));
        // The pressure follows the load, which has its own.
        READ_OR_FAIL(ignored, twoServices, {}, both);
        QCOMPARE(ignored.warnings,
                 (QStringList{u"-q has no effect: the load is set by scenarios.load.rate."_s,
                              u"-c has no effect: the load is set by scenarios.load.users."_s}));
        READ_OR_FAIL(variable, twoServices, {{u"OPERATIONS_PER_SECOND"_s, u"50"_s}});
        QVERIFY(variable.warnings.join(u' ').contains(u"OPERATIONS_PER_SECOND has no effect"_s));
        READ_OR_FAIL(file, QByteArray(twoServices).replace("\"rate\": 7", "\"queue_bound\": 7"), {},
                     both);
        QCOMPARE(file.warnings.size(), 1);
    }

    void stagesAndTheClosedModelGoBeforeARateFlag()
    {
        const QList<Assignment> rate{
            {u"test_parameters.operations_per_second"_s, u"50"_s, u"-q"_s}};
        const QByteArray load(twoServices);
        READ_OR_FAIL(
            stages,
            QByteArray(load).replace("\"rate\": 7", "\"stages\": [{ \"to\": 1, \"duration\": 1 }]"),
            {}, rate);
        QVERIFY(stages.warnings.join(u' ').contains(u"set by scenarios.load.stages."_s));
        READ_OR_FAIL(closed, QByteArray(load).replace("\"rate\": 7", "\"model\": \"closed\""), {},
                     rate);
        QVERIFY(closed.warnings.join(u' ').contains(u"set by scenarios.load.model."_s));
    }

    void operationsInFlightFollowTheUsers()
    {
        READ_OR_FAIL(five, "{}", {{u"CONCURRENT_USERS"_s, u"5"_s}});
        QCOMPARE(five.profile.maxConcurrentOperations, 5);
        READ_OR_FAIL(nine, twoServices);
        QCOMPARE(nine.profile.maxConcurrentOperations, 9);
        READ_OR_FAIL(held, "{ \"resource_constraints\": { \"max_concurrent_operations\": 3 } }",
                     {{u"CONCURRENT_USERS"_s, u"5"_s}});
        QCOMPARE(held.profile.maxConcurrentOperations, 3);
        QVERIFY(held.warnings.join(u' ').contains(u"holds test_parameters.concurrent_users"_s));
    }

    void pressureAndRecoveryFollowTheLoadOnTheirService()
    {
        READ_OR_FAIL(read, twoServices);
        const auto &pressure = settingsOf<MemoryPressureSettings>(read.profile, u"pressure"_s);
        QCOMPARE(pressure.requests.front().path, u"/a"_s);
        QCOMPARE(pressure.shape.users, 9);
        QCOMPARE(pressure.shape.stages.front().from, Rate::perSecond(7));
        const EffectiveValue rate = valueAt(read, u"scenarios.pressure.rate"_s);
        QCOMPARE(rate.origin, u"scenarios.load.rate"_s);

        READ_OR_FAIL(alone,
                     "{ \"services\": { \"api\": { \"url\": \"http://localhost\", \"health_path\": "
                     "\"/up\" } },"
                     "\"scenarios\": { \"back\": { \"type\": \"recovery\", "
                     "\"target_response_time_ms\": 700 } } }");
        const auto &recovery = settingsOf<RecoverySettings>(alone.profile, u"back"_s);
        QCOMPARE(recovery.requests.front().path, u"/up"_s);
        QCOMPARE(recovery.maxResponseMs, 700.0);
        QCOMPARE(alone.profile.scenarios.front().service, u"api"_s);
    }

    void valuesTakeUnits_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("value");
        const auto row = [](const char *name, const QString &path, const QString &typed,
                            const QString &value) {
            QTest::newRow(name) << path << typed << value;
        };
        const QString length = u"test_parameters.test_duration_seconds"_s;
        row("plain seconds", length, u"90"_s, u"90"_s);
        row("minutes", length, u"5m"_s, u"300"_s);
        row("hours and minutes", length, u"1h30m"_s, u"5400"_s);
        row("fraction", length, u"1.5s"_s, u"1.5"_s);
        row("milliseconds", u"monitoring.health_check_interval"_s, u"1500ms"_s, u"\"1500ms\""_s);
        row("MiB", u"resource_constraints.memory_limit_mb"_s, u"64MiB"_s, u"64"_s);
        row("MB is as large", u"resource_constraints.memory_limit_mb"_s, u"64MB"_s, u"64"_s);
        row("GB", u"resource_constraints.memory_limit_mb"_s, u"2G"_s, u"2048"_s);
        row("kilobytes", u"test_scenarios.websocket_load_test.message_size_bytes"_s, u"2k"_s,
            u"2048"_s);
        row("count", u"test_parameters.concurrent_users"_s, u"10k"_s, u"10000"_s);
        row("percent sign", u"resource_constraints.cpu_limit_percent"_s, u"75%"_s, u"75"_s);
        row("spaces around", u"test_parameters.concurrent_users"_s, u" 4 "_s, u"4"_s);
    }

    void valuesTakeUnits()
    {
        QFETCH(const QString, path);
        QFETCH(const QString, typed);
        QFETCH(const QString, value);
        READ_OR_FAIL(read, "{}", {}, {{path, typed, u"--set"_s}});
        QCOMPARE(valueAt(read, path).value, value);
    }

    void requestsAndStagesAreFilledIn()
    {
        READ_OR_FAIL(
            read,
            "{ \"services\": { \"api\": { \"url\": \"http://localhost\" } }, \"scenarios\": {"
            "\"load\": { \"type\": \"http_load\", \"requests\": ["
            "{ \"method\": \"PUT\", \"path\": \"/x?y=1\", \"headers\": { \"Accept\": \"*/*\" }, "
            "\"body\": \"plain\","
            "\"expect_status\": [200, 404], \"expect_body\": \"ok\", \"weight\": 2.5, \"timeout\": "
            "\"500ms\" },"
            "{ \"body\": [1, 2], \"expect_status\": 201, \"headers\": { \"content-type\": "
            "\"text/x\" } } ],"
            "\"stages\": [ { \"to\": 5, \"duration\": 10 }, { \"to\": \"1k\", \"duration\": \"1m\" "
            "},"
            "{ \"from\": 3, \"to\": 0, \"duration\": 1 } ] } } }");
        const auto &load = settingsOf<HttpLoadSettings>(read.profile, u"load"_s);
        const RequestSpec &first = load.requests[0];
        QCOMPARE(first.name, u"PUT /x?y=1"_s);
        QCOMPARE(first.body, "plain");
        QCOMPARE(first.headers.size(), 1);
        QCOMPARE(first.expectedStatuses, (QList<int>{200, 404}));
        QCOMPARE(first.bodyContains, "ok");
        QCOMPARE(first.weight, 2.5);
        QCOMPARE(first.timeout, Nanoseconds(std::chrono::milliseconds(500)));
        QCOMPARE(load.requests[1].body, "[1,2]");
        QCOMPARE(load.requests[1].headers.size(), 1);
        const QList<LoadStage> stages{
            {Rate::perSecond(5), Rate::perSecond(5), std::chrono::seconds(10)},
            {Rate::perSecond(5), Rate::perSecond(1000), std::chrono::seconds(60)},
            {Rate::perSecond(3), Rate::perSecond(0), std::chrono::seconds(1)}};
        QCOMPARE(load.shape.stages, stages);
    }

    void recoveryRunsLastWhereverItIsWritten()
    {
        READ_OR_FAIL(
            read,
            "{ \"services\": { \"api\": { \"url\": \"http://localhost\" } }, \"scenarios\": {"
            "\"back\": { \"type\": \"recovery\" }, \"b\": { \"type\": \"http_load\" }, \"a\": { "
            "\"type\": \"http_load\" } } }");
        QCOMPARE(read.profile.scenarios[0].name, u"b"_s);
        QCOMPARE(read.profile.scenarios[1].name, u"a"_s);
        QCOMPARE(read.profile.scenarios[2].name, u"back"_s);
        QVERIFY(read.warnings.join(u' ').contains(u"\"back\" is run after all others"_s));
    }

    void scenariosShareTheLengthByTheirKind()
    {
        READ_OR_FAIL(
            read,
            "{ \"test_scenarios\": { \"bluefin_load_test\": { \"duration_seconds\": 12 } } }");
        QCOMPARE(read.profile.scenarios[0].lengthShare, 40.0);
        QCOMPARE(read.profile.scenarios[1].lengthShare, 30.0);
        QCOMPARE(read.profile.scenarios[2].lengthShare, 30.0);
        QCOMPARE(read.profile.scenarios[0].duration,
                 std::optional<Nanoseconds>(std::chrono::seconds(12)));
        QVERIFY(!read.profile.scenarios[1].duration);
    }

    void objectivesComeFromThresholdsBaselinesAndTargets()
    {
        READ_OR_FAIL(read, "{}");
        const Objective *p95 = objective(read.profile, u"bluefin_load_test.p95"_s);
        QVERIFY(p95);
        QCOMPARE(*p95,
                 (Objective{.id = u"bluefin_load_test.p95"_s,
                            .metric = u"response_time"_s,
                            .scope = u"bluefin_load_test"_s,
                            .percentile = 95.0,
                            .comparison = Comparison::Below,
                            .limit = 500,
                            .unit = u"ms"_s}));
        QCOMPARE(objective(read.profile, u"run.memory_total"_s)->comparison, Comparison::AtMost);
        QCOMPARE(objective(read.profile, u"recovery_test.recovery_checks"_s)->comparison,
                 Comparison::AtLeast);
        QVERIFY(!objective(read.profile, u"service:bot.memory"_s)->decides);
        // The time in which a service may still be recovering is judged by the checks alone.
        QVERIFY(!objective(read.profile, u"recovery_test.p95"_s)->decides);
        QVERIFY(!objective(read.profile, u"recovery_test.error_rate"_s)->decides);
        QVERIFY(objective(read.profile, u"recovery_test.recovery_checks"_s)->decides);
        QVERIFY(objective(read.profile, u"memory_pressure_test.error_rate"_s)->decides);
        for (const QString &id :
             {u"run.error_rate"_s, u"run.memory_growth"_s, u"run.cpu_sustained"_s,
              u"run.critical_failures"_s, u"websocket_load_test.error_rate"_s})
            QVERIFY2(objective(read.profile, id), qPrintable(id));
        QStringList ids = objectiveIds(read.profile);
        QCOMPARE(ids.removeDuplicates(), 0);
    }

    void aTighterThresholdOfTheProfileBindsEveryLoad()
    {
        READ_OR_FAIL(
            read,
            "{ \"monitoring\": { \"performance_thresholds\": { \"max_response_time_ms\": 50,"
            "\"max_error_rate_percent\": 0 } } }");
        QCOMPARE(objective(read.profile, u"bluefin_load_test.p95_threshold"_s)->limit, 50.0);
        QVERIFY(!objective(read.profile, u"recovery_test.p95_threshold"_s));
        QCOMPARE(objective(read.profile, u"run.error_rate"_s)->comparison, Comparison::AtMost);
    }

    void whatIsDisabledOrNotWatchedIsNotJudged()
    {
        READ_OR_FAIL(disabled,
                     "{ \"test_scenarios\": { \"recovery_test\": { \"enabled\": false } } }");
        QVERIFY(!objectiveIds(disabled.profile).join(u' ').contains(u"recovery_test"_s));
        READ_OR_FAIL(blind, "{ \"monitoring\": { \"resource_monitoring\": false } }");
        QVERIFY(!objective(blind.profile, u"run.memory_growth"_s));
        QVERIFY(!objective(blind.profile, u"service:bot.cpu"_s));
        QVERIFY(blind.warnings.join(u' ').contains(u"neither watched nor judged"_s));
        READ_OR_FAIL(onlyUrls, QByteArray(twoServices).replace("localhost", "example.org"));
        QVERIFY(!objective(onlyUrls.profile, u"run.memory_total"_s));
        QVERIFY(objective(onlyUrls.profile, u"run.critical_failures"_s));
        READ_OR_FAIL(here, twoServices);
        QVERIFY(objective(here.profile, u"run.memory_total"_s));
    }

    void secretsAreNotShown()
    {
        READ_OR_FAIL(read,
                     "{ \"services\": { \"api\": { \"url\": \"http://user:hunter2@localhost\" } },"
                     "\"scenarios\": { \"load\": { \"type\": \"http_load\", \"requests\": [ { "
                     "\"path\": \"/?token=hunter2\","
                     "\"headers\": { \"Authorization\": \"Bearer hunter2\" }, \"body\": { "
                     "\"password\": \"hunter2\" } } ] } } }");
        QVERIFY(!effectiveText(read).contains(u"hunter2"_s));
        QCOMPARE(read.profile.service(u"api"_s)->url.password(), u"hunter2"_s);
        const auto &load = settingsOf<HttpLoadSettings>(read.profile, u"load"_s);
        QCOMPARE(load.requests.front().headers.front().second, "Bearer hunter2");
        QCOMPARE(load.requests.front().path, u"/?token=hunter2"_s);
        QCOMPARE(load.requests.front().name, u"GET /?token=***"_s);
    }

    void requestsThatDifferInASecretAloneAreNumbered()
    {
        READ_OR_FAIL(read,
                     "{ \"services\": { \"api\": { \"url\": \"http://localhost\" } },"
                     "\"scenarios\": { \"load\": { \"type\": \"http_load\", \"requests\": ["
                     "{ \"path\": \"/a?x=1&api%5Fkey=hunter2,hunter3;hunter4&y=2\" },"
                     "{ \"path\": \"/a?x=1&api%5Fkey=hunter5&y=2\" } ] } } }");
        const auto &load = settingsOf<HttpLoadSettings>(read.profile, u"load"_s);
        QCOMPARE(load.requests[0].name, u"GET /a?x=1&api%5Fkey=***&y=2"_s);
        QCOMPARE(load.requests[1].name, u"GET /a?x=1&api%5Fkey=***&y=2 (2)"_s);
    }

    void unusualEnvironmentsAndUnknownVariablesAreWarnedOf()
    {
        READ_OR_FAIL(read, "{}",
                     {{u"STRESS_TEST_ENV"_s, u"staging"_s},
                      {u"LOWTIDE_TEST_PARAMETERS_CONCURRENT_USERS"_s, u"4"_s},
                      {u"LOWTIDE_BALLAST"_s, u"/x"_s},
                      {u"PATH"_s, u""_s}});
        QCOMPARE(read.profile.environment, u"staging"_s);
        QCOMPARE(read.warnings.size(), 2);
        QVERIFY(read.warnings[0].contains(u"Did you mean CONCURRENT_USERS?"_s));
        QVERIFY(read.warnings[1].contains(u"staging"_s));
    }
};

QTEST_GUILESS_MAIN(ProfileReaderTest)
#include "tst_profilereader.moc"
