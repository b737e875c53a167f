#include "target/serviceprocess.h"
#include "target/targettools.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <memory>
#include <unistd.h>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

const char *const announceAndWait =
    R"(echo '{"service":"bluefin","url":"http://127.0.0.1:4711","websocket_url":"ws://127.0.0.1:4711/ws","pid":1}'; )";

Service shellService(const QString &script)
{
    Service service;
    service.name = u"bluefin"_s;
    service.command = {u"/bin/sh"_s, u"-c"_s, script};
    return service;
}

/// Answers 200 to everything on the port of its argument.
const char *const webServer =
    "import http.server,sys\n"
    "class H(http.server.BaseHTTPRequestHandler):\n"
    "    def do_GET(s):\n"
    "        s.send_response(200); s.send_header('Content-Length','0'); s.end_headers()\n"
    "http.server.HTTPServer(('127.0.0.1',int(sys.argv[1])),H).serve_forever()\n";

} // namespace

class ServiceProcessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void announcementMakesItReady();
    void announcementMayComeLateAndAfterNoise();
    void healthyUrlMakesItReady();
    void withoutUrlTheDeadlineMakesItReady();
    void failuresAreTold_data();
    void failuresAreTold();
    void addressInUseIsAFailure();
    void neverHealthyIsAFailure();
    void outputGoesToTheLog();
    void unaskedEndIsReported_data();
    void unaskedEndIsReported();
    void endIsNotAFailure();
    void endKillsWhoIgnoresSigterm();
    void endTakesTheWholeGroup();
    void endBeforeReadyIsQuiet();
    void endWithoutStartEnds();
    void lifeLineIsStdin();
    void itHasASessionOfItsOwn();
    void limitsAreApplied();
    void limitsThatCannotBeAppliedAreNamed();
    void killedParentTakesTheServiceAlong();

private:
    [[nodiscard]] ServiceProcessOptions options() const;
    void end(ServiceProcess &process) const;

    std::unique_ptr<QTemporaryDir> m_folder;
};

void ServiceProcessTest::init() { m_folder = std::make_unique<QTemporaryDir>(); }

ServiceProcessOptions ServiceProcessTest::options() const
{
    ServiceProcessOptions options;
    options.logPath = m_folder->filePath(u"service.log"_s);
    return options;
}

void ServiceProcessTest::end(ServiceProcess &process) const
{
    QSignalSpy ended(&process, &ServiceProcess::ended);
    process.end();
    QVERIFY(ended.wait(15000));
    QVERIFY(!process.isRunning());
}

void ServiceProcessTest::announcementMakesItReady()
{
    ServiceProcess process(shellService(QLatin1StringView(announceAndWait) + "exec sleep 300"_L1),
                           options());
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QVERIFY(ready.wait(10000));
    const auto announcement = ready.first().first().value<ServiceAnnouncement>();
    QCOMPARE(announcement.url, QUrl(u"http://127.0.0.1:4711"_s));
    QCOMPARE(announcement.websocketUrl, QUrl(u"ws://127.0.0.1:4711/ws"_s));
    QCOMPARE(announcement.pid, process.pid());
    QVERIFY2(announcement.pid > 1, "the pid is the one we started, whatever the line says");
    QCOMPARE(process.service().url, announcement.url);
    QCOMPARE(process.service().pid, std::optional(process.pid()));
    QCOMPARE(process.limits(), ServiceLimits());
    end(process);
}

void ServiceProcessTest::announcementMayComeLateAndAfterNoise()
{
    const QString script =
        u"echo starting; echo '{\"level\":\"info\"}'; echo '{\"service\":\"other\",\"url\":\"http://127.0.0.1:1\"}'; echo '{\"url\":\"http://127.0.0.1:2\"}'; sleep 0.3; "_s
        + QLatin1StringView(announceAndWait) + "exec sleep 300"_L1;
    ServiceProcess process(shellService(script), options());
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QVERIFY(ready.wait(10000));
    QCOMPARE(process.service().url.port(), 4711);
    end(process);
}

