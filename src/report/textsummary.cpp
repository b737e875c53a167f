#include "report/textsummary.h"

#include "model/latencyfigures.h"
#include "report/judgement.h"
#include "report/reporttext.h"
#include "report/texttable.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr int columns = 100;
constexpr int mostAlerts = 10;
const QString margin = u"  "_s;

QString shown(std::optional<double> value) { return value ? ReportText::number(*value) : u"-"_s; }

/// Fills lines of at most `columns`; the first begins with `lead`, later ones are indented as deep
/// as it is, and by `deeper`.
QString wrapped(const QString &lead, const QString &text, int deeper = 0)
{
    const int indent = int(lead.size()) + deeper;
    QString out = lead;
    auto column = int(lead.size());
    bool isFirst = true;
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    for (const QString &word : words) {
        const auto length = int(word.size());
        if (!isFirst && column + 1 + length > columns) {
            out += u'\n' + QString(indent, u' ');
            column = indent;
        } else if (!isFirst) {
            out += u' ';
            ++column;
        }
        isFirst = false;
        out += word;
        column += length;
    }
    return out + u'\n';
}

QString withUnit(double value, const QString &unit)
{
    const QString text = ReportText::number(value);
    if (unit == u"percent")
        return text + u" %"_s;
    if (unit == u"mb")
        return text + u" MB"_s;
    return unit == u"ms" ? text + u" ms"_s : text;
}

QString wanted(const Objective &objective)
{
    const QString limit = withUnit(objective.limit, objective.unit);
    switch (objective.comparison) {
    case Comparison::Below:
        return ReportText::tr("must be below %1").arg(limit);
    case Comparison::AtMost:
        return ReportText::tr("must be at most %1").arg(limit);
    case Comparison::AtLeast:
        return ReportText::tr("must be at least %1").arg(limit);
    }
    return {};
}

QString objectiveLine(const ObjectiveResult &result)
{
    const Objective &objective = result.objective;
    QString line = objective.id + u": "_s;
    if (result.measured)
        line += withUnit(*result.measured, objective.unit) + u", "_s;
    line += wanted(objective);
    if (!result.note.isEmpty())
        line += u" (%1)"_s.arg(result.note);
    if (!objective.decides)
        line += ReportText::tr(" [does not decide]");
    return line;
}

/// Writes one summary; lives for one call.
class Summary {
public:
    Summary(const RunReport &report, bool hasColour)
        : m_report(report)
        , m_hasColour(hasColour)
    {
    }

    QString text()
    {
        head();
        missed(Verdict::Fail, ReportText::tr("Objectives missed"));
        missed(Verdict::NoData, ReportText::tr("Objectives without data"));
        scenarios();
        services();
        alerts();
        bullets(ReportText::tr("Take note"), m_report.warnings);
        bullets(ReportText::tr("What to do"), m_report.recommendations);
        return m_text;
    }

private:
    [[nodiscard]] QString coloured(const QString &text, const QString &code) const
    {
        return m_hasColour ? u"\x1b[%1m%2\x1b[0m"_s.arg(code, text) : text;
    }
    [[nodiscard]] QString verdictText(Verdict verdict) const;
    void title(const QString &text) { m_text += u'\n' + coloured(text, u"1"_s) + u'\n'; }
    void head();
    void missed(Verdict verdict, const QString &heading);
    void scenarios();
    void services();
    void alerts();
    void bullets(const QString &heading, const QStringList &lines);

    const RunReport &m_report;
    bool m_hasColour;
    QString m_text;
};

QString Summary::verdictText(Verdict verdict) const
{
    switch (verdict) {
    case Verdict::Pass:
        return coloured(ReportText::tr("passed"), u"32"_s);
    case Verdict::Fail:
        return coloured(ReportText::tr("FAILED"), u"1;31"_s);
    case Verdict::NoData:
        return coloured(ReportText::tr("no data"), u"33"_s);
    }
    return {};
}

void Summary::head()
{
    m_text += verdictText(m_report.verdict) + u"  "_s + m_report.started.suite + u'\n';
    QString when = ReportText::tr("%1, took %2")
                       .arg(m_report.started.wallClock, ReportText::span(m_report.durationSeconds));
    if (m_report.isInterrupted())
        when += ReportText::tr(", interrupted");
    else if (m_report.isRecovered() && m_report.journal.stillRunning)
        when += ReportText::tr(", made from its journal: the run still goes on");
    else if (m_report.isRecovered())
        when += ReportText::tr(", recovered from its journal: the run did not end in order");
    else if (!m_report.endNote.isEmpty())
        when += u", "_s + m_report.endNote;
    m_text += wrapped(margin, when);
    const QString used =
        ReportText::tr("highest memory %1 MB; CPU %2 % of a core on the mean")
            .arg(shown(m_report.usage.maxMemoryMb), shown(m_report.usage.avgCpuPercent));
    if (m_report.tests.isEmpty()) {
        m_text += wrapped(margin, used);
        return;
    }
    const OperationCounts counts = m_report.counts();
    const QString done =
        ReportText::tr("%1 of %2 scenarios passed; %3 operations, %4 of them not ok;")
            .arg(m_report.successfulTests())
            .arg(m_report.tests.size())
            .arg(counts.planned - counts.cancelled)
            .arg(counts.notOk());
    m_text += wrapped(margin, done + u' ' + used);
}

