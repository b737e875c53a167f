#include "run/runsession.h"

#include "profile/profilereader.h"
#include "profile/scenariokind.h"
#include "report/journalreader.h"
#include "run/reports.h"
#include "run/rundirectory.h"
#include "scenario/scenariokinds.h"
#include "serve/httpserver.h"

#include <QFile>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// A kind of scenario of this program alone: settings, rows of the field table, and what it does.

struct ToySettings : ScenarioSettingsOf<ToySettings> {
    int bricks = 0;
};

const bool toyRows = registerScenarioTable({
    .type = u"toy"_s,
    .title = "Toy",
    .help = "A kind of the test's own.",
    .lengthShare = 1,
    .endpoint = ScenarioTable::Endpoint::None,
    .rows = {field(FieldType::Integer, u"bricks"_s, Unit::None, "Bricks", "How many.")
                 .range(1, 100)
                 .byDefault("7")
                 .into(&ToySettings::bricks)},
    .make = [] { return std::make_shared<ToySettings>(); },
});

class ToyScenario : public Scenario {
public:
    ToyScenario(const ScenarioSetup &setup, int bricks)
        : Scenario(setup)
        , m_bricks(bricks)
    {
    }
    void run(const QString &phase, Nanoseconds) override
    {
        Q_EMIT recorded(IntervalEvent{.scenario = setup().plan.name,
                                      .phase = phase,
                                      .counts = counts(),
                                      .counters = {{u"bricks"_s, m_bricks}}});
        QTimer::singleShot(0, this, &Scenario::ended);
    }
    void stop(StopMode) override { }
    void pause() override { }
    void resume() override { }
    void setRate(Rate) override { }
    LatencyHistogram takeLateness() override { return {}; }
    ScenarioFinishedEvent outcome() const override
    {
        return {.scenario = setup().plan.name,
                .counts = counts(),
                .metrics = {{u"bricks"_s, double(m_bricks)}}};
    }

private:
    OperationCounts counts() const
    {
        return {.planned = m_bricks, .sent = m_bricks, .ok = m_bricks};
    }
    int m_bricks;
};

const ScenarioKind toyKind(u"toy"_s, [](ScenarioSetup setup) -> std::unique_ptr<Scenario> {
    const auto &settings = dynamic_cast<const ToySettings &>(*setup.plan.settings);
    return std::make_unique<ToyScenario>(setup, settings.bricks);
});

EffectiveProfile profileOf(const QByteArray &text)
{
    auto read = readProfile({.fileName = u"test.json"_s, .text = text});
    if (!read)
        qFatal("%s", qUtf8Printable(read.error().constFirst().text()));
    return *read;
}

/// An HTTP load of one GET on a server of the test, `rate` a second, for `seconds`.
EffectiveProfile httpProfile(const QUrl &url, double rate, double seconds)
{
    return profileOf(
        u"{\"monitoring\": {\"default_thresholds\": false}, "
        "\"services\": {\"api\": {\"url\": \"%1\", \"health_path\": \"/\"}},"
        "\"scenarios\": {\"load\": {\"type\": \"http_load\", \"rate\": %2,"
        "\"duration_seconds\": %3, \"requests\": [{\"path\": \"/\"}]}}}"_s.arg(url.toString())
            .arg(rate)
            .arg(seconds)
            .toUtf8());
}

QList<RunEvent> journalOf(const QString &path)
{
    QList<RunEvent> events;
    const auto end = readJournal(path, [&events](const RunEvent &event) { events.append(event); });
    if (!end || !end->finished)
        return {};
    return events;
}

template <typename Payload> QList<Payload> ofKind(const QList<RunEvent> &events)
{
    QList<Payload> found;
    for (const RunEvent &event : events) {
        if (const auto *payload = std::get_if<Payload>(&event.payload))
            found.append(*payload);
    }
    return found;
}

/// A session in a directory of its own, and what came of it.
class Run {
public:
    explicit Run(const EffectiveProfile &profile)
        : session(profile, {.outputDirectory = m_output.path()})
        , finished(&session, &RunSession::finished)
    {
        auto prepared = session.prepare();
        if (!prepared)
            qFatal("%s", qUtf8Printable(prepared.error().constFirst().text()));
        files = *prepared;
    }
    bool end() { return !finished.isEmpty() || finished.wait(30000); }
    RunEnd::Kind kind() const { return finished.constFirst().constFirst().value<RunEnd>().kind; }
    QList<RunEvent> journal() const { return journalOf(files.journal); }

private:
    QTemporaryDir m_output;

public:
    RunSession session;
    QSignalSpy finished;
    RunFiles files;
};

} // namespace

class RunSessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aKindOfTheTestsOwnRunsFromProfileToReport();
    void everyIntervalAddsUpAndNothingIsOpenAtTheEnd();
    void aStopLeavesAJournalThatSaysInterrupted();
    void aStopBeforeTheFirstTurnLeavesAWholeJournalToo();
    void anUnreachableTargetEndsWithoutARunAndNamesIt();
    void aTargetThatAnswersWithAnErrorIsRunAgainst();
    void aForeignHostIsRefusedBeforeAnythingIsSent();
    void aServiceThatAnnouncesAForeignHostIsRefused();
    void processesOfServicesAreSampledOnlyWhereMonitoringIsOn_data();
    void processesOfServicesAreSampledOnlyWhereMonitoringIsOn();
    void aControlClientPausesResumesAndStops();
    void aControlClientThatLeavesChangesNothingUnlessItSaidSo_data();
    void aControlClientThatLeavesChangesNothingUnlessItSaidSo();
    void theReportFromTheJournalIsTheSameEachTime();

private:
    std::unique_ptr<HttpServer> m_server;
};

void RunSessionTest::init()
{
    m_server = std::make_unique<HttpServer>();
    m_server->setHandler([](const HttpRequest &, HttpResponder responder) {
        responder.send(HttpResponse{.status = 200, .body = "fine"});
    });
    QVERIFY(m_server->listen());
}

void RunSessionTest::aKindOfTheTestsOwnRunsFromProfileToReport()
{
    const auto profile =
        profileOf(QByteArray(R"({"services": {"box": {"url": "%URL%", "health_path": "/"}},
        "scenarios": {"play": {"type": "toy", "bricks": 9, "duration_seconds": 1}}})")
                      .replace("%URL%", m_server->url().toUtf8()));
    Run run(profile);
    run.session.start();
    QVERIFY(run.end());
    const auto report = reportOf(run.files.journal);
    QVERIFY(report);
    QCOMPARE(report->tests.size(), 1);
    QCOMPARE(report->tests.constFirst().name, u"play"_s);
    QCOMPARE(report->tests.constFirst().counts.ok, 9);
}

void RunSessionTest::everyIntervalAddsUpAndNothingIsOpenAtTheEnd()
{
    Run run(httpProfile(QUrl(m_server->url()), 100, 2));
    run.session.start();
    QVERIFY(run.end());
    QCOMPARE(run.kind(), RunEnd::Kind::Completed);
    const auto events = run.journal();
    const auto intervals = ofKind<IntervalEvent>(events);
    QVERIFY(!intervals.isEmpty());
    for (const IntervalEvent &interval : intervals)
        QVERIFY(interval.counts.addUp());
    const auto ends = ofKind<ScenarioFinishedEvent>(events);
    QCOMPARE(ends.size(), 1);
    QCOMPARE(ends.constFirst().end, u"completed"_s);
    QCOMPARE(ends.constFirst().counts.inFlight, 0);
    QCOMPARE(ends.constFirst().counts.planned, 200);
    QCOMPARE(ends.constFirst().counts.ok, 200);
    QVERIFY(std::holds_alternative<RunStartedEvent>(events.constFirst().payload));
    QVERIFY(std::holds_alternative<RunFinishedEvent>(events.constLast().payload));
}

void RunSessionTest::aStopLeavesAJournalThatSaysInterrupted()
{
    Run run(httpProfile(QUrl(m_server->url()), 50, 60));
    const QSignalSpy happened(&run.session, &RunSession::happened);
    run.session.start();
    QTRY_VERIFY_WITH_TIMEOUT(happened.size() > 8, 20000);
    run.session.requestStop();
    QVERIFY(run.end());
    QCOMPARE(run.kind(), RunEnd::Kind::Interrupted);
    const auto events = run.journal();
    QCOMPARE(ofKind<RunFinishedEvent>(events).constFirst().end, u"interrupted"_s);
    QCOMPARE(ofKind<ScenarioFinishedEvent>(events).constFirst().end, u"stopped"_s);
    QVERIFY(ofKind<ScenarioFinishedEvent>(events).constFirst().counts.addUp());
}

