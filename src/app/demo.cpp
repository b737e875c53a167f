#include "demo/demoprogram.h"

#include <QCoreApplication>

#include <csignal>

int main(int argc, char **argv)
{
    // A client that leaves in the middle of an answer must not end the service.
    std::signal(SIGPIPE, SIG_IGN);
    // GLib's event loop costs ten times as much with many connections; read when the application
    // starts.
    qputenv("QT_NO_GLIB", "1");
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("lowtide-demo"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LOWTIDE_VERSION));
    return lowtide::runDemoProgram(QCoreApplication::arguments());
}
