#include "cli/command.h"
#include "cli/commandline.h"
#include "cli/pipe.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace lowtide;

namespace {

struct Answer {
    int exitCode = 0;
    QString output, errors;
};

Answer ask(const QStringList &arguments)
{
    Pipe output;
    Pipe errors;
    Console console(output.writer(), errors.writer());
    const int exitCode = runCommandLine(arguments, console);
    return {exitCode, QString::fromUtf8(output.read()), QString::fromUtf8(errors.read())};
}

QStringList commandNames()
{
    QStringList names;
    for (const auto &command : makeCommands())
        names.append(command->name());
    return names;
}

} // namespace

class CommandLineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void runIsPutBeforeWhatIsNoCommand_data();
    void runIsPutBeforeWhatIsNoCommand();
    void everyCommandExplainsItselfWithExamples();
    void everyFileOfACommandIsRegistered();
    void nothingAtAllPrintsHelpAndIsAnError();
    void versionIsOneLineOnStdout();
    void badArgumentsAreNamedWithAHint_data();
    void badArgumentsAreNamedWithAHint();
    void allContradictionsComeAtOnce();
    void aListOptionDoesNotSwallowTheProfile();
    void bundledProfilesAreListedAndValid();
    void effectiveShowsAFlagOverTheFile();
    void initOverwritesNothing();
    void initWritesAValidProfileWithItsSchema();
    void initToStdoutWritesNoFile();
    void aResultThatCannotBeWrittenIsAnError();
    void aProfileInAFileIsFoundWithoutACommand();

private:
    QTemporaryDir m_folder;
};

void CommandLineTest::init()
{
    QVERIFY(m_folder.isValid());
    QVERIFY(QDir::setCurrent(m_folder.path()));
}

void CommandLineTest::runIsPutBeforeWhatIsNoCommand_data()
{
    QTest::addColumn<QStringList>("given");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("nothing") << QStringList{} << QStringList{};
    QTest::newRow("profile") << QStringList{u"a.json"_s} << QStringList{u"run"_s, u"a.json"_s};
    QTest::newRow("option of run")
        << QStringList{u"--demo"_s, u"quick"_s} << QStringList{u"run"_s, u"--demo"_s, u"quick"_s};
    QTest::newRow("command") << QStringList{u"report"_s, u"x"_s}
                             << QStringList{u"report"_s, u"x"_s};
    QTest::newRow("help of the root") << QStringList{u"--help"_s} << QStringList{u"--help"_s};
    QTest::newRow("version") << QStringList{u"--version"_s} << QStringList{u"--version"_s};
    QTest::newRow("help as a word")
        << QStringList{u"help"_s, u"run"_s} << QStringList{u"run"_s, u"--help"_s};
    QTest::newRow("help alone") << QStringList{u"help"_s} << QStringList{u"--help"_s};
}

void CommandLineTest::runIsPutBeforeWhatIsNoCommand()
{
    QFETCH(QStringList, given);
    QFETCH(QStringList, expected);
    QCOMPARE(withCommand(given, commandNames()), expected);
}

void CommandLineTest::everyCommandExplainsItselfWithExamples()
{
    const QStringList names = commandNames();
    QVERIFY(!names.isEmpty());
    const QString root = ask({u"--help"_s}).output;
    for (const QString &name : names) {
        QVERIFY(root.contains(name));
        const Answer help = ask({name, u"--help"_s});
        QCOMPARE(help.exitCode, 0);
        QVERIFY2(help.output.contains(u"Examples:\n  "_s), qPrintable(help.output));
        QVERIFY2(help.output.contains(u"lowtide "_s + name), qPrintable(help.output));
        QCOMPARE(help.errors, QString());
    }
}

void CommandLineTest::everyFileOfACommandIsRegistered()
{
    const QDir folder(QStringLiteral(LOWTIDE_SOURCE_DIR "/src/cli"));
    QStringList files = folder.entryList({u"*command.cpp"_s}, QDir::Files);
    files.removeOne(u"command.cpp"_s);
    QStringList expected;
    for (const QString &file : files)
        expected.append(file.chopped(int(qstrlen("command.cpp"))));
    QStringList registered = commandNames();
    registered.sort();
    QCOMPARE(registered, expected);
}

void CommandLineTest::nothingAtAllPrintsHelpAndIsAnError()
{
    const Answer answer = ask({});
    QCOMPARE(answer.exitCode, 2);
    QCOMPARE(answer.output, QString());
    QVERIFY(answer.errors.contains(u"Usage:"_s));
}

