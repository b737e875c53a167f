#include "cli/command.h"
#include "cli/profilequery.h"
#include "cli/runrequest.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// lowtide run: the main job.
class RunCommand : public Command {
    Q_DECLARE_TR_FUNCTIONS(RunCommand)

public:
    [[nodiscard]] QString name() const override { return u"run"_s; }
    [[nodiscard]] QString summary() const override
    {
        return tr("Stress services as a profile says, and judge them");
    }
    [[nodiscard]] QStringList examples() const override;
    void declare(CLI::App &app) override;
    [[nodiscard]] int execute(Console &console) override;

private:
    ProfileQuery m_query;
    RunRequest m_request;
};

QStringList RunCommand::examples() const
{
    return {u"lowtide run my-profile.json"_s,
            u"lowtide run trading-bot --demo -z 60s"_s,
            u"lowtide run --target http://localhost:8080/health -q 50 -z 30s"_s,
            u"lowtide run --target http://localhost:8080/ -n 1000 -c 10 --format json"_s,
            u"lowtide run quick --demo --demo-fault bluefin:error_percent=20"_s,
            u"lowtide run my-profile.json --set test_parameters.stress_test_cycles=3"_s};
}

void RunCommand::declare(CLI::App &app)
{
    m_query.declareProfile(app);
    m_query.declareLoad(app);
    m_query.declareDemo(app);
    m_request.declare(app);
    m_request.declareForPrograms(app);
}

int RunCommand::execute(Console &console)
{
    if (m_query.isEmpty()) {
        if (!m_query.isDemo()) {
            console.report(Error{ErrorCode::BadInput,
                                 tr("neither a profile nor a URL is named."),
                                 {},
                                 tr("Try lowtide demo, or lowtide profiles for a list.")});
            return exitStatus(ExitCode::BadInput);
        }
        m_query.setProfile(bundledProfileNames().value(0));
    }
    return m_request.execute(m_query, console);
}

const CommandRegistration registration(10, []() -> std::unique_ptr<Command> {
    return std::make_unique<RunCommand>();
});

} // namespace

} // namespace lowtide
