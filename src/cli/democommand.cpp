#include "cli/command.h"
#include "cli/profilequery.h"
#include "cli/runrequest.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// lowtide demo: the quick profile against the demo services.
class DemoCommand : public Command {
    Q_DECLARE_TR_FUNCTIONS(DemoCommand)

public:
    [[nodiscard]] QString name() const override { return u"demo"_s; }
    [[nodiscard]] QString summary() const override
    {
        return tr("Start the demo services and run the quick profile on them");
    }
    [[nodiscard]] QStringList examples() const override
    {
        return {u"lowtide demo"_s, u"lowtide demo --demo-fault bluefin:latency_ms=800"_s};
    }
    void declare(CLI::App &app) override
    {
        m_query.declareDemo(app);
        m_request.declare(app);
    }
    [[nodiscard]] int execute(Console &console) override;

private:
    ProfileQuery m_query;
    RunRequest m_request;
};

int DemoCommand::execute(Console &console)
{
    m_query.setProfile(u"quick"_s);
    m_query.setDemo();
    return m_request.execute(m_query, console);
}

const CommandRegistration registration(20, []() -> std::unique_ptr<Command> {
    return std::make_unique<DemoCommand>();
});

} // namespace

} // namespace lowtide
