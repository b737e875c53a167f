#include "run/runsession.h"

#include "run/controlserver.h"
#include "run/eventrecorder.h"
#include "run/eventwriter.h"
#include "run/rundescription.h"
#include "run/rundirectory.h"
#include "run/runplan.h"
#include "run/serviceset.h"
#include "run/targetwatch.h"
#include "run/turnsequence.h"
#include "scenario/scenariokinds.h"
#include "target/targetcheck.h"
#include "target/targetguard.h"

#include <QDateTime>
#include <QMetaObject>

#include <fcntl.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

const QString category = u"lowtide.run"_s;

QByteArray loadUserAgent() { return QByteArrayLiteral("lowtide/" LOWTIDE_VERSION " (load)"); }

/// Every address that load or probes go to.
QList<QUrl> targets(const QList<Service> &services)
{
    QList<QUrl> urls;
    for (const Service &service : services) {
        for (const QUrl &url : {service.url, service.websocketUrl}) {
            if (!url.isEmpty())
                urls.append(url);
        }
    }
    return urls;
}

} // namespace

/// State   | left by
/// --------|----------------------------------------------------------------------
/// Idle    | start()
/// Checking| every host may be loaded -> Services; else -> Ending
/// Services| those with a command are started; all ready and where they say they are may be loaded
///         | -> Probing; one fails or is refused -> Ending
/// Probing | every target answers -> Running; else -> Ending
/// Running | last turn ended, or stop asked for and the present turn ended -> Ending
/// Ending  | our services have ended -> journal closed, Ended
class RunSession::Private : public QObject {
public:
    enum class State { Idle, Checking, Services, Probing, Running, Ending, Ended };

    Private(RunSession *session, EffectiveProfile given, RunOptions chosen);

    [[nodiscard]] Result<RunFiles, Errors> prepare();
    void start();
    void stop(StopMode mode);

    EffectiveProfile effective;
    RunOptions options;
    RunPlan plan;

private:
    [[nodiscard]] Errors checkTargets() const;
    [[nodiscard]] std::vector<std::unique_ptr<Scenario>> makeScenarios() const;
    [[nodiscard]] Errors checkScenarios() const;
    [[nodiscard]] Result<void> openSinks();
    [[nodiscard]] Result<void> openEvents();
    void openControl();
    void onTargetsChecked(const Errors &refused);
    ControlServer::Reply onCommand(const ControlCommand &command);
    void checkAddresses(const QList<Service> &services,
                        void (Private::*next)(const Errors &refused));
    void onServicesReady();
    void onServicesChecked(const Errors &refused);
    void onReachable(const Errors &unreachable);
    void describeRun();
    void beginTurns();
    void onRecorded(const RunEventPayload &payload);
    void onTurnBegan(const PlannedTurn &turn);
    void fail(const Errors &errors);
    void end();
    void close();

    RunSession *q;
    QDateTime m_startedAt = QDateTime::currentDateTimeUtc();
    State m_state = State::Idle;
    RunEnd m_end;
    std::unique_ptr<RunDirectory> m_directory;
    std::unique_ptr<EventWriter> m_events; ///< Until the recorder has it.
    EventRecorder m_recorder;
    std::unique_ptr<ControlServer> m_control;
    QString m_controlSocket;
    std::unique_ptr<TargetCheck> m_check;
    std::unique_ptr<ServiceSet> m_services;
    std::unique_ptr<TargetWatch> m_watch;
    std::unique_ptr<TurnSequence> m_turns; ///< After m_services: scenarios use its control groups.
};

RunSession::Private::Private(RunSession *session, EffectiveProfile given, RunOptions chosen)
    : effective(std::move(given))
    , options(std::move(chosen))
    , q(session)
    , m_recorder(logLevelFromName(options.logLevel).value_or(LogLevel::Info))
{
}

Result<RunFiles, Errors> RunSession::Private::prepare()
{
    Errors errors = checkTargets();
    errors.append(checkScenarios());
    if (!errors.isEmpty())
        return Unexpected(errors);
    if (const Result<void> opened = openEvents(); !opened)
        return Unexpected(Errors{opened.error()});
    auto directory = RunDirectory::create({.outputDirectory = options.outputDirectory,
                                           .runDirectory = options.runDirectory,
                                           .startedAt = m_startedAt});
    if (!directory)
        return Unexpected(directory.error());
    m_directory = std::move(*directory);

    QList<PlannableScenario> scenarios;
    for (const auto &scenario : makeScenarios()) {
        scenarios.append({.plan = scenario->setup().plan,
                          .isRecovery = scenario->phase() == u"recovery",
                          .takesBaseline = scenario->takesBaseline(),
                          .expectedLength = scenario->expectedLength()});
    }
    plan = planOf(effective.profile, scenarios);
    if (const Result<void> opened = openSinks(); !opened)
        return Unexpected(Errors{opened.error()});
    return RunFiles{.runDirectory = m_directory->path(),
                    .journal = m_directory->journal(),
                    .report = m_directory->seedReport(),
                    .log = m_directory->seedLog(),
                    .writesJsonReport = effective.profile.generateJsonReport};
}