void Summary::missed(Verdict verdict, const QString &heading)
{
    bool isFirst = true;
    for (const ObjectiveResult &result : m_report.objectives) {
        if (result.verdict != verdict)
            continue;
        if (isFirst)
            title(heading);
        isFirst = false;
        m_text += wrapped(margin, objectiveLine(result), 2);
    }
}

void Summary::scenarios()
{
    if (m_report.tests.isEmpty())
        return;
    title(ReportText::tr("Scenarios (response times in ms, from the moment each was due)"));
    TextTable table({ReportText::tr("scenario"), ReportText::tr("verdict"), ReportText::tr("time"),
                     ReportText::tr("planned"), ReportText::tr("ok"), ReportText::tr("not ok"),
                     ReportText::tr("error %"), ReportText::tr("p50"), ReportText::tr("p95"),
                     ReportText::tr("p99")});
    for (const TestReport &test : m_report.tests) {
        const LatencyFigures figures = figuresOf(test.responseTime);
        const bool hasRun = test.end != u"not_run";
        table.add({test.name, hasRun ? verdictText(test.verdict) : ReportText::tr("not run"),
                   ReportText::clock(test.durationSeconds), QString::number(test.counts.planned),
                   QString::number(test.counts.ok), QString::number(test.counts.notOk()),
                   shown(errorRatePercent(test.counts)), shown(figures.p50Ms), shown(figures.p95Ms),
                   shown(figures.p99Ms)});
    }
    m_text += table.text(columns);
    for (const TestReport &test : m_report.tests) {
        for (const QString &note : {test.note, percentilesLack(test)}) {
            if (!note.isEmpty())
                m_text += wrapped(margin, u"%1: %2"_s.arg(test.name, note), 2);
        }
    }
}

void Summary::services()
{
    if (m_report.services.isEmpty())
        return;
    title(ReportText::tr("Services (memory in MB, CPU in percent of a core)"));
    TextTable table({ReportText::tr("service"), ReportText::tr("peak"), ReportText::tr("limit"),
                     ReportText::tr("growth"), ReportText::tr("MB/min"), ReportText::tr("CPU"),
                     ReportText::tr("peak"), ReportText::tr("limit"), ReportText::tr("throttled"),
                     ReportText::tr("health")});
    for (const ServiceReport &service : m_report.services) {
        std::optional<double> growth;
        std::optional<double> rate;
        std::optional<double> throttled;
        if (service.growth) {
            growth = service.growth->growthMb();
            rate = service.growth->ratePerMinuteMb;
        }
        if (service.totals.periods.value_or(0) > 0)
            throttled = Percent::ofWhole(double(service.totals.throttledPeriods.value_or(0)),
                                         double(*service.totals.periods))
                            .value();
        const std::optional<double> cpuLimit =
            service.cpuLimitCores ? std::optional(100.0 * *service.cpuLimitCores) : std::nullopt;
        table.add({service.plan.name, shown(service.memoryPeakMb), shown(service.memoryLimitMb),
                   shown(growth), shown(rate), shown(service.cpuAvgPercent),
                   shown(service.cpuPeakPercent), shown(cpuLimit),
                   throttled ? ReportText::tr("%1 %").arg(ReportText::number(*throttled)) : u"-"_s,
                   ReportText::tr("%1 of %2")
                       .arg(service.health.healthyChecks)
                       .arg(service.health.totalChecks)});
    }
    m_text += table.text(columns);
}

void Summary::alerts()
{
    QStringList lines;
    qsizetype count = 0;
    for (const Timed<AlertEvent> &alert : m_report.alerts) {
        if (!alert.what.raised)
            continue;
        if (++count <= mostAlerts)
            lines.append(
                ReportText::tr("at %1: %2").arg(ReportText::clock(alert.seconds), alert.what.text));
    }
    if (count > mostAlerts)
        lines.append(ReportText::tr("and %1 more").arg(count - mostAlerts));
    bullets(ReportText::tr("Alerts"), lines);
}

void Summary::bullets(const QString &heading, const QStringList &lines)
{
    if (lines.isEmpty())
        return;
    title(heading);
    for (const QString &line : lines)
        m_text += wrapped(u"- "_s, line);
}

} // namespace

QString textSummary(const RunReport &report, bool hasColour)
{
    return Summary(report, hasColour).text();
}

} // namespace lowtide
