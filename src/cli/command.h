#pragma once

#include "cli/console.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace CLI {
class App;
}

namespace lowtide {

/// One command of the batch tool. Made anew for each start of the program, declared, parsed,
/// executed.
class Command {
public:
    Command() = default;
    virtual ~Command() = default;
    Command(const Command &) = delete;
    Command &operator=(const Command &) = delete;

    [[nodiscard]] virtual QString name() const = 0;
    [[nodiscard]] virtual QString summary() const = 0;
    /// Whole command lines with what they do, shown by --help.
    [[nodiscard]] virtual QStringList examples() const = 0;
    /// Binds options and arguments to members; see cli/options.h.
    virtual void declare(CLI::App &app) = 0;
    /// Returns the exit code.
    [[nodiscard]] virtual int execute(Console &console) = 0;
};

using CommandFactory = std::unique_ptr<Command> (*)();

/// A static object of this type in a command's .cpp makes the command known. `order`: place in
/// --help.
class CommandRegistration {
public:
    CommandRegistration(int order, CommandFactory factory);
};

/// All commands, in the order of --help.
[[nodiscard]] std::vector<std::unique_ptr<Command>> makeCommands();

} // namespace lowtide
