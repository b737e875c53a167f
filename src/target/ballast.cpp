#include "target/ballast.h"

#include "target/childsetup.h"
#include "target/processsample.h"
#include "target/textfile.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <csignal>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr qint64 oneMb = 1048576;
constexpr std::chrono::milliseconds killAfter(3000);

QString programPath(const QString &asked)
{
    if (!asked.isEmpty())
        return asked;
    const QString named = qEnvironmentVariable("LOWTIDE_BALLAST");
    return named.isEmpty() ? QCoreApplication::applicationDirPath() + "/lowtide-ballast"_L1 : named;
}

qint64 availableMemory()
{
    const QByteArray text = readTextFile(u"/proc/meminfo"_s).value_or(QByteArray());
    return parseMeminfo(text, "MemAvailable").value_or(0);
}

} // namespace

Ballast::Ballast(BallastOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_cgroup(m_options.cgroup)
    , m_inCgroup(m_options.cgroup != nullptr)
    , m_process(this)
    , m_killTimer(this)
{
    m_killTimer.setSingleShot(true);
    connect(&m_killTimer, &QTimer::timeout, &m_process, &QProcess::kill);
    connect(&m_process, &QProcess::started, this, &Ballast::onStarted);
    connect(&m_process, &QProcess::errorOccurred, this, &Ballast::onStartError);
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &Ballast::onOutput);
    connect(&m_process, &QProcess::finished, this, &Ballast::onFinished);
}

Ballast::~Ballast()
{
    m_process.disconnect(this); // its own destructor kills and reaps
}

QString Ballast::where() const { return m_inCgroup ? u"cgroup"_s : u"host"_s; }

Result<void> Ballast::start()
{
    const QString program = programPath(m_options.program);
    if (!QFileInfo(program).isExecutable())
        return Unexpected(Error{ErrorCode::Io, tr("The ballast program is not there."), program,
                                tr("LOWTIDE_BALLAST may name another place.")});
    const QStringList joinPaths = m_cgroup ? m_cgroup->memoryJoinPaths() : QStringList();
    if (m_inCgroup && joinPaths.isEmpty())
        return Unexpected(
            Error{ErrorCode::Refused, tr("The service's cgroup cannot be joined."), {}, {}});
    for (const QString &path : joinPaths) {
        if (::access(QFile::encodeName(path).constData(), W_OK) != 0)
            return Unexpected(
                Error{ErrorCode::Refused, tr("The service's cgroup cannot be joined."), path, {}});
    }
    m_oomKillsBefore = oomKills();
    m_process.setProgram(program);
    m_process.setArguments({QString::number(std::max<qint64>(m_options.timeLimit.count(), 1))});
    m_process.setChildProcessModifier(childSetup(joinPaths));
    m_process.start();
    return {};
}

Bytes Ballast::allowedNow() const
{
    if (m_inCgroup)
        return m_options.bound;
    // What would be available if the ballast were not there.
    const Bytes half((availableMemory() + m_held.count()) / 2);
    return std::min(m_options.bound, half);
}

Bytes Ballast::grow(Bytes total)
{
    const Bytes wanted = std::clamp(total, Bytes(0), std::max(allowedNow(), Bytes(0)));
    m_target = Bytes(wanted.count() / oneMb * oneMb); // it holds whole MB
    if (m_pid != 0)
        sendTarget();
    return m_target;
}

void Ballast::sendTarget()
{
    if (isRunning() && !m_releaseAsked)
        m_process.write(QByteArray::number(m_target.count() / oneMb) + '\n');
}

void Ballast::release()
{
    if (m_releaseAsked)
        return;
    m_releaseAsked = true;
    if (!isRunning()) {
        QMetaObject::invokeMethod(this, &Ballast::released, Qt::QueuedConnection);
        return;
    }
    m_process.closeWriteChannel(); // also one that is only starting sees this
    m_killTimer.start(killAfter);
}

void Ballast::onStarted()
{
    // Weighing on the machine and calling it the service's cgroup would be a wrong statement.
    if (m_inCgroup && !m_releaseAsked
        && (!m_cgroup || !m_cgroup->accountsMemoryOf(m_process.processId()))) {
        m_failure = tr("The ballast did not get into the service's cgroup.");
        m_process.kill();
        return;
    }
    m_pid = m_process.processId();
    if (m_target.count() > 0)
        sendTarget();
}

void Ballast::onStartError(QProcess::ProcessError error)
{
    if (error != QProcess::FailedToStart)
        return;
    conclude(tr("The ballast could not be started (%1).").arg(m_process.errorString()), false);
}

void Ballast::onOutput()
{
    m_output += m_process.readAllStandardOutput();
    QList<QByteArray> lines = m_output.split('\n');
    m_output = lines.takeLast();
    for (const QByteArray &line : std::as_const(lines)) {
        const bool isShort = line.startsWith("short ");
        bool isNumber = false;
        const qint64 mb = line.mid(isShort ? 6 : 5).toLongLong(&isNumber);
        if (!isNumber || !(isShort || line.startsWith("held ")))
            continue;
        m_held = Bytes(mb * oneMb);
        Q_EMIT held(m_held);
    }
}

std::optional<qint64> Ballast::oomKills() const
{
    if (m_inCgroup)
        return m_cgroup ? m_cgroup->usage().oomKills : std::nullopt;
    return flatKeyedValue(readTextFile(u"/proc/vmstat"_s).value_or(QByteArray()), "oom_kill");
}

void Ballast::onFinished(int exitCode, QProcess::ExitStatus status)
{
    m_killTimer.stop();
    if (!m_failure.isEmpty())
        return conclude(m_failure, false);
    if (status == QProcess::NormalExit)
        return conclude(tr("The ballast ended with exit code %1.").arg(exitCode), false);
    if (exitCode == SIGALRM)
        return conclude(tr("The ballast reached its own time limit."), false);
    const auto kills = oomKills();
    if (exitCode != SIGKILL || !kills || *kills <= m_oomKillsBefore.value_or(0))
        return conclude(tr("The ballast was ended by %1.").arg(signalName(exitCode)), false);
    conclude(m_inCgroup
                 ? tr("The kernel killed the ballast: the service's memory limit was reached with "
                      "%1 MB of ballast.")
                       .arg(m_held.mb(), 0, 'f', 0)
                 : tr("The kernel killed the ballast: the machine was out of memory with %1 MB of "
                      "ballast.")
                       .arg(m_held.mb(), 0, 'f', 0),
             true);
}

void Ballast::conclude(const QString &why, bool outOfMemory)
{
    m_held = Bytes();
    if (m_releaseAsked)
        Q_EMIT released();
    else
        Q_EMIT died(why, outOfMemory);
}

} // namespace lowtide