void RunSessionTest::aStopBeforeTheFirstTurnLeavesAWholeJournalToo()
{
    Run run(httpProfile(QUrl(m_server->url()), 50, 60));
    run.session.start();
    run.session.requestStop();
    QVERIFY(run.end());
    QCOMPARE(run.kind(), RunEnd::Kind::Interrupted);
    QCOMPARE(ofKind<RunStartedEvent>(run.journal()).size(), 1);
}

void RunSessionTest::anUnreachableTargetEndsWithoutARunAndNamesIt()
{
    const QUrl url(m_server->url());
    m_server.reset();
    Run run(httpProfile(url, 50, 60));
    run.session.start();
    QVERIFY(run.end());
    QCOMPARE(run.kind(), RunEnd::Kind::CouldNotRun);
    const RunEnd end = run.finished.constFirst().constFirst().value<RunEnd>();
    QVERIFY(end.errors.constFirst().text().contains(QString::number(url.port())));
    QVERIFY(ofKind<IntervalEvent>(run.journal()).isEmpty());
}

void RunSessionTest::aTargetThatAnswersWithAnErrorIsRunAgainst()
{
    m_server->setHandler([](const HttpRequest &, HttpResponder responder) {
        responder.send(HttpResponse{.status = 500});
    });
    Run run(httpProfile(QUrl(m_server->url()), 20, 1));
    run.session.start();
    QVERIFY(run.end());
    QCOMPARE(run.kind(), RunEnd::Kind::Completed);
    const auto ended = ofKind<ScenarioFinishedEvent>(run.journal()).constFirst();
    QCOMPARE(ended.counts.failed, ended.counts.planned);
}

void RunSessionTest::aForeignHostIsRefusedBeforeAnythingIsSent()
{
    const QTemporaryDir output;
    RunSession session(httpProfile(QUrl(u"http://203.0.113.7/"_s), 1, 1),
                       {.outputDirectory = output.path()});
    const auto prepared = session.prepare();
    QVERIFY(!prepared);
    QVERIFY(prepared.error().constFirst().text().contains(u"203.0.113.7"));
    QVERIFY(!QFile::exists(output.filePath(u"stress_test_results"_s)));
}

void RunSessionTest::aServiceThatAnnouncesAForeignHostIsRefused()
{
    Run run(
        profileOf(R"({"monitoring": {"default_thresholds": false}, "services": {"api": {"command":
        ["/bin/sh", "-c", "echo '{\"service\":\"api\",\"url\":\"http://203.0.113.7\"}'; exec sleep 60"]}},
        "scenarios": {"load": {"type": "http_load", "rate": 5, "duration_seconds": 1,
        "requests": [{"path": "/"}]}}})"));
    run.session.start();
    QVERIFY(run.end());
    QCOMPARE(run.kind(), RunEnd::Kind::CouldNotRun);
    const RunEnd end = run.finished.constFirst().constFirst().value<RunEnd>();
    QCOMPARE(end.errors.size(), 1);
    QCOMPARE(end.errors.constFirst().code, ErrorCode::BadInput);
    QVERIFY(end.errors.constFirst().text().contains(u"203.0.113.7"));
    const auto events = run.journal();
    QVERIFY(ofKind<ProbeEvent>(events).isEmpty());
    QVERIFY(ofKind<IntervalEvent>(events).isEmpty());
    QCOMPARE(ofKind<RunFinishedEvent>(events).size(), 1);
}

void RunSessionTest::processesOfServicesAreSampledOnlyWhereMonitoringIsOn_data()
{
    QTest::addColumn<bool>("isOn");
    QTest::newRow("on") << true;
    QTest::newRow("off") << false;
}

void RunSessionTest::processesOfServicesAreSampledOnlyWhereMonitoringIsOn()
{
    QFETCH(bool, isOn);
    EffectiveProfile profile = httpProfile(QUrl(m_server->url()), 20, 1);
    profile.profile.resourceMonitoring = isOn;
    Run run(profile);
    run.session.start();
    QVERIFY(run.end());
    const auto events = run.journal();
    QCOMPARE(!ofKind<ProcessEvent>(events).isEmpty(), isOn);
    QVERIFY(!ofKind<GeneratorEvent>(events).isEmpty());
    QVERIFY(!ofKind<ProbeEvent>(events).isEmpty());
}

