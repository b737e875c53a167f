#include "report/recommendations.h"

#include "report/reporttext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr double throttledSharePercent = 10.0; ///< From here on throttling is worth a word.
constexpr double generatorBusyPercent = 80.0; ///< Of the one core that a worker has.
constexpr double creepMbPerMinute = 1.0; ///< Below it a slope is noise.

QString number(double value) { return ReportText::number(value); }

/// Writes sentences about one report, topic by topic.
class Advice {
public:
    explicit Advice(const RunReport &report)
        : m_report(report)
    {
    }

    QStringList sentences()
    {
        aboutUnmeasured();
        aboutFailures();
        for (const ObjectiveResult &result : m_report.objectives) {
            if (result.verdict == Verdict::Fail)
                aboutMissed(result);
        }
        aboutDrops();
        aboutWebSockets();
        for (const ServiceReport &service : m_report.services)
            aboutService(service);
        aboutLimits();
        aboutGenerator();
        if (m_sentences.isEmpty())
            aboutPass();
        return m_sentences;
    }

private:
    void say(const QString &sentence)
    {
        if (!m_sentences.contains(sentence))
            m_sentences.append(sentence);
    }

    const ServiceReport *service(const QString &name) const
    {
        for (const ServiceReport &candidate : m_report.services) {
            if (candidate.plan.name == name)
                return &candidate;
        }
        return nullptr;
    }

    const TestReport *test(const QString &name) const
    {
        for (const TestReport &candidate : m_report.tests) {
            if (candidate.name == name)
                return &candidate;
        }
        return nullptr;
    }

    void aboutUnmeasured();
    void aboutFailures();
    void aboutMissed(const ObjectiveResult &result);
    void aboutResponse(const ObjectiveResult &result);
    void aboutErrors(const ObjectiveResult &result);
    void aboutGrowth(const ObjectiveResult &result);
    void aboutTarget(const ObjectiveResult &result);
    void aboutDrops();
    void aboutWebSockets();
    void aboutService(const ServiceReport &service);
    void aboutLimits();
    void aboutGenerator();
    void aboutNoData();
    void aboutPass();

    const RunReport &m_report;
    QStringList m_sentences;
};

void Advice::aboutUnmeasured()
{
    QStringList notRun;
    for (const TestReport &test : m_report.tests) {
        if (test.verdict != Verdict::NoData)
            continue;
        const ServiceReport *target = service(test.service);
        const QString url = target ? target->plan.url : QString();
        if (const QString why = test.remarks.value(noDataRemark); !why.isEmpty())
            say(ReportText::tr("%1 has no verdict: %2. Mend that and run it again.")
                    .arg(test.name, ReportText::withoutStop(why)));
        else if (test.end == u"completed" && !errorRatePercent(test.counts))
            say(ReportText::tr("%1 measured nothing: no operation was due. Give it more time or a "
                               "higher rate, and check %2.")
                    .arg(test.name, url.isEmpty() ? test.service : url));
        else if (test.end == u"not_run")
            notRun.append(test.name);
    }
    if (!notRun.isEmpty())
        say(ReportText::tr("Not run, so nothing is known of it: %1. Run to the end for a verdict.")
                .arg(notRun.join(u", "_s)));
}

void Advice::aboutFailures()
{
    for (const ServiceReport &service : m_report.services) {
        if (service.criticalFailures.isEmpty())
            continue;
        const QString what = service.criticalFailures.join(u"; "_s);
        if (service.wasOomKilled && service.memoryLimitMb)
            say(ReportText::tr("%1: %2. Its peak was %3 MB of its limit of %4 MB: raise the memory "
                               "limit or find what holds the memory.")
                    .arg(service.plan.name, what, number(service.memoryPeakMb.value_or(0.0)),
                         number(*service.memoryLimitMb)));
        else
            say(ReportText::tr("%1: %2. Read its log before anything else.")
                    .arg(service.plan.name, what));
    }
}

