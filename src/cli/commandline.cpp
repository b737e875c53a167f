#include "cli/commandline.h"

#include "cli/command.h"
#include "profile/nearestname.h"

#include <QCoreApplication>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("CommandLine", text); }

QString versionText()
{
    return u"lowtide %1 (Qt %2)"_s.arg(QStringLiteral(LOWTIDE_VERSION),
                                       QString::fromLatin1(qVersion()));
}

std::string footerOf(const Command &command)
{
    return (tr("Examples:") + u"\n  "_s + command.examples().join(u"\n  "_s)).toStdString();
}

CLI::App *declare(CLI::App &root, Command &command)
{
    CLI::App *app =
        root.add_subcommand(command.name().toStdString(), command.summary().toStdString());
    app->set_help_flag("-h,--help", tr("Print this help and exit").toStdString());
    app->footer(footerOf(command));
    // What it does not know is reported by us, with the nearest name.
    app->allow_extras();
    command.declare(*app);
    return app;
}

QStringList optionNames(const CLI::App &app)
{
    QStringList names;
    for (const CLI::Option *option : app.get_options()) {
        for (const std::string &name : option->get_lnames())
            names.append(u"--"_s + QString::fromStdString(name));
    }
    return names;
}

/// One error for each argument that the command does not know. The values of unknown options can't
/// be told from arguments, so only the options are named where there are any.
Errors unknownArguments(const CLI::App &app)
{
    Errors options;
    Errors others;
    for (const std::string &extra : app.remaining()) {
        const QString argument = QString::fromStdString(extra);
        if (!argument.startsWith(u'-') || argument.size() == 1) {
            others.append(Error{ErrorCode::BadInput, tr("one argument too many."), argument, {}});
            continue;
        }
        const QString option = argument.section(u'=', 0, 0);
        const auto nearest = nearestName(option, optionNames(app));
        const QString hint = nearest
            ? tr("Did you mean %1?").arg(*nearest)
            : tr("See lowtide %1 --help.").arg(QString::fromStdString(app.get_name()));
        options.append(Error{ErrorCode::BadInput, tr("unknown option."), option, hint});
    }
    return options.isEmpty() ? others : options;
}

std::vector<std::string> reversed(const QStringList &arguments)
{
    std::vector<std::string> texts;
    for (const QString &argument : arguments)
        texts.push_back(argument.toStdString());
    std::reverse(texts.begin(), texts.end()); // CLI11 takes them from the back
    return texts;
}

/// Help and version are exceptions of CLI11 as well as errors are.
int answerTo(const CLI::ParseError &problem, const CLI::App &root, Console &console)
{
    std::ostringstream output;
    std::ostringstream errors;
    if (root.exit(problem, output, errors) == 0) {
        const auto written = console.writeResult(QByteArray::fromStdString(output.str()));
        if (written)
            return exitStatus(ExitCode::Passed);
        console.report(written.error());
        return exitStatus(ExitCode::CouldNotRun);
    }
    console.report(Error{ErrorCode::BadInput,
                         QString::fromStdString(problem.what()).simplified() + u'.',
                         {},
                         tr("See lowtide --help.")});
    return exitStatus(ExitCode::BadInput);
}

} // namespace

QStringList withCommand(QStringList arguments, const QStringList &commands)
{
    if (arguments.isEmpty())
        return arguments;
    const QString first = arguments.first();
    if (first == u"help"_s) {
        arguments.removeFirst();
        arguments.insert(std::min<qsizetype>(1, arguments.size()), u"--help"_s);
        return arguments;
    }
    const QStringList ofRoot{u"-h"_s, u"--help"_s, u"--version"_s};
    if (!ofRoot.contains(first) && !commands.contains(first))
        arguments.prepend(u"run"_s);
    return arguments;
}

int runCommandLine(const QStringList &arguments, Console &console)
{
    const auto commands = makeCommands();
    CLI::App root(tr("Stress tests for services in small containers: load, squeeze, watch, judge.")
                      .toStdString(),
                  "lowtide");
    root.set_help_flag("-h,--help", tr("Print this help and exit").toStdString());
    root.set_version_flag("--version", versionText().toStdString(),
                          tr("Print the version and exit").toStdString());
    root.footer(tr("lowtide PROFILE is lowtide run PROFILE. Each command has --help with examples.")
                    .toStdString());
    QStringList names;
    std::vector<std::pair<CLI::App *, Command *>> declared;
    for (const auto &command : commands) {
        names.append(command->name());
        declared.emplace_back(declare(root, *command), command.get());
    }
    if (arguments.isEmpty()) {
        console.say(QString::fromStdString(root.help()));
        return exitStatus(ExitCode::BadInput);
    }
    try {
        root.parse(reversed(withCommand(arguments, names)));
    } catch (const CLI::ParseError &problem) {
        return answerTo(problem, root, console);
    }
    for (const auto &[app, command] : declared) {
        if (!app->parsed())
            continue;
        const Errors unknown = unknownArguments(*app);
        if (unknown.isEmpty())
            return command->execute(console);
        console.report(unknown);
        return exitStatus(ExitCode::BadInput);
    }
    return exitStatus(ExitCode::BadInput); // not reached: withCommand() puts a command in front
}

} // namespace lowtide
