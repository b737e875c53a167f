#include "target/serviceprocess.h"

#include "target/childsetup.h"

#include <QNetworkProxy>

#include <csignal>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr std::chrono::milliseconds pollInterval(20);
constexpr std::chrono::milliseconds probePause(100);
constexpr std::chrono::milliseconds addressProbeTimeout(1000);
constexpr int linesInMessages = 5;

} // namespace

ServiceProcess::ServiceProcess(Service service, ServiceProcessOptions options, QObject *parent)
    : QObject(parent)
    , m_service(std::move(service))
    , m_options(std::move(options))
    , m_addressProbe(this)
    , m_process(this)
    , m_pollTimer(this)
    , m_deadline(this)
    , m_probePause(this)
    , m_killTimer(this)
{
    m_addressProbe.setProxy(QNetworkProxy::NoProxy);
    for (QTimer *timer : {&m_deadline, &m_probePause, &m_killTimer})
        timer->setSingleShot(true);
    m_pollTimer.setInterval(pollInterval);
    connect(&m_pollTimer, &QTimer::timeout, this, &ServiceProcess::readLog);
    connect(&m_deadline, &QTimer::timeout, this, &ServiceProcess::onDeadline);
    connect(&m_killTimer, &QTimer::timeout, this, [this] { signalGroup(m_pid, SIGKILL); });
    connect(&m_process, &QProcess::started, this, &ServiceProcess::onStarted);
    connect(&m_process, &QProcess::errorOccurred, this, &ServiceProcess::onStartError);
    connect(&m_process, &QProcess::finished, this, &ServiceProcess::onFinished);
}

ServiceProcess::~ServiceProcess()
{
    m_process.disconnect(this);
    if (isRunning())
        signalGroup(m_pid, SIGKILL);
}

void ServiceProcess::start()
{
    if (m_state != State::Idle)
        return;
    m_state = State::Starting;
    // Signals never come from within start().
    QMetaObject::invokeMethod(this, &ServiceProcess::begin, Qt::QueuedConnection);
}

void ServiceProcess::begin()
{
    if (m_state != State::Starting)
        return;
    if (m_service.command.isEmpty())
        return fail(ErrorCode::BadInput, tr("There is no command to start it."));
    if (const auto opened = m_log.open(m_options.logPath); !opened)
        return fail(ErrorCode::Io, opened.error().text());
    const QUrl url = m_service.url.isEmpty() ? m_service.websocketUrl : m_service.url;
    if (url.isEmpty() || url.port() == 0)
        return launch();
    // Where another process answers there already, ours could not listen, and the run would measure
    // the other one.
    connect(&m_addressProbe, &QTcpSocket::connected, this, [this, url] {
        fail(ErrorCode::Unreachable,
             tr("Something else already answers at %1.")
                 .arg(url.toDisplayString(QUrl::RemoveUserInfo)));
    });
    connect(&m_addressProbe, &QTcpSocket::errorOccurred, this, &ServiceProcess::launch);
    m_deadline.start(addressProbeTimeout);
    const bool isSecure = url.scheme() == "https"_L1 || url.scheme() == "wss"_L1;
    m_addressProbe.connectToHost(url.host(), static_cast<quint16>(url.port(isSecure ? 443 : 80)));
}

void ServiceProcess::launch()
{
    if (m_state != State::Starting)
        return;
    m_state = State::Launched;
    m_addressProbe.disconnect(this);
    m_addressProbe.abort();
    prepareCgroup();
    QStringList command = m_service.command;
    if (m_scope)
        command = m_scope->launchPrefix() + command;
    m_process.setProgram(command.takeFirst());
    m_process.setArguments(command);
    m_process.setWorkingDirectory(m_options.workingDirectory);
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setStandardOutputFile(m_options.logPath, QIODevice::Append);
    m_process.setChildProcessModifier(childSetup(m_scope ? m_scope->joinPaths() : QStringList()));
    m_deadline.start(m_options.readyWithin);
    m_process.start();
}

void ServiceProcess::prepareCgroup()
{
    if (!m_service.memoryLimit && !m_service.cpuLimitCores)
        return;
    m_limits = {u"not_applied"_s, tr("This run applies no limits.")};
    if (m_options.cgroups == nullptr)
        return;
    auto scope =
        m_options.cgroups->create(m_service.name, {m_service.memoryLimit, m_service.cpuLimitCores});
    if (scope)
        m_scope = std::move(scope).value();
    else
        m_limits.note = scope.error().text();
}

void ServiceProcess::confirmCgroup()
{
    if (!m_scope)
        return;
    const auto adopted = m_scope->adopt(m_pid);
    m_limits.state = adopted ? u"applied"_s : u"not_applied"_s;
    m_limits.note = adopted ? m_scope->notes().join(u' ') : adopted.error().text();
}

