#include "target/cgroupremover.h"

#include "target/textfile.h"

#include <QCoreApplication>
#include <QDir>
#include <QLoggingCategory>

#include <csignal>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

Q_LOGGING_CATEGORY(cgroupLog, "lowtide.target.cgroup")

namespace {

constexpr int turns = 100;
constexpr std::chrono::milliseconds pauseBetweenTurns(50);

/// The folder itself last, so that each can be removed when its turn comes.
QStringList withSubfolders(const QString &folder)
{
    QStringList folders;
    const QStringList names =
        QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks);
    for (const QString &name : names)
        folders += withSubfolders(folder + u'/' + name);
    folders.append(folder);
    return folders;
}

void killInside(const QString &folder)
{
    const QByteArray text = readTextFile(folder + "/cgroup.procs"_L1).value_or(QByteArray());
    for (const QByteArray &line : text.split('\n')) {
        const int pid = line.toInt();
        // 0 is a process of another pid namespace; ourselves we never are inside, but never say
        // never
        if (pid > 1 && pid != ::getpid())
            ::kill(pid, SIGKILL);
    }
}

/// Setting a file that may not be there; what comes of it is seen by whether the folder can be
/// removed.
void tryWrite(const QString &path, const QByteArray &value)
{
    if (QFile::exists(path) && !writeSetting(path, value))
        qCDebug(cgroupLog) << "cannot write" << path;
}

} // namespace

CgroupRemover::CgroupRemover(CgroupFolders folders, QObject *parent)
    : QObject(parent)
    , m_folders(std::move(folders))
    , m_timer(this)
    , m_turnsLeft(turns)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &CgroupRemover::onTurn);
}

CgroupRemover::~CgroupRemover()
{
    // The end of the application: what was killed is gone by now, most likely.
    if (m_isWorking && !tryOnce())
        qCWarning(cgroupLog) << "left for the next start:" << m_folders.all();
}

void CgroupRemover::removeDetached(const CgroupFolders &folders)
{
    auto *remover = new CgroupRemover(folders, QCoreApplication::instance());
    if (remover->tryOnce() || remover->parent() == nullptr) {
        delete remover;
        return;
    }
    connect(remover, &CgroupRemover::finished, remover, &QObject::deleteLater);
    remover->start();
}

void CgroupRemover::start() { m_timer.start(0); }

void CgroupRemover::onTurn()
{
    const bool isComplete = tryOnce();
    if (!isComplete && --m_turnsLeft > 0) {
        m_timer.start(pauseBetweenTurns);
        return;
    }
    m_isWorking = false;
    if (!isComplete)
        qCWarning(cgroupLog) << "could not remove" << m_folders.all();
    Q_EMIT finished(isComplete);
}

bool CgroupRemover::tryOnce() const
{
    QStringList folders;
    for (const QString &folder : m_folders.all()) {
        if (QFile::exists(folder))
            folders += withSubfolders(folder);
    }
    // Frozen, nothing inside can fork away from the list of processes, and no pid in it is used
    // again.
    const QString freezer =
        m_folders.freezer.isEmpty() ? QString() : m_folders.freezer + "/freezer.state"_L1;
    if (!freezer.isEmpty())
        tryWrite(freezer, "FROZEN");
    for (const QString &folder : folders) {
        tryWrite(folder + "/cgroup.kill"_L1, "1");
        killInside(folder);
    }
    if (!freezer.isEmpty())
        tryWrite(freezer, "THAWED");
    bool isComplete = true;
    for (const QString &folder : folders) {
        if (::rmdir(QFile::encodeName(folder).constData()) != 0 && QFile::exists(folder))
            isComplete = false;
    }
    return isComplete;
}

} // namespace lowtide
