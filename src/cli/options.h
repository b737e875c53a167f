#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace CLI {
class App;
}

namespace lowtide {

/// How commands declare what they take. `names` as CLI11 has them ("-o,--output"; "PROFILE" for an
/// argument by its place). The references must outlive the parsing.
void addFlag(CLI::App &app, const char *names, bool &value, const QString &help);
void addText(CLI::App &app, const char *names, const char *valueName, std::optional<QString> &value,
             const QString &help);
/// May be repeated; each time it takes one value, so that it swallows no argument that follows.
void addTexts(CLI::App &app, const char *names, const char *valueName, QStringList &values,
              const QString &help);
/// Like addText, with the allowed words in the help; another word is an error.
void addChoice(CLI::App &app, const char *names, const QStringList &choices,
               std::optional<QString> &value, const QString &help);

} // namespace lowtide
