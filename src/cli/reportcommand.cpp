#include "cli/command.h"
#include "cli/options.h"
#include "cli/reportoutput.h"
#include "run/reports.h"
#include "run/rundirectory.h"

#include <QCoreApplication>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// lowtide report: the report of any journal, of a run that is over, goes on or was killed.
class ReportCommand : public Command {
    Q_DECLARE_TR_FUNCTIONS(ReportCommand)

public:
    [[nodiscard]] QString name() const override { return u"report"_s; }
    [[nodiscard]] QString summary() const override
    {
        return tr("Make the report of a run from its journal, also of one that was killed");
    }
    [[nodiscard]] QStringList examples() const override
    {
        return {u"lowtide report stress_test_results/run_20260131_120000"_s,
                u"lowtide report run.ndjson --format json -o report.json"_s};
    }
    void declare(CLI::App &app) override
    {
        addText(app, "JOURNAL", "JOURNAL", m_journal,
                tr("A journal (run.ndjson) or the directory of a run"));
        m_output.declare(app);
    }
    [[nodiscard]] int execute(Console &console) override;

private:
    [[nodiscard]] Result<void> write(Console &console) const;

    std::optional<QString> m_journal;
    ReportOutput m_output;
};

Result<void> ReportCommand::write(Console &console) const
{
    if (!m_journal) {
        return Unexpected(Error{
            ErrorCode::BadInput, tr("no journal is named."), {}, tr("See lowtide report --help.")});
    }
    QString journal = *m_journal;
    if (QFileInfo(journal).isDir())
        journal += u"/run.ndjson"_s;
    if (!QFileInfo::exists(journal))
        return Unexpected(Error{ErrorCode::BadInput, tr("there is no such journal."), journal, {}});
    const bool isRunning = RunDirectory::isRunning(QFileInfo(journal).path());
    const Result<RunReport> report = reportOf(journal, isRunning);
    if (!report)
        return Unexpected(report.error());
    return m_output.write(*report, console);
}

int ReportCommand::execute(Console &console)
{
    const Result<void> written = write(console);
    if (written)
        return exitStatus(ExitCode::Passed);
    console.report(written.error());
    return exitStatusOf({written.error()});
}

const CommandRegistration registration(50, []() -> std::unique_ptr<Command> {
    return std::make_unique<ReportCommand>();
});

} // namespace

} // namespace lowtide