void CommandLineTest::versionIsOneLineOnStdout()
{
    const Answer answer = ask({u"--version"_s});
    QCOMPARE(answer.exitCode, 0);
    QVERIFY(answer.output.startsWith(u"lowtide " LOWTIDE_VERSION " "_s));
    QCOMPARE(answer.output.count(u'\n'), 1);
}

void CommandLineTest::badArgumentsAreNamedWithAHint_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("unknown option") << QStringList{u"run"_s, u"--durration"_s, u"5"_s}
                                    << QStringList{u"--durration"_s, u"Did you mean --duration?"_s};
    QTest::newRow("unknown short option")
        << QStringList{u"run"_s, u"-y"_s, u"quick"_s} << QStringList{u"-y"_s, u"--help"_s};
    QTest::newRow("mistyped command")
        << QStringList{u"valdate"_s} << QStringList{u"valdate"_s, u"Did you mean validate?"_s};
    QTest::newRow("mistyped profile")
        << QStringList{u"run"_s, u"quikc"_s} << QStringList{u"quikc"_s, u"Did you mean quick?"_s};
    QTest::newRow("nothing like it")
        << QStringList{u"run"_s, u"xyzzyxyzzy"_s} << QStringList{u"xyzzy"_s, u"Bundled are"_s};
    QTest::newRow("URL as profile")
        << QStringList{u"http://localhost:1/"_s} << QStringList{u"--target http://localhost:1/"_s};
    QTest::newRow("directory as profile") << QStringList{u"."_s} << QStringList{u"directory"_s};
    QTest::newRow("two profiles") << QStringList{u"run"_s, u"quick"_s, u"soak"_s}
                                  << QStringList{u"soak"_s, u"too many"_s};
    QTest::newRow("no profile") << QStringList{u"run"_s, u"--quiet"_s}
                                << QStringList{u"lowtide profiles"_s};
    QTest::newRow("missing value")
        << QStringList{u"run"_s, u"quick"_s, u"-z"_s} << QStringList{u"--duration"_s};
    QTest::newRow("set without value") << QStringList{u"run"_s, u"quick"_s, u"--set"_s, u"a"_s}
                                       << QStringList{u"--set a"_s, u"KEY.PATH=VALUE"_s};
    QTest::newRow("unknown setting")
        << QStringList{u"run"_s, u"quick"_s, u"--set"_s, u"a.b=1"_s} << QStringList{u"a.b"_s};
    QTest::newRow("flag of a URL beside a profile")
        << QStringList{u"run"_s, u"quick"_s, u"-n"_s, u"5"_s}
        << QStringList{u"-n"_s, u"needs --target"_s};
    QTest::newRow("unknown format") << QStringList{u"report"_s, u"--format"_s, u"xml"_s, u"x"_s}
                                    << QStringList{u"--format"_s, u"json"_s};
    QTest::newRow("control from a file")
        << QStringList{u"run"_s, u"quick"_s, u"--control"_s, u"x"_s} << QStringList{u"--control"_s};
    QTest::newRow("two results on stdout")
        << QStringList{u"run"_s, u"quick"_s, u"--events"_s, u"-"_s, u"--format"_s, u"json"_s}
        << QStringList{u"--format"_s, u"-o"_s};
    QTest::newRow("fault of nobody")
        << QStringList{u"run"_s, u"quick"_s, u"--demo-fault"_s, u"bluefin:latency_ms=1"_s}
        << QStringList{u"--demo-fault"_s, u"needs --demo"_s};
    QTest::newRow("wrong duration")
        << QStringList{u"run"_s, u"quick"_s, u"-z"_s, u"soon"_s} << QStringList{u"-z"_s, u"soon"_s};
    QTest::newRow("header without colon")
        << QStringList{u"run"_s, u"--target"_s, u"http://127.0.0.1:1/"_s, u"-H"_s, u"x"_s}
        << QStringList{u"-H x"_s};
    QTest::newRow("report without journal")
        << QStringList{u"report"_s} << QStringList{u"journal"_s};
    QTest::newRow("report of nothing")
        << QStringList{u"report"_s, u"nowhere"_s} << QStringList{u"nowhere"_s};
}

void CommandLineTest::badArgumentsAreNamedWithAHint()
{
    QFETCH(QStringList, arguments);
    QFETCH(QStringList, expected);
    const Answer answer = ask(arguments);
    QCOMPARE(answer.output, QString());
    QCOMPARE(answer.exitCode, 2);
    for (const QString &part : expected)
        QVERIFY2(answer.errors.contains(part), qPrintable(answer.errors));
    for (const QString &line : answer.errors.trimmed().split(u'\n'))
        QVERIFY2(line.startsWith(u"lowtide: "_s), qPrintable(answer.errors));
    QVERIFY2(QDir(m_folder.path()).isEmpty(), "bad input must leave nothing behind");
}

