#include "demo/demofleet.h"

#include "demo/demooptions.h"

#include <algorithm>
#include <csignal>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

using Service = DemoOptions::Service;

constexpr int couldNotRun = 3;
constexpr std::chrono::milliseconds endingTime(3000);

QString defaultUrl(const QHostAddress &host, Service service)
{
    const QHostAddress peer =
        host == QHostAddress(QHostAddress::AnyIPv4) ? QHostAddress::LocalHost : host;
    QUrl url;
    url.setScheme(u"http"_s);
    url.setHost(peer.toString());
    url.setPort(DemoOptions::defaultPort(service));
    return url.toString();
}

} // namespace

DemoFleet::DemoFleet(const QString &program, const QHostAddress &host, QObject *parent)
    : QObject(parent)
    , m_program(program)
    , m_host(host)
    , m_children {{{DemoOptions::name(Service::Bluefin)},
                   {DemoOptions::name(Service::Dashboard)},
                   {DemoOptions::name(Service::Bot)}}}
    , m_killTimer(this)
{
    m_killTimer.setSingleShot(true);
    m_killTimer.setInterval(endingTime);
    connect(&m_killTimer, &QTimer::timeout, this, &DemoFleet::killAll);
}

void DemoFleet::start()
{
    for (Child &child : m_children) {
        QStringList arguments {child.service, u"--lifeline"_s, u"--host"_s, m_host.toString()};
        if (child.service == DemoOptions::name(Service::Bot)) {
            arguments += {u"--bluefin"_s, defaultUrl(m_host, Service::Bluefin), u"--dashboard"_s,
                          defaultUrl(m_host, Service::Dashboard)};
        }
        startChild(child, arguments);
    }
}

void DemoFleet::stop()
{
    if (std::exchange(m_isStopping, true))
        return;
    m_killTimer.start();
    for (const Child &child : m_children)
        child.process->closeWriteChannel();
    finishWhenAllEnded();
}

void DemoFleet::startChild(Child &child, const QStringList &arguments)
{
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
    while (child.process->canReadLine()) {
        Q_EMIT announced(child.process->readLine());
        child.isAnnounced = true;
    }
    const bool allAnnounced = std::all_of(m_children.begin(), m_children.end(),
                                          [](const Child &each) { return each.isAnnounced; });
    if (!allAnnounced)
        return;
    Q_EMIT noted(tr("All three services are up; Ctrl-C ends them."));
    Q_EMIT noted(tr("Limits of memory and CPU are not applied to services started by hand; "
                    "\"lowtide run --demo\" starts its own and applies them."));
    Q_EMIT noted(tr("Try: curl %1/market/ticker").arg(defaultUrl(m_host, Service::Bluefin)));
}

void DemoFleet::onFinished(const Child &child, int exitCode, QProcess::ExitStatus status)
{
    if (!m_isStopping) {
        Q_EMIT noted(status == QProcess::NormalExit
                         ? tr("The service %1 ended with code %2.").arg(child.service).arg(exitCode)
                         : tr("The service %1 was killed.").arg(child.service));
    }
    // Who dies later may do so by a planted crash; the others are still worth having.
    if (!child.isAnnounced && !m_isStopping) {
        m_exitCode = exitCode != 0 ? exitCode : couldNotRun;
        stop();
        return;
    }
    finishWhenAllEnded();
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
    const bool allEnded = std::all_of(m_children.begin(), m_children.end(), [](const Child &child) {
        return child.process->state() == QProcess::NotRunning;
    });
    if (allEnded && !std::exchange(m_isFinished, true))
        Q_EMIT finished(m_exitCode);
}

void DemoFleet::killAll()
{
    for (const Child &child : m_children)
        child.process->kill();
}

} // namespace lowtide