void ServiceProcess::onStarted()
{
    m_pid = m_process.processId();
    if (m_endAsked)
        return terminate();
    confirmCgroup();
    m_pollTimer.start();
    const QUrl url = m_service.url.isEmpty() ? m_service.websocketUrl : healthUrl(m_service);
    if (url.isEmpty())
        return;
    m_probe = std::make_unique<HealthCheck>(url);
    connect(&m_probePause, &QTimer::timeout, m_probe.get(), [this] { m_probe->start(); });
    connect(m_probe.get(), &HealthCheck::finished, this, &ServiceProcess::onProbed);
    m_probePause.start(probePause);
}

void ServiceProcess::readLog()
{
    const QList<QByteArray> lines = m_log.takeLines();
    for (const QByteArray &line : lines) {
        if (const auto announcement = readAnnouncement(line, m_service.name))
            return becomeReady(*announcement);
    }
}

void ServiceProcess::onProbed(const HealthAnswer &answer)
{
    m_lastProbe = answer.detail;
    if (answer.healthy)
        becomeReady({});
    else
        m_probePause.start(probePause);
}

void ServiceProcess::onDeadline()
{
    if (m_state == State::Starting)
        return launch(); // nobody answered at the address
    if (!m_probe)
        return becomeReady({});
    fail(ErrorCode::Unreachable,
         tr("It did not become healthy at %1 within %2 s (%3).")
             .arg(m_probe->url().toDisplayString(QUrl::RemoveUserInfo))
             .arg(std::chrono::duration<double>(m_options.readyWithin).count())
             .arg(m_lastProbe.isEmpty() ? tr("no answer") : m_lastProbe));
}

void ServiceProcess::becomeReady(const ServiceAnnouncement &announcement)
{
    if (m_state != State::Launched)
        return;
    m_state = State::Ready;
    stopWaiting();
    if (m_scope && !m_scope->launchPrefix().isEmpty())
        confirmCgroup(); // inside only once systemd-run has become the service
    if (!announcement.url.isEmpty())
        m_service.url = announcement.url;
    if (!announcement.websocketUrl.isEmpty())
        m_service.websocketUrl = announcement.websocketUrl;
    m_service.pid = m_pid;
    Q_EMIT ready({m_service.url, m_service.websocketUrl, m_pid});
}

void ServiceProcess::stopWaiting()
{
    m_pollTimer.stop();
    m_deadline.stop();
    m_probePause.stop();
    if (m_probe)
        m_probe->abort();
}

void ServiceProcess::fail(ErrorCode code, const QString &message)
{
    stopWaiting();
    m_addressProbe.disconnect(this);
    m_state = State::Gone;
    m_failure = Error{code, message, m_service.name, {}};
    const QStringList lines = m_log.lastLines(linesInMessages);
    if (!lines.isEmpty())
        m_failure->hint = tr("Its last output: %1").arg(lines.join(" | "_L1));
    if (!isRunning()) {
        Q_EMIT failed(*m_failure);
        return;
    }
    m_process.kill(); // reported once it is gone; the rest of the group follows then
}

void ServiceProcess::onStartError(QProcess::ProcessError error)
{
    if (error != QProcess::FailedToStart)
        return;
    if (m_endAsked)
        return finishEnding();
    fail(ErrorCode::BadInput,
         tr("\"%1\" could not be started (%2).").arg(m_process.program(), m_process.errorString()));
}

void ServiceProcess::onFinished(int exitCode, QProcess::ExitStatus status)
{
    const bool hasCrashed = status == QProcess::CrashExit;
    m_killTimer.stop();
    signalGroup(m_pid, SIGKILL); // what it left behind
    if (m_endAsked)
        return finishEnding();
    if (m_failure) {
        Q_EMIT failed(*m_failure);
    } else if (m_state == State::Ready) {
        m_state = State::Gone;
        Q_EMIT exited(exitCode, hasCrashed);
    } else {
        // By convention 2 says that its arguments are wrong: the profile's or --demo-fault's.
        const bool isMisused = !hasCrashed && exitCode == 2;
        fail(isMisused ? ErrorCode::BadInput : ErrorCode::Unreachable,
             hasCrashed ? tr("It ended before it was ready, by %1.").arg(signalName(exitCode))
                        : tr("It ended before it was ready, with exit code %1.").arg(exitCode));
    }
}

void ServiceProcess::end()
{
    if (m_endAsked)
        return;
    m_endAsked = true;
    stopWaiting();
    m_addressProbe.disconnect(this);
    m_addressProbe.abort();
    m_state = State::Gone;
    if (m_process.state() == QProcess::Running)
        terminate();
    else if (m_process.state() == QProcess::NotRunning)
        QMetaObject::invokeMethod(this, &ServiceProcess::finishEnding, Qt::QueuedConnection);
}

void ServiceProcess::terminate()
{
    m_process.closeWriteChannel();
    signalGroup(m_pid, SIGTERM);
    m_killTimer.start(m_options.killAfter);
}

void ServiceProcess::finishEnding()
{
    if (!m_scope) {
        Q_EMIT ended();
        return;
    }
    connect(m_scope.get(), &CgroupScope::removed, this, [this] {
        m_scope.release()->deleteLater(); // it is the sender
        Q_EMIT ended();
    });
    m_scope->remove();
}

} // namespace lowtide