void ServiceProcessTest::healthyUrlMakesItReady()
{
    Service service;
    service.name = u"web"_s;
    service.url.setUrl(u"http://127.0.0.1:%1"_s.arg(freePort()));
    service.command = {u"python3"_s, u"-c"_s, QLatin1StringView(webServer),
                       QString::number(service.url.port())};
    ServiceProcess process(service, options());
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QVERIFY(ready.wait(20000));
    QCOMPARE(ready.first().first().value<ServiceAnnouncement>().url, service.url);
    end(process);
}

void ServiceProcessTest::withoutUrlTheDeadlineMakesItReady()
{
    ServiceProcessOptions soon = options();
    soon.readyWithin = std::chrono::milliseconds(100);
    ServiceProcess process(shellService(u"exec sleep 300"_s), soon);
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QVERIFY(ready.wait(10000));
    QVERIFY(ready.first().first().value<ServiceAnnouncement>().url.isEmpty());
    QVERIFY(isAlive(process.pid()));
    end(process);
}

void ServiceProcessTest::failuresAreTold_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("words");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("no such program")
        << QStringList{u"/nowhere/bluefin"_s} << "/nowhere/bluefin" << ErrorCode::BadInput;
    QTest::newRow("no command") << QStringList() << "no command" << ErrorCode::BadInput;
    QTest::newRow("refuses its arguments")
        << QStringList{u"/bin/sh"_s, u"-c"_s, u"echo no fault is called so; exit 2"_s}
        << "no fault is called so" << ErrorCode::BadInput;
    QTest::newRow("ends at once") << QStringList{u"/bin/sh"_s, u"-c"_s,
                                                 u"echo out; echo no key >&2; exit 7"_s}
                                  << "exit code 7" << ErrorCode::Unreachable;
    QTest::newRow("its last output")
        << QStringList{u"/bin/sh"_s, u"-c"_s, u"echo out; echo no key >&2; exit 7"_s}
        << "out | no key" << ErrorCode::Unreachable;
    QTest::newRow("crashes at once") << QStringList{u"/bin/sh"_s, u"-c"_s, u"kill -SEGV $$"_s}
                                     << "SIGSEGV" << ErrorCode::Unreachable;
}

void ServiceProcessTest::failuresAreTold()
{
    QFETCH(QStringList, command);
    QFETCH(QString, words);
    Service service;
    service.name = u"bluefin"_s;
    service.command = command;
    ServiceProcess process(service, options());
    QSignalSpy failed(&process, &ServiceProcess::failed);
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QCOMPARE(failed.count(), 0);
    QVERIFY(failed.wait(10000));
    const auto error = failed.first().first().value<Error>();
    QCOMPARE(error.where, u"bluefin"_s);
    QTEST(error.code, "code");
    QVERIFY2(error.text().contains(words), qPrintable(error.text()));
    QCOMPARE(ready.count(), 0);
    end(process);
    QCOMPARE(failed.count(), 1);
}

void ServiceProcessTest::addressInUseIsAFailure()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    Service service = shellService(u"touch started; exec sleep 300"_s);
    service.url.setUrl(u"http://127.0.0.1:%1"_s.arg(other.serverPort()));
    ServiceProcessOptions here = options();
    here.workingDirectory = m_folder->path();
    ServiceProcess process(service, here);
    QSignalSpy failed(&process, &ServiceProcess::failed);
    process.start();
    QVERIFY(failed.wait(10000));
    QVERIFY(failed.first().first().value<Error>().message.contains("already answers"_L1));
    QVERIFY(!QFile::exists(m_folder->filePath(u"started"_s)));
}

void ServiceProcessTest::neverHealthyIsAFailure()
{
    Service service = shellService(u"echo waiting for the database; exec sleep 300"_s);
    service.url.setUrl(u"http://127.0.0.1:%1"_s.arg(freePort()));
    ServiceProcessOptions soon = options();
    soon.readyWithin = std::chrono::milliseconds(500);
    ServiceProcess process(service, soon);
    QSignalSpy failed(&process, &ServiceProcess::failed);
    process.start();
    QVERIFY(failed.wait(10000));
    const auto error = failed.first().first().value<Error>();
    QCOMPARE(error.code, ErrorCode::Unreachable);
    QVERIFY2(error.text().contains("/health within 0.5 s (refused)"_L1), qPrintable(error.text()));
    QVERIFY2(error.text().contains("waiting for the database"_L1), qPrintable(error.text()));
    QVERIFY(!process.isRunning());
}

