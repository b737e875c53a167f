#include "demo/demofleet.h"

#include "demo/demooptions.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <csignal>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

using Service = DemoOptions::Service;

constexpr int couldNotRun = 3;
constexpr std::chrono::milliseconds endingTime(3000);

} // namespace

DemoFleet::DemoFleet(const QString &program, const QHostAddress &host, Ports ports, QObject *parent)
    : QObject(parent)
    , m_program(program)
    , m_host(host)
    , m_ports(ports)
    , m_bluefin{DemoOptions::name(Service::Bluefin), nullptr, {}}
    , m_dashboard{DemoOptions::name(Service::Dashboard), nullptr, {}}
    , m_bot{DemoOptions::name(Service::Bot), nullptr, {}}
    , m_killTimer(this)
{
    m_killTimer.setSingleShot(true);
    m_killTimer.setInterval(endingTime);
    connect(&m_killTimer, &QTimer::timeout, this, &DemoFleet::killAll);
}

void DemoFleet::start()
{
    startChild(m_bluefin, {});
    startChild(m_dashboard, {});
}

void DemoFleet::stop()
{
    if (std::exchange(m_isStopping, true))
        return;
    m_killTimer.start();
    for (const Child *child : children()) {
        if (child->process != nullptr)
            child->process->closeWriteChannel();
    }
    finishWhenAllEnded();
}

void DemoFleet::startChild(Child &child, QStringList arguments)
{
    arguments =
        QStringList{child.service, u"--lifeline"_s, u"--host"_s, m_host.toString()} + arguments;
    if (m_ports == Ports::Free)
        arguments += {u"--port"_s, u"0"_s};
    child.process = new QProcess(this);
    child.process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    // Only async-signal-safe calls between fork and exec. A group of its own keeps Ctrl-C from it.
    child.process->setChildProcessModifier([] {
        ::setpgid(0, 0);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
    });
    connect(child.process, &QProcess::readyReadStandardOutput, this,
            [this, &child] { onOutput(child); });
    connect(
        child.process, &QProcess::finished, this,
        [this, &child](int code, QProcess::ExitStatus status) { onFinished(child, code, status); });
    connect(child.process, &QProcess::errorOccurred, this,
            [this, &child](QProcess::ProcessError error) {
                if (error == QProcess::FailedToStart)
                    onFailedToStart(child);
            });
    child.process->start(m_program, arguments);
}

void DemoFleet::onOutput(Child &child)
{
    if (!child.url.isEmpty() || !child.process->canReadLine())
        return;
    const QByteArray line = child.process->readLine();
    child.url = QJsonDocument::fromJson(line).object().value("url"_L1).toString();
    Q_EMIT announced(line);
    if (&child == &m_bot)
        noteAllUp();
    else if (!m_bluefin.url.isEmpty() && !m_dashboard.url.isEmpty() && !m_isStopping)
        startChild(m_bot, {u"--bluefin"_s, m_bluefin.url, u"--dashboard"_s, m_dashboard.url});
}

void DemoFleet::onFinished(const Child &child, int exitCode, QProcess::ExitStatus status)
{
    if (!m_isStopping) {
        Q_EMIT noted(status == QProcess::NormalExit
                         ? tr("The service %1 ended with code %2.").arg(child.service).arg(exitCode)
                         : tr("The service %1 was killed.").arg(child.service));
    }
    // Who dies later may do so by a planted crash; the others are still worth having.
    if (child.url.isEmpty() && !m_isStopping) {
        m_exitCode = exitCode != 0 ? exitCode : couldNotRun;
        stop();
        return;
    }
    finishWhenAllEnded();
}

void DemoFleet::noteAllUp()
{
    Q_EMIT noted(tr("All three services are up; Ctrl-C ends them."));
    Q_EMIT noted(tr("Limits of memory and CPU are not applied to services started by hand; "
                    "\"lowtide run --demo\" starts its own and applies them."));
    Q_EMIT noted(tr("Try: curl %1/market/ticker").arg(m_bluefin.url));
}

void DemoFleet::onFailedToStart(const Child &child)
{
    Q_EMIT noted(tr("The service %1 cannot be started: %2")
                     .arg(child.service, child.process->errorString()));
    m_exitCode = couldNotRun;
    stop();
}

void DemoFleet::finishWhenAllEnded()
{
    const auto all = children();
    const bool allEnded = std::all_of(all.begin(), all.end(), [](const Child *child) {
        return child->process == nullptr || child->process->state() == QProcess::NotRunning;
    });
    if (allEnded && !std::exchange(m_isFinished, true))
        Q_EMIT finished(m_exitCode);
}

void DemoFleet::killAll()
{
    for (const Child *child : children()) {
        if (child->process != nullptr)
            child->process->kill();
    }
}

} // namespace lowtide
