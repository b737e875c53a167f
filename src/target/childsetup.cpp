#include "target/childsetup.h"

#include <QByteArray>
#include <QFile>
#include <QList>

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

void joinCgroup(const char *procsPath)
{
    const int file = ::open(procsPath, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return;
    // "0" is the writer itself, so that no number has to be formatted here.
    [[maybe_unused]] const ssize_t written = ::write(file, "0", 1);
    ::close(file);
}

} // namespace

std::function<void()> childSetup(const QStringList &joinPaths)
{
    QList<QByteArray> encoded; // converted here: nothing may be allocated in the child
    for (const QString &path : joinPaths)
        encoded.append(QFile::encodeName(path));
    return [encoded, parent = ::getpid()] {
        ::setsid();
        // Our ignored SIGPIPE would be inherited through exec, and children of ours don't expect
        // that.
        ::signal(SIGPIPE, SIG_DFL);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(127); // we died before prctl could see it
        for (const QByteArray &path : encoded)
            joinCgroup(path.constData());
    };
}

void signalGroup(qint64 leader, int signal)
{
    if (leader > 1)
        ::kill(-static_cast<pid_t>(leader), signal);
}

QString signalName(int signal)
{
    const char *abbreviation = ::sigabbrev_np(signal);
    return abbreviation != nullptr ? u"SIG"_s + QLatin1StringView(abbreviation)
                                   : u"signal %1"_s.arg(signal);
}

} // namespace lowtide