void Advice::aboutMissed(const ObjectiveResult &result)
{
    const QString &metric = result.objective.metric;
    if (metric == u"response_time")
        aboutResponse(result);
    else if (metric == u"error_rate")
        aboutErrors(result);
    else if (metric == u"memory_growth")
        aboutGrowth(result);
    else if (metric == u"cpu_sustained")
        say(ReportText::tr("CPU stayed at %1 % (%2), above %3 %: raise the CPU limit or lower the "
                           "rate.")
                .arg(number(result.measured.value_or(0.0)), result.note,
                     number(result.objective.limit)));
    else if (metric == u"memory_total")
        say(ReportText::tr("The services together held %1 MB, above the budget of %2 MB: raise "
                           "memory_limit_mb or shrink the largest of them.")
                .arg(number(result.measured.value_or(0.0)), number(result.objective.limit)));
    else if (metric == u"recovery_checks")
        say(ReportText::tr(
                "After the stress only %1 % of the checks passed (%2 % are asked for): "
                "give the services more time to recover or look for what keeps them busy.")
                .arg(number(result.measured.value_or(0.0)), number(result.objective.limit)));
    else if (metric == u"memory" || metric == u"cpu")
        aboutTarget(result);
}

void Advice::aboutResponse(const ObjectiveResult &result)
{
    const TestReport *scenario = test(result.objective.scope);
    const QString percentile = number(result.objective.percentile.value_or(95.0));
    // What was timed may lie below the limit and the dropped ones break it all the same.
    if (result.measured.value_or(0.0) < result.objective.limit) {
        say(ReportText::tr("%1: p%2 is not below %3 ms: %4.")
                .arg(scenario ? scenario->name : ReportText::tr("All scenarios"), percentile,
                     number(result.objective.limit), ReportText::withoutStop(result.note)));
        return;
    }
    if (!scenario) {
        say(ReportText::tr("All scenarios together: p%1 of %2 ms is above %3 ms: look at the "
                           "slowest of them first.")
                .arg(percentile, number(result.measured.value_or(0.0)),
                     number(result.objective.limit)));
        return;
    }
    QString sentence = ReportText::tr("%1: p%2 of %3 ms is above %4 ms")
                           .arg(scenario->name, percentile, number(result.measured.value_or(0.0)),
                                number(result.objective.limit));
    const ServiceReport *target = service(scenario->service);
    const std::optional<double> cpu = target && target->sustained
        ? std::optional(target->sustained->percentOfLimit)
        : std::nullopt;
    if (cpu && *cpu >= m_report.started.cpuWarningPercent)
        sentence += target->cpuLimitCores
            ? ReportText::tr(
                  " while %1 used %2 % of its %3-core limit: raise the CPU limit or lower "
                  "the rate.")
                  .arg(target->plan.name, number(*cpu), number(*target->cpuLimitCores))
            : ReportText::tr(" while %1 used %2 % of a core: make it cheaper or lower the rate.")
                  .arg(target->plan.name, number(*cpu));
    else if (toMs(scenario->serviceTime.valueAtPercentile(95)) < result.objective.limit
             && scenario->users > 0)
        sentence +=
            ReportText::tr(", though p95 from the send is %1 ms: operations waited for one of "
                           "%2 users. Raise concurrent_users or lower the rate.")
                .arg(number(toMs(scenario->serviceTime.valueAtPercentile(95))))
                .arg(scenario->users);
    else
        sentence += ReportText::tr(": %1 itself is slow to answer; its CPU does not explain it.")
                        .arg(scenario->service);
    say(sentence);
}

void Advice::aboutErrors(const ObjectiveResult &result)
{
    const TestReport *scenario = test(result.objective.scope);
    if (!scenario) {
        const auto worst = std::max_element(m_report.tests.cbegin(), m_report.tests.cend(),
                                            [](const auto &a, const auto &b) {
                                                return errorRatePercent(a.counts).value_or(0.0)
                                                    < errorRatePercent(b.counts).value_or(0.0);
                                            });
        QString sentence =
            ReportText::tr("All scenarios together: %1 % of the operations failed, %2 % are "
                           "allowed (%3)")
                .arg(number(result.measured.value_or(0.0)), number(result.objective.limit),
                     result.note);
        if (worst != m_report.tests.cend())
            sentence += ReportText::tr("; most in %1: look there first").arg(worst->name);
        say(sentence + u'.');
        return;
    }
    QStringList causes;
    for (auto it = scenario->failedByStatus.cbegin(); it != scenario->failedByStatus.cend(); ++it)
        causes.append(ReportText::tr("%1 times status %2").arg(it.value()).arg(it.key()));
    for (auto it = scenario->failedByKind.cbegin(); it != scenario->failedByKind.cend(); ++it) {
        if (it.key() != failureKindId(FailureKind::Status) || scenario->failedByStatus.isEmpty())
            causes.append(ReportText::tr("%1 times '%2'").arg(it.value()).arg(it.key()));
    }
    if (scenario->counts.timedOut > 0)
        causes.append(ReportText::tr("%1 timed out").arg(scenario->counts.timedOut));
    if (scenario->counts.dropped > 0)
        causes.append(ReportText::tr("%1 dropped").arg(scenario->counts.dropped));
    say(ReportText::tr(
            "%1: %2 % of the operations failed, %3 % are allowed (%4). Look into %5's log "
            "for these.")
            .arg(scenario->name, number(result.measured.value_or(0.0)),
                 number(result.objective.limit), causes.join(u", "_s), scenario->service));
}

