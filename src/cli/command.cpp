#include "cli/command.h"

#include <map>

namespace lowtide {

namespace {

std::multimap<int, CommandFactory> &factories()
{
    static std::multimap<int, CommandFactory> all;
    return all;
}

} // namespace

CommandRegistration::CommandRegistration(int order, CommandFactory factory)
{
    factories().emplace(order, factory);
}

std::vector<std::unique_ptr<Command>> makeCommands()
{
    std::vector<std::unique_ptr<Command>> commands;
    for (const auto &[order, factory] : factories())
        commands.push_back(factory());
    return commands;
}

} // namespace lowtide
