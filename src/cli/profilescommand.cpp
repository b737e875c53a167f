#include "cli/command.h"
#include "profile/bundledprofiles.h"
#include "profile/profilereader.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// lowtide profiles: what there is to run without writing a profile.
class ProfilesCommand : public Command {
    Q_DECLARE_TR_FUNCTIONS(ProfilesCommand)

public:
    [[nodiscard]] QString name() const override { return u"profiles"_s; }
    [[nodiscard]] QString summary() const override { return tr("List the bundled profiles"); }
    [[nodiscard]] QStringList examples() const override { return {u"lowtide profiles"_s}; }
    void declare(CLI::App &) override { }
    [[nodiscard]] int execute(Console &console) override;
};

int ProfilesCommand::execute(Console &console)
{
    QString list;
    for (const QString &name : bundledProfileNames()) {
        const auto text = bundledProfile(name);
        const auto profile = text
            ? readProfile(ProfileInput{
                .fileName = name, .text = *text, .environment = {}, .flags = {}, .demo = {}})
            : Unexpected(Errors{text.error()});
        if (!profile) {
            console.report(profile.error());
            return exitStatus(ExitCode::CouldNotRun);
        }
        const auto seconds = static_cast<qint64>(toSeconds(profile->profile.testDuration));
        list += u"%1 %2  %3\n"_s.arg(name, -20)
                    .arg(tr("%1 s").arg(seconds), 7)
                    .arg(profile->profile.description);
    }
    const Result<void> written = console.writeResult(list.toUtf8());
    if (written)
        return exitStatus(ExitCode::Passed);
    console.report(written.error());
    return exitStatus(ExitCode::CouldNotRun);
}

const CommandRegistration registration(60, []() -> std::unique_ptr<Command> {
    return std::make_unique<ProfilesCommand>();
});

} // namespace

} // namespace lowtide