void RunSessionTest::aControlClientPausesResumesAndStops()
{
    Run run(httpProfile(QUrl(m_server->url()), 50, 60));
    const QSignalSpy happened(&run.session, &RunSession::happened);
    run.session.start();
    QTRY_VERIFY_WITH_TIMEOUT(happened.size() > 4, 20000);
    const auto started =
        std::get<RunStartedEvent>(happened.constFirst().constFirst().value<RunEvent>().payload);
    QLocalSocket client;
    client.connectToServer(started.controlSocket);
    const auto ask = [&client](const QByteArray &line) {
        client.write(line + '\n');
        [&client] { QTRY_VERIFY_WITH_TIMEOUT(client.canReadLine(), 10000); }();
        return client.readLine().trimmed();
    };
    QCOMPARE(ask(R"({"id":1,"command":"pause"})"), QByteArray(R"({"id":1,"ok":true})"));
    QCOMPARE(ask(R"({"id":2,"command":"status"})"),
             QByteArray(R"({"id":2,"ok":true,"state":"paused"})"));
    QCOMPARE(ask(R"({"id":3,"command":"resume"})"), QByteArray(R"({"id":3,"ok":true})"));
    QCOMPARE(ask(R"({"id":4,"command":"rate","per_second":5})"),
             QByteArray(R"({"id":4,"ok":true})"));
    QVERIFY(ask(R"({"id":5,"command":"jump"})").contains(R"("ok":false)"));
    QCOMPARE(ask(R"({"id":6,"command":"stop"})"), QByteArray(R"({"id":6,"ok":true})"));
    QVERIFY(run.end());
    QStringList actions;
    for (const ActionEvent &action : ofKind<ActionEvent>(run.journal()))
        actions.append(action.id);
    actions.removeAll(u"process_found"_s);
    QCOMPARE(actions, QStringList({u"pause"_s, u"resume"_s, u"rate"_s, u"stop"_s}));
}

void RunSessionTest::aControlClientThatLeavesChangesNothingUnlessItSaidSo_data()
{
    QTest::addColumn<QByteArray>("said");
    QTest::addColumn<RunEnd::Kind>("kind");
    QTest::newRow("said nothing: the run goes on") << QByteArray() << RunEnd::Kind::Completed;
    QTest::newRow("asked for it: the run stops")
        << QByteArray("{\"command\":\"on_disconnect\",\"action\":\"stop\"}\n")
        << RunEnd::Kind::Interrupted;
}

void RunSessionTest::aControlClientThatLeavesChangesNothingUnlessItSaidSo()
{
    QFETCH(QByteArray, said);
    QFETCH(RunEnd::Kind, kind);
    Run run(httpProfile(QUrl(m_server->url()), 20, kind == RunEnd::Kind::Completed ? 2 : 60));
    const QSignalSpy happened(&run.session, &RunSession::happened);
    run.session.start();
    QTRY_VERIFY_WITH_TIMEOUT(!happened.isEmpty(), 20000);
    const auto started =
        std::get<RunStartedEvent>(happened.constFirst().constFirst().value<RunEvent>().payload);
    {
        QLocalSocket client;
        client.connectToServer(started.controlSocket);
        client.write(said + "{\"command\":\"status\"}\n");
        QTRY_VERIFY_WITH_TIMEOUT(client.bytesAvailable() > 0, 10000);
    }
    QVERIFY(run.end());
    QCOMPARE(run.kind(), kind);
}

void RunSessionTest::theReportFromTheJournalIsTheSameEachTime()
{
    Run run(httpProfile(QUrl(m_server->url()), 50, 1));
    run.session.start();
    QVERIFY(run.end());
    const auto first = reportOf(run.files.journal);
    const auto second = reportOf(run.files.journal);
    QVERIFY(first && second);
    QCOMPARE(*first, *second);
    QVERIFY(writeReports(*first, run.files));
    QVERIFY(QFile::exists(run.files.report));
}

QTEST_GUILESS_MAIN(RunSessionTest)
#include "tst_runsession.moc"