Errors RunSession::Private::checkTargets() const
{
    Errors errors;
    const LoadAllowance allowance(effective.profile.allowedTargets);
    for (const QUrl &url : targets(effective.profile.services)) {
        const Result<void> allowed = allowance.check(url);
        // A name is for its addresses to decide, once it is resolved.
        if (!allowed && allowance.permission(url) == LoadPermission::Refused)
            errors.append(allowed.error());
    }
    return errors;
}

Errors RunSession::Private::checkScenarios() const
{
    Errors errors;
    for (const ScenarioPlan &scenario : effective.profile.scenarios) {
        if (!scenario.enabled || ScenarioKind::types().contains(scenario.type))
            continue;
        errors.append(
            {.code = ErrorCode::BadInput,
             .message =
                 RunSession::tr("this program runs no scenarios of type '%1'.").arg(scenario.type),
             .where = scenario.name,
             .hint = RunSession::tr("It runs %1.").arg(ScenarioKind::types().join(u", "_s))});
    }
    return errors;
}

std::vector<std::unique_ptr<Scenario>> RunSession::Private::makeScenarios() const
{
    const Profile &profile = effective.profile;
    const QList<Service> services = m_services ? m_services->services() : profile.services;
    std::vector<std::unique_ptr<Scenario>> scenarios;
    // Request ids hold the seed: no two scenarios of any two runs may share it.
    quint64 seed = quint64(m_startedAt.toMSecsSinceEpoch()) << 8;
    for (const ScenarioPlan &scenario : profile.scenarios) {
        if (!scenario.enabled)
            continue;
        ScenarioSetup setup{.plan = scenario,
                            .services = services,
                            .maxConcurrentOperations = profile.maxConcurrentOperations,
                            .hostPressureBound = profile.memoryLimit,
                            .userAgent = loadUserAgent(),
                            .seed = ++seed};
        for (const Service &service : services) {
            if (service.name == scenario.service)
                setup.service = service;
        }
        setup.cgroup = m_services ? m_services->cgroupOf(scenario.service) : nullptr;
        if (auto made = ScenarioKind::make(std::move(setup)))
            scenarios.push_back(std::move(made));
    }
    return scenarios;
}

Result<void> RunSession::Private::openSinks()
{
    auto journal = EventWriter::toNewFile(m_directory->journal());
    if (!journal)
        return Unexpected(journal.error());
    m_recorder.addSink(std::move(*journal));
    for (const QString &path : {m_directory->seedLog(), m_directory->engineLog()}) {
        if (const Result<void> opened = m_recorder.log().open(path); !opened)
            return opened;
    }
    if (m_events)
        m_recorder.addSink(std::move(m_events));
    return {};
}

/// Before the run directory is made: what is wrong with --events costs nothing then.
Result<void> RunSession::Private::openEvents()
{
    if (options.eventsTo == u"-") {
        m_events = std::make_unique<EventWriter>(
            STDOUT_FILENO, EventWriter::Options{.capacity = 256, .closesDescriptor = false});
    } else if (!options.eventsTo.isEmpty()) {
        auto sink = EventWriter::toEventsFile(options.eventsTo);
        if (!sink)
            return Unexpected(sink.error());
        m_events = std::move(*sink);
    }
    return {};
}

void RunSession::Private::openControl()
{
    m_control = std::make_unique<ControlServer>(
        [this](const ControlCommand &command) { return onCommand(command); });
    connect(m_control.get(), &ControlServer::rejected, this, [this](const QString &text) {
        m_recorder.say(LogLevel::Warning, category, RunSession::tr("Control: %1").arg(text));
    });
    if (const Result<QString> path = m_control->listen(m_directory->path()))
        m_controlSocket = *path;
    else
        m_recorder.say(LogLevel::Warning, category, path.error().text());
    if (options.controlFromStdin)
        m_control->readFrom(STDIN_FILENO);
}