void Advice::aboutGrowth(const ObjectiveResult &result)
{
    const ServiceReport *worst = nullptr;
    for (const ServiceReport &candidate : m_report.services) {
        if (candidate.isStressed && candidate.growth
            && (!worst || candidate.growth->growthMb() > worst->growth->growthMb()))
            worst = &candidate;
    }
    if (!worst)
        return;
    QString sentence = ReportText::tr("Memory grew by %1 MB, %2 MB are allowed; most of it in %3")
                           .arg(number(result.measured.value_or(0.0)),
                                number(result.objective.limit), worst->plan.name);
    const double rate = worst->growth->ratePerMinuteMb.value_or(0.0);
    if (rate > 0.0)
        sentence += ReportText::tr(", at a rate of %1 MB/min").arg(number(rate));
    if (rate > creepMbPerMinute && worst->memoryLimitMb && worst->memoryLastMb) {
        const double minutes = (*worst->memoryLimitMb - *worst->memoryLastMb) / rate;
        if (minutes > 0.0)
            sentence += ReportText::tr("; it would reach its limit of %1 MB in another %2 min")
                            .arg(number(*worst->memoryLimitMb), number(minutes));
    }
    say(sentence + ReportText::tr(". Look for a leak there."));
}

void Advice::aboutTarget(const ObjectiveResult &result)
{
    const QString name = result.objective.scope.section(u':', 1);
    const QString measured = number(result.measured.value_or(0.0));
    const QString limit = number(result.objective.limit);
    say(result.objective.metric == u"memory"
            ? ReportText::tr("%1 held up to %2 MB, above its target of %3 MB.")
                  .arg(name, measured, limit)
            : ReportText::tr("%1 used %2 % of a core on the mean, above its target of %3 %.")
                  .arg(name, measured, limit));
}

void Advice::aboutDrops()
{
    for (const TestReport &test : m_report.tests) {
        if (test.counts.dropped == 0)
            continue;
        QString sentence = ReportText::tr("%1: %2 of %3 operations were dropped")
                               .arg(test.name)
                               .arg(test.counts.dropped)
                               .arg(test.counts.planned);
        if (test.users > 0)
            sentence +=
                ReportText::tr(", since all %1 users were busy and %2 operations waited "
                               "already. The service is slower than the rate: lower the rate, "
                               "or raise concurrent_users if it can take more at once.")
                    .arg(test.users)
                    .arg(test.queueBound);
        else
            sentence +=
                ReportText::tr(", since nothing could take them: see why %1 refuses or loses "
                               "connections.")
                    .arg(test.service);
        say(sentence);
    }
}

void Advice::aboutWebSockets()
{
    for (const TestReport &test : m_report.tests) {
        const double lost = test.metrics.value(u"overflow_lost"_s);
        if (lost > 0.0)
            say(ReportText::tr("%1: %2 messages were lost when %3's queue overflowed: slow readers "
                               "lose updates. Enlarge its queue, or send them less.")
                    .arg(test.name, number(lost), test.service));
        const double disconnects = test.metrics.value(u"disconnects"_s);
        if (disconnects > 0.0)
            say(ReportText::tr("%1: connections were lost %2 times: see why %3 closes them.")
                    .arg(test.name, number(disconnects), test.service));
    }
}