void CommandLineTest::allContradictionsComeAtOnce()
{
    const Answer answer = ask({u"run"_s, u"quick"_s, u"-n"_s, u"1"_s, u"-m"_s, u"PUT"_s,
                               u"--control"_s, u"x"_s, u"-v"_s, u"--log-level"_s, u"info"_s});
    QCOMPARE(answer.exitCode, 2);
    QCOMPARE(answer.errors.trimmed().count(u'\n') + 1, 4);
}

void CommandLineTest::aListOptionDoesNotSwallowTheProfile()
{
    const Answer answer =
        ask({u"validate"_s, u"--set"_s, u"test_parameters.concurrent_users=7"_s, u"--set"_s,
             u"test_parameters.recovery_time_seconds=8"_s, u"quick"_s, u"--effective"_s});
    QVERIFY2(answer.exitCode == 0, qPrintable(answer.errors));
    const QStringList lines = answer.output.split(u'\n').filter(u"--set"_s);
    QCOMPARE(lines.size(), 2);
}

void CommandLineTest::bundledProfilesAreListedAndValid()
{
    const Answer answer = ask({u"profiles"_s});
    QCOMPARE(answer.exitCode, 0);
    for (const QString &line : answer.output.trimmed().split(u'\n')) {
        const QString name = line.section(u' ', 0, 0);
        const Answer validated = ask({u"validate"_s, name});
        QVERIFY2(validated.exitCode == 0, qPrintable(validated.errors));
        QVERIFY(validated.output.contains(name));
    }
}

void CommandLineTest::effectiveShowsAFlagOverTheFile()
{
    const Answer answer = ask({u"validate"_s, u"quick"_s, u"--effective"_s, u"-c"_s, u"17"_s});
    QCOMPARE(answer.exitCode, 0);
    const QStringList lines = answer.output.split(u'\n').filter(
        QRegularExpression(u"^test_parameters.concurrent_users"_s));
    QVERIFY(!lines.isEmpty());
    QVERIFY2(lines.first().contains(u"17"_s) && lines.first().contains(u"-c"_s),
             qPrintable(lines.first()));
}

void CommandLineTest::initOverwritesNothing()
{
    QFile file(u"there.json"_s);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("mine");
    file.close();
    const Answer answer = ask({u"init"_s, u"there.json"_s});
    QCOMPARE(answer.exitCode, 2);
    QVERIFY(answer.errors.contains(u"there.json"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("mine"));
    QVERIFY(file.remove());
    QVERIFY(!QFile::exists(u"profile.schema.json"_s));
}

void CommandLineTest::initWritesAValidProfileWithItsSchema()
{
    QVERIFY(QDir().mkdir(u"new"_s));
    const Answer answer = ask({u"init"_s, u"new/mine.json"_s});
    QVERIFY2(answer.exitCode == 0, qPrintable(answer.errors));
    QVERIFY(QFile::exists(u"new/profile.schema.json"_s));
    const Answer validated = ask({u"validate"_s, u"new/mine.json"_s});
    QVERIFY2(validated.exitCode == 0, qPrintable(validated.errors));
    QVERIFY(QDir(u"new"_s).removeRecursively());
}

void CommandLineTest::initToStdoutWritesNoFile()
{
    const Answer answer = ask({u"init"_s, u"-"_s});
    QCOMPARE(answer.exitCode, 0);
    QVERIFY(answer.output.contains(u"$schema"_s));
    QVERIFY(QDir(m_folder.path()).isEmpty());
}

void CommandLineTest::aResultThatCannotBeWrittenIsAnError()
{
    QFile full(u"/dev/full"_s);
    if (!full.open(QIODevice::WriteOnly))
        QSKIP("this system has no /dev/full");
    Pipe errors;
    Console console(full.handle(), errors.writer());
    QCOMPARE(runCommandLine({u"profiles"_s}, console), 3);
    QVERIFY(errors.read().contains("stdout"));
}

void CommandLineTest::aProfileInAFileIsFoundWithoutACommand()
{
    QFile file(u"mine.json"_s);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{ \"no_such_section\": 1 }");
    file.close();
    const Answer answer = ask({u"mine.json"_s});
    QVERIFY(file.remove());
    QCOMPARE(answer.exitCode, 2);
    QVERIFY2(answer.errors.contains(u"no_such_section"_s), qPrintable(answer.errors));
}

QTEST_GUILESS_MAIN(CommandLineTest)
#include "tst_commandline.moc"