void RunSession::Private::start()
{
    Q_ASSERT(m_directory && m_state == State::Idle);
    m_state = State::Checking;
    connect(&m_recorder, &EventRecorder::recorded, q, &RunSession::happened);
    m_recorder.startClock();
    m_recorder.record(PhaseEvent{.phase = u"prepare"_s, .begins = true});
    openControl();
    m_services =
        std::make_unique<ServiceSet>(effective.profile.services, [this](const QString &service) {
            if (const Result<void> linked = m_directory->linkServiceLog(service); !linked)
                m_recorder.say(LogLevel::Warning, category, linked.error().text());
            return m_directory->serviceLog(service);
        });
    m_services->setFindsProcesses(effective.profile.resourceMonitoring);
    connect(m_services.get(), &ServiceSet::recorded, this, &Private::onRecorded);
    connect(m_services.get(), &ServiceSet::ready, this, &Private::onServicesReady);
    connect(m_services.get(), &ServiceSet::failed, this,
            [this](const Error &error) { fail({error}); });
    connect(m_services.get(), &ServiceSet::ended, this, &Private::close);
    checkAddresses(effective.profile.services, &Private::onTargetsChecked);
}

void RunSession::Private::checkAddresses(const QList<Service> &services,
                                         void (Private::*next)(const Errors &refused))
{
    m_check = std::make_unique<TargetCheck>(targets(services), effective.profile.allowedTargets);
    connect(m_check.get(), &TargetCheck::finished, this, next);
    m_check->start();
}

void RunSession::Private::onTargetsChecked(const Errors &refused)
{
    if (m_state != State::Checking)
        return;
    if (!refused.isEmpty()) {
        fail(refused);
        return;
    }
    m_state = State::Services;
    m_services->start();
}

/// A service that the run started says itself where it is to be found: nothing goes there
/// unchecked.
void RunSession::Private::onServicesReady()
{
    if (m_state == State::Services)
        checkAddresses(m_services->services(), &Private::onServicesChecked);
}

void RunSession::Private::onServicesChecked(const Errors &refused)
{
    if (m_state != State::Services)
        return;
    if (!refused.isEmpty()) {
        fail(refused);
        return;
    }
    m_state = State::Probing;
    m_watch =
        std::make_unique<TargetWatch>(m_services->watched(), effective.profile.healthCheckInterval);
    m_watch->setSamplesServices(effective.profile.resourceMonitoring);
    connect(m_watch.get(), &TargetWatch::recorded, this, &Private::onRecorded);
    connect(m_watch.get(), &TargetWatch::reached, this, &Private::onReachable);
    connect(m_watch.get(), &TargetWatch::unhealthyAtStart, this,
            [this](const QString &text) { m_recorder.say(LogLevel::Warning, category, text); });
    connect(m_watch.get(), &TargetWatch::secondPassed, this, [this] {
        m_watch->takeGenerator(m_turns && m_turns->current() ? m_turns->current()->takeLateness()
                                                             : LatencyHistogram());
    });
    m_watch->checkReachable();
}

void RunSession::Private::onReachable(const Errors &unreachable)
{
    if (m_state != State::Probing)
        return;
    if (!unreachable.isEmpty()) {
        fail(unreachable);
        return;
    }
    m_state = State::Running;
    describeRun();
    m_watch->start();
    beginTurns();
}

void RunSession::Private::describeRun()
{
    RunStartedEvent started = describe(effective, plan, *m_services, *m_directory);
    started.wallClock = m_startedAt.toString(Qt::ISODate);
    started.controlSocket = m_controlSocket;
    m_recorder.record(started);
    m_recorder.record(PhaseEvent{.phase = u"prepare"_s, .begins = false});
}

void RunSession::Private::beginTurns()
{
    m_turns = std::make_unique<TurnSequence>(plan, makeScenarios());
    connect(m_turns.get(), &TurnSequence::recorded, this, &Private::onRecorded);
    connect(m_turns.get(), &TurnSequence::pressureChanged, m_watch.get(),
            &TargetWatch::setPressure);
    connect(m_turns.get(), &TurnSequence::turnBegan, this, &Private::onTurnBegan);
    connect(m_turns.get(), &TurnSequence::ended, this, &Private::end);
    m_turns->start();
}

void RunSession::Private::onRecorded(const RunEventPayload &payload)
{
    m_recorder.record(payload);
    if (m_turns)
        m_turns->observe(payload);
}

void RunSession::Private::onTurnBegan(const PlannedTurn &turn)
{
    m_recorder.say(LogLevel::Info, category,
                   RunSession::tr("%1: %2 begins (cycle %3 of %4).")
                       .arg(turn.phase, turn.scenario)
                       .arg(turn.cycle)
                       .arg(turn.cycles));
    if (turn.phase == u"recovery")
        m_watch->probeClosely();
    else
        m_watch->probeSoon();
}

