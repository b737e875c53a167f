#include "cli/commandline.h"

#include <QCoreApplication>

#include <csignal>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    // Before anything can write: a reader that goes away is an error of one write, not our end.
    (void)std::signal(SIGPIPE, SIG_IGN);
    // GLib's event loop costs 14 times epoll's with many connections, in every thread that has it.
    qputenv("QT_NO_GLIB", "1");
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"lowtide"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(LOWTIDE_VERSION));
    lowtide::Console console;
    return lowtide::runCommandLine(QCoreApplication::arguments().mid(1), console);
}