void Advice::aboutService(const ServiceReport &service)
{
    const QString &name = service.plan.name;
    if (service.isStressed && service.sustained
        && service.sustained->percentOfLimit > m_report.started.cpuWarningPercent)
        say((service.cpuLimitCores
                 ? ReportText::tr("%1 used %2 % of its CPU limit, above the warning level of %3 %: "
                                  "it has little in reserve.")
                 : ReportText::tr("%1 used %2 % of a core, above the warning level of %3 % (it has "
                                  "no CPU limit): it would need about as much in a container."))
                .arg(name, number(service.sustained->percentOfLimit),
                     number(m_report.started.cpuWarningPercent)));
    const qint64 periods = service.totals.periods.value_or(0);
    const qint64 throttled = service.totals.throttledPeriods.value_or(0);
    const double share = Percent::ofWhole(double(throttled), double(periods)).value();
    if (share >= throttledSharePercent)
        say(ReportText::tr("%1 was held back by its CPU limit in %2 of %3 periods (%4 %): a higher "
                           "limit would shorten its response times.")
                .arg(name)
                .arg(throttled)
                .arg(periods)
                .arg(number(share)));
}

/// One sentence for all services with the same reason.
void Advice::aboutLimits()
{
    QMap<QString, QStringList> namesByReason;
    for (const ServiceReport &service : m_report.services) {
        if (service.plan.limits == u"not_applied")
            namesByReason[ReportText::withoutStop(service.plan.limitsNote)].append(
                service.plan.name);
    }
    for (auto it = namesByReason.cbegin(); it != namesByReason.cend(); ++it)
        say(ReportText::tr("Without their limits ran %1 (%2): what they used says nothing yet "
                           "about a small container.")
                .arg(it.value().join(u", "_s), it.key()));
}

void Advice::aboutGenerator()
{
    if (m_report.generator && m_report.generator->avgCpuPercent > generatorBusyPercent)
        say(ReportText::tr(
                "Lowtide itself used %1 % of a core: response times may be its own. Lower "
                "the rate or give it a faster machine.")
                .arg(number(m_report.generator->avgCpuPercent)));
}

/// A run to its end without a verdict.
void Advice::aboutNoData()
{
    for (const ObjectiveResult &result : m_report.objectives) {
        if (result.objective.decides && result.verdict == Verdict::NoData)
            say(ReportText::tr("No verdict on %1: %2. Mend that and run it again.")
                    .arg(result.objective.id, ReportText::withoutStop(result.note)));
    }
    if (m_report.lostEvents > 0)
        say(ReportText::tr("Parts of the journal were lost, and what they held may decide: run it "
                           "again on a machine with a faster disk or less to do."));
    if (m_sentences.isEmpty())
        say(ReportText::tr("Nothing was measured that decides: enable a scenario or name a service "
                           "to watch."));
}

/// What to try next when there is nothing else to say.
void Advice::aboutPass()
{
    const ServiceReport *closest = nullptr;
    double closestPercent = 0.0;
    for (const ServiceReport &service : m_report.services) {
        if (!service.memoryLimitMb || !service.memoryPeakMb || *service.memoryLimitMb <= 0.0)
            continue;
        const double percent = 100.0 * *service.memoryPeakMb / *service.memoryLimitMb;
        if (!closest || percent > closestPercent) {
            closest = &service;
            closestPercent = percent;
        }
    }
    if (m_report.verdict == Verdict::Fail)
        say(ReportText::tr("Look at the objectives that were missed and the scenarios that "
                           "failed: they say what was measured."));
    else if (m_report.verdict == Verdict::NoData && m_report.journal.stillRunning)
        say(ReportText::tr("The run still goes on: its verdict comes with its end."));
    else if (m_report.verdict == Verdict::NoData && !m_report.isCompleted())
        say(ReportText::tr("Run it to the end to get a verdict."));
    else if (m_report.verdict == Verdict::NoData)
        aboutNoData();
    else if (closest)
        say(ReportText::tr(
                "All objectives were met. The closest to its memory limit was %1 with %2 MB "
                "of %3 MB (%4 %): try a smaller limit or a higher rate to find where it "
                "gives way.")
                .arg(closest->plan.name, number(*closest->memoryPeakMb),
                     number(*closest->memoryLimitMb), number(closestPercent)));
    else
        say(ReportText::tr("All objectives were met. Raise operations_per_second to find where the "
                           "services give way."));
}

} // namespace

QStringList recommendations(const RunReport &report) { return Advice(report).sentences(); }

} // namespace lowtide