ControlServer::Reply RunSession::Private::onCommand(const ControlCommand &command)
{
    using Kind = ControlCommand::Kind;
    const bool hasTurns = m_state == State::Running && m_turns;
    const auto act = [this](const QString &id, std::optional<double> value = {}) {
        m_recorder.record(ActionEvent{
            .id = id, .detail = RunSession::tr("asked for by a control client"), .value = value});
    };
    switch (command.kind) {
    case Kind::Stop:
        stop(StopMode::Drain);
        return {};
    case Kind::StopNow:
        stop(StopMode::Now);
        return {};
    case Kind::Status:
        return {.state = m_state == State::Running
                    ? (m_turns->isPaused() ? u"paused"_s : u"running"_s)
                    : (m_state < State::Running ? u"starting"_s : u"ending"_s)};
    case Kind::Pause:
    case Kind::Resume:
    case Kind::SetRate:
        break;
    case Kind::OnDisconnect:
        return {};
    }
    if (!hasTurns)
        return {.error = RunSession::tr("no scenario is running now.")};
    if (command.kind == Kind::Pause) {
        act(u"pause"_s);
        m_turns->pause();
    } else if (command.kind == Kind::Resume) {
        act(u"resume"_s);
        m_turns->resume();
    } else {
        act(u"rate"_s, command.perSecond);
        m_turns->setRate(Rate::perSecond(command.perSecond));
    }
    return {};
}

void RunSession::Private::stop(StopMode mode)
{
    if (m_state == State::Idle || m_state >= State::Ending)
        return;
    m_end.kind = RunEnd::Kind::Interrupted;
    m_recorder.record(ActionEvent{.id = u"stop"_s, .detail = RunSession::tr("stop asked for")});
    if (m_turns) {
        m_turns->stop(mode);
        return;
    }
    describeRun();
    end();
}

void RunSession::Private::fail(const Errors &errors)
{
    if (m_state >= State::Running)
        return;
    m_end.kind = RunEnd::Kind::CouldNotRun;
    m_end.errors = errors;
    for (const Error &error : errors)
        m_recorder.say(LogLevel::Error, category, error.text());
    describeRun();
    end();
}

void RunSession::Private::end()
{
    if (m_state >= State::Ending)
        return;
    m_state = State::Ending;
    m_recorder.record(PhaseEvent{.phase = u"finish"_s, .begins = true});
    if (m_watch)
        m_watch->stop();
    m_services->end();
}

void RunSession::Private::close()
{
    m_state = State::Ended;
    const bool isCompleted = m_end.kind == RunEnd::Kind::Completed;
    const bool isInterrupted = m_end.kind == RunEnd::Kind::Interrupted;
    m_recorder.record(PhaseEvent{.phase = u"finish"_s, .begins = false});
    m_recorder.record(RunFinishedEvent{
        .end = isCompleted ? u"completed"_s : (isInterrupted ? u"interrupted"_s : u"failed"_s),
        .note = m_end.errors.isEmpty() ? QString() : m_end.errors.constFirst().text()});
    m_end.lostEvents = m_recorder.close();
    if (m_end.lostEvents > 0) {
        m_end.errors.append({.code = ErrorCode::Io,
                             .message = RunSession::tr("the journal lacks %n event(s): %1.",
                                                       nullptr, int(m_end.lostEvents))
                                            .arg(m_recorder.journalError()),
                             .where = m_directory->journal(),
                             .hint = RunSession::tr(
                                 "Make room on the disk; figures of this run may be incomplete.")});
    }
    m_control.reset();
    const RunEnd end = m_end;
    QMetaObject::invokeMethod(
        q, [this, end] { Q_EMIT q->finished(end); }, Qt::QueuedConnection);
}

RunSession::RunSession(EffectiveProfile profile, RunOptions options, QObject *parent)
    : QObject(parent)
    , m_d(std::make_unique<Private>(this, std::move(profile), std::move(options)))
{
}

RunSession::~RunSession() = default;

Result<RunFiles, Errors> RunSession::prepare() { return m_d->prepare(); }

QStringList RunSession::planText() const { return describePlan(m_d->effective.profile, m_d->plan); }

void RunSession::start() { m_d->start(); }

void RunSession::requestStop() { m_d->stop(StopMode::Drain); }

void RunSession::stopNow() { m_d->stop(StopMode::Now); }

} // namespace lowtide