void ServiceProcessTest::outputGoesToTheLog()
{
    writeTestFile(options().logPath, "an earlier run\n");
    ServiceProcess process(shellService(QLatin1StringView(announceAndWait)
                                        + "echo to stderr >&2; echo last words; exec sleep 300"_L1),
                           options());
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QVERIFY(ready.wait(10000));
    QTRY_VERIFY(readTestFile(options().logPath).endsWith("to stderr\nlast words\n"));
    QVERIFY(readTestFile(options().logPath).startsWith("an earlier run\n{"));
    end(process);
}

void ServiceProcessTest::unaskedEndIsReported_data()
{
    QTest::addColumn<QString>("how");
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("crashed");
    QTest::newRow("exits in order") << "exit 0" << 0 << false;
    QTest::newRow("exits with an error") << "exit 3" << 3 << false;
    QTest::newRow("is killed") << "kill -KILL $$" << SIGKILL << true;
}

void ServiceProcessTest::unaskedEndIsReported()
{
    QFETCH(QString, how);
    ServiceProcess process(
        shellService(QLatin1StringView(announceAndWait) + "sleep 0.5; "_L1 + how), options());
    QSignalSpy ready(&process, &ServiceProcess::ready);
    QSignalSpy exited(&process, &ServiceProcess::exited);
    QSignalSpy failed(&process, &ServiceProcess::failed);
    process.start();
    QVERIFY(ready.wait(10000));
    QVERIFY(exited.wait(10000));
    QTEST(exited.first().at(0).toInt(), "code");
    QTEST(exited.first().at(1).toBool(), "crashed");
    end(process);
    QCOMPARE(exited.count(), 1);
    QCOMPARE(failed.count(), 0);
}

void ServiceProcessTest::endIsNotAFailure()
{
    ServiceProcess process(shellService(QLatin1StringView(announceAndWait) + "exec sleep 300"_L1),
                           options());
    QSignalSpy ready(&process, &ServiceProcess::ready);
    QSignalSpy exited(&process, &ServiceProcess::exited);
    QSignalSpy failed(&process, &ServiceProcess::failed);
    process.start();
    QVERIFY(ready.wait(10000));
    end(process);
    QCOMPARE(exited.count() + failed.count(), 0);
}

void ServiceProcessTest::endKillsWhoIgnoresSigterm()
{
    ServiceProcessOptions hasty = options();
    hasty.killAfter = std::chrono::milliseconds(300);
    ServiceProcess process(shellService(u"trap 'echo asked' TERM; "_s
                                        + QLatin1StringView(announceAndWait)
                                        + "while :; do sleep 1; done"_L1),
                           hasty);
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QVERIFY(ready.wait(10000));
    const qint64 pid = process.pid();
    end(process);
    QVERIFY(!isAlive(pid));
}

void ServiceProcessTest::endTakesTheWholeGroup()
{
    ServiceProcess process(shellService(u"sleep 300 & echo child $!; "_s
                                        + QLatin1StringView(announceAndWait) + "wait"_L1),
                           options());
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QVERIFY(ready.wait(10000));
    const qint64 child = readTestFile(options().logPath).split('\n').first().mid(6).toLongLong();
    QVERIFY(isAlive(child));
    end(process);
    QTRY_VERIFY(!isAlive(child));
}

void ServiceProcessTest::endBeforeReadyIsQuiet()
{
    ServiceProcess process(shellService(u"exec sleep 300"_s), options());
    QSignalSpy failed(&process, &ServiceProcess::failed);
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QTRY_VERIFY(process.pid() > 0);
    end(process);
    QCOMPARE(failed.count() + ready.count(), 0);
}

void ServiceProcessTest::endWithoutStartEnds()
{
    ServiceProcess process(shellService(u"exec sleep 300"_s), options());
    end(process);
    ServiceProcess started(shellService(u"exec sleep 300"_s), options());
    started.start();
    end(started);
    QCOMPARE(started.pid(), 0);
}

