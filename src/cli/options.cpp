#include "cli/options.h"

#include <CLI/CLI.hpp>

using namespace Qt::StringLiterals;

namespace lowtide {

void addFlag(CLI::App &app, const char *names, bool &value, const QString &help)
{
    app.add_flag_callback(
        names, [&value] { value = true; }, help.toStdString());
}

void addText(CLI::App &app, const char *names, const char *valueName, std::optional<QString> &value,
             const QString &help)
{
    app.add_option_function<std::string>(
           names, [&value](const std::string &text) { value = QString::fromStdString(text); },
           help.toStdString())
        ->type_name(valueName);
}

void addTexts(CLI::App &app, const char *names, const char *valueName, QStringList &values,
              const QString &help)
{
    const auto append = [&values](const std::vector<std::string> &texts) {
        for (const std::string &text : texts)
            values.append(QString::fromStdString(text));
    };
    app.add_option_function<std::vector<std::string>>(names, append, help.toStdString())
        ->allow_extra_args(false)
        ->type_name(valueName);
}

void addChoice(CLI::App &app, const char *names, const QStringList &choices,
               std::optional<QString> &value, const QString &help)
{
    std::vector<std::string> words;
    for (const QString &choice : choices)
        words.push_back(choice.toStdString());
    app.add_option_function<std::string>(
           names, [&value](const std::string &text) { value = QString::fromStdString(text); },
           help.toStdString())
        ->transform(CLI::IsMember(words, CLI::ignore_case).description(""))
        ->type_name(choices.join(u'|').toStdString());
}

} // namespace lowtide
