#include "cli/command.h"
#include "cli/options.h"
#include "cli/profilequery.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// lowtide validate: all problems of a profile at once, or what is in force and why.
class ValidateCommand : public Command {
    Q_DECLARE_TR_FUNCTIONS(ValidateCommand)

public:
    [[nodiscard]] QString name() const override { return u"validate"_s; }
    [[nodiscard]] QString summary() const override
    {
        return tr("Check a profile without running it; name every problem");
    }
    [[nodiscard]] QStringList examples() const override
    {
        return {u"lowtide validate my-profile.json"_s,
                u"TEST_DURATION=60 lowtide validate --effective trading-bot"_s};
    }
    void declare(CLI::App &app) override;
    [[nodiscard]] int execute(Console &console) override;

private:
    ProfileQuery m_query;
    bool m_isEffective = false;
};

void ValidateCommand::declare(CLI::App &app)
{
    m_query.declareProfile(app);
    m_query.declareLoad(app);
    m_query.declareDemo(app);
    addFlag(app, "--effective", m_isEffective,
            tr("Print each value that is in force and where it came from"));
}

int ValidateCommand::execute(Console &console)
{
    if (m_query.isEmpty())
        m_query.setProfile(bundledProfileNames().value(0));
    const auto profile = m_query.read(processEnvironment(), {});
    if (!profile) {
        console.report(profile.error());
        return exitStatusOf(profile.error());
    }
    for (const QString &warning : profile->warnings)
        console.say(tr("warning: %1").arg(warning));
    const QString text =
        m_isEffective ? effectiveText(*profile) : tr("%1 is valid.").arg(m_query.subject()) + u'\n';
    const Result<void> written = console.writeResult(text.toUtf8());
    if (written)
        return exitStatus(ExitCode::Passed);
    console.report(written.error());
    return exitStatus(ExitCode::CouldNotRun);
}

const CommandRegistration registration(30, []() -> std::unique_ptr<Command> {
    return std::make_unique<ValidateCommand>();
});

} // namespace

} // namespace lowtide