void ServiceProcessTest::lifeLineIsStdin()
{
    // It ends by the end of its stdin alone, and says so.
    ServiceProcess process(shellService(u"trap '' TERM; "_s + QLatin1StringView(announceAndWait)
                                        + "cat; echo line cut"_L1),
                           options());
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QVERIFY(ready.wait(10000));
    end(process);
    QVERIFY(readTestFile(options().logPath).endsWith("line cut\n"));
}

void ServiceProcessTest::itHasASessionOfItsOwn()
{
    ServiceProcess process(shellService(QLatin1StringView(announceAndWait) + "exec sleep 300"_L1),
                           options());
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QVERIFY(ready.wait(10000));
    QCOMPARE(::getsid(static_cast<pid_t>(process.pid())), process.pid());
    end(process);
}

void ServiceProcessTest::limitsAreApplied()
{
    CgroupHost host;
    if (const auto available = host.available(); !available)
        QSKIP(qPrintable(available.error().text()));
    Service service = shellService(QLatin1StringView(announceAndWait) + "exec sleep 300"_L1);
    service.memoryLimit = Bytes::fromMb(48);
    service.cpuLimitCores = 0.4;
    ServiceProcessOptions limited = options();
    limited.cgroups = &host;
    ServiceProcess process(service, limited);
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QVERIFY(ready.wait(10000));
    QCOMPARE(process.limits().state, u"applied"_s);
    QVERIFY(process.cgroup() != nullptr);
    QVERIFY(process.cgroup()->accountsMemoryOf(process.pid()));
    QCOMPARE(process.cgroup()->usage().memoryLimitBytes, std::optional<qint64>(48 * 1048576));
    const QStringList paths = process.cgroup()->joinPaths();
    end(process);
    QVERIFY(process.cgroup() == nullptr);
    for (const QString &path : paths)
        QVERIFY(!QFile::exists(path));
}

void ServiceProcessTest::limitsThatCannotBeAppliedAreNamed()
{
    CgroupHost nowhere(m_folder->path());
    Service service = shellService(QLatin1StringView(announceAndWait) + "exec sleep 300"_L1);
    service.memoryLimit = Bytes::fromMb(48);
    ServiceProcessOptions limited = options();
    limited.cgroups = &nowhere;
    ServiceProcess process(service, limited);
    QSignalSpy ready(&process, &ServiceProcess::ready);
    process.start();
    QVERIFY(ready.wait(10000));
    QCOMPARE(process.limits().state, u"not_applied"_s);
    QVERIFY(process.limits().note.contains("No cgroups"_L1));
    QVERIFY(process.cgroup() == nullptr);
    end(process);
}

void ServiceProcessTest::killedParentTakesTheServiceAlong()
{
    QProcess owner;
    owner.start(QCoreApplication::applicationFilePath(), {u"--own-service"_s, options().logPath});
    QVERIFY(owner.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(owner.canReadLine(), 20000);
    const qint64 pid = owner.readLine().trimmed().toLongLong();
    QVERIFY(isAlive(pid));
    owner.kill();
    QVERIFY(owner.waitForFinished());
    QTRY_VERIFY(!isAlive(pid));
}

namespace {

/// The other side of killedParentTakesTheServiceAlong.
int ownService(const QString &logPath)
{
    ServiceProcessOptions options;
    options.logPath = logPath;
    // It ignores both what asks it to end and the end of its stdin.
    ServiceProcess process(shellService(u"trap '' TERM HUP; "_s + QLatin1StringView(announceAndWait)
                                        + "exec sleep 300"_L1),
                           options);
    QObject::connect(&process, &ServiceProcess::ready, &process, [&process] {
        const QByteArray line = QByteArray::number(process.pid()) + '\n';
        [[maybe_unused]] const ssize_t written =
            ::write(STDOUT_FILENO, line.constData(), static_cast<size_t>(line.size()));
    });
    process.start();
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments.at(1) == "--own-service"_L1)
        return ownService(arguments.at(2));
    ServiceProcessTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_serviceprocess.moc"
