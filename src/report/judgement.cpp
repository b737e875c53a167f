#include "report/judgement.h"

#include "report/reporttext.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr int exitPassed = 0;
constexpr int exitFailed = 1;
constexpr int exitCouldNotRun = 3;
constexpr int exitNoData = 4;
constexpr int exitInterrupted = 130;

/// What was measured for an objective, before it is compared.
struct Measured {
    std::optional<double> value; ///< In the objective's unit. Absent: no data.
    QString note;
    bool isBeyondMeasure = false; ///< Worse than any limit, whatever `value` says.
    bool isUnsure = false; ///< What is missing may decide: neither a pass nor a failure.
    bool isPartial = false; ///< A sum that lacks some of its parts: a pass would say too much.
};

Measured noData(const QString &why) { return {.value = {}, .note = why}; }

const QString servicePrefix = u"service:"_s;

/// The tests that an objective speaks of.
QList<const TestReport *> testsOf(const Objective &objective, const RunReport &report)
{
    QList<const TestReport *> tests;
    for (const TestReport &test : report.tests) {
        if (objective.scope.isEmpty() || objective.scope == test.name)
            tests.append(&test);
    }
    return tests;
}

/// The services that an objective speaks of: the stressed ones, or one by name.
QList<const ServiceReport *> servicesOf(const Objective &objective, const RunReport &report)
{
    QList<const ServiceReport *> services;
    for (const ServiceReport &service : report.services) {
        if (objective.scope.isEmpty() ? service.isStressed
                                      : objective.scope == servicePrefix + service.plan.name)
            services.append(&service);
    }
    return services;
}

/// A load works on it, or the run itself started it: a figure over all services must hold it.
bool mustBeMeasured(const ServiceReport &service, const RunReport &report)
{
    if (!service.isStressed)
        return false;
    if (service.plan.startedByRun)
        return true;
    // Watching alone: whatever has an address is there to be watched.
    if (report.tests.isEmpty())
        return !service.plan.url.isEmpty() || !service.plan.container.isEmpty();
    return std::any_of(
        report.tests.cbegin(), report.tests.cend(),
        [&service](const TestReport &test) { return test.service == service.plan.name; });
}

/// Tells on a figure over the stressed services which of them it lacks.
template <typename Has>
void noteMissing(Measured &measured, const Objective &objective, const RunReport &report, Has has)
{
    if (!objective.scope.isEmpty())
        return;
    QStringList missing;
    QStringList leftOut;
    for (const ServiceReport *service : servicesOf(objective, report)) {
        if (!has(*service))
            (mustBeMeasured(*service, report) ? missing : leftOut).append(service->plan.name);
    }
    QStringList notes;
    if (!measured.note.isEmpty())
        notes.append(measured.note);
    if (!missing.isEmpty())
        notes.append(ReportText::tr("not measured: %1").arg(missing.join(u", "_s)));
    if (!leftOut.isEmpty() && measured.value)
        notes.append(
            ReportText::tr("without %1, which no scenario works on").arg(leftOut.join(u", "_s)));
    measured.note = notes.join(u"; "_s);
    measured.isPartial = !missing.isEmpty();
}

bool hasMemory(const ServiceReport &service) { return service.memoryPeakMb.has_value(); }
bool hasCpu(const ServiceReport &service) { return service.sustained.has_value(); }
bool wasWatched(const ServiceReport &service)
{
    return service.health.totalChecks > 0 || service.initial.has_value()
        || !service.criticalFailures.isEmpty();
}

OperationCounts countsOf(const QList<const TestReport *> &tests)
{
    RunReport sum;
    for (const TestReport *test : tests)
        sum.tests.append(TestReport{.counts = test->counts});
    return sum.counts();
}

/// Operations that ended with an answer or the lack of one, but whose time is in no histogram: its
/// line of the journal was lost or damaged.
qint64 lostTimes(const OperationCounts &counts, qint64 timed)
{
    return std::max(qint64(0), counts.completed() - timed);
}

bool holds(Comparison comparison, double value, double limit)
{
    switch (comparison) {
    case Comparison::Below:
        return value < limit;
    case Comparison::AtMost:
        return value <= limit;
    case Comparison::AtLeast:
        return value >= limit;
    }
    return false;
}

/// A percentile of which some operations have no time.
struct Untimed {
    const Objective &objective;
    const LatencyHistogram &histogram;
    double percentile;
    qint64 dropped, lost;
};

/// A dropped operation waited longer than any that was sent. A lost time may have been any: where
/// it decides, there is neither a pass nor a failure.
void considerUntimed(Measured &measured, const Untimed &untimed)
{
    const auto timed = double(untimed.histogram.count());
    const auto lost = double(untimed.lost);
    const double rank = untimed.percentile / 100.0 * (timed + double(untimed.dropped) + lost);
    QStringList notes = {ReportText::tr("of %1 operations").arg(untimed.histogram.count())};
    if (untimed.dropped > 0)
        notes.append(ReportText::tr("%1 were dropped and have no time").arg(untimed.dropped));
    if (untimed.lost > 0)
        notes.append(ReportText::tr("the times of %1 were lost").arg(untimed.lost));
    measured.note = notes.join(u"; "_s);
    // Whatever the lost ones took.
    measured.isBeyondMeasure = rank > timed + lost;
    if (measured.isBeyondMeasure)
        measured.note += ReportText::tr(": counted with them, this percentile is beyond measure");
    if (untimed.lost == 0 || measured.isBeyondMeasure)
        return;
    const auto reachedAt = [&](double place) {
        const double value = place <= 0.0
            ? 0.0
            : toMs(untimed.histogram.valueAtPercentile(std::min(100.0, 100.0 * place / timed)));
        return holds(untimed.objective.comparison, value, untimed.objective.limit);
    };
    const bool isReachedAtWorst = rank <= timed && reachedAt(rank);
    const bool isReachedAtBest = reachedAt(rank - lost);
    measured.isUnsure = isReachedAtWorst != isReachedAtBest;
    if (measured.isUnsure)
        measured.note += ReportText::tr(": they may decide, so that this percentile is not known");
}

Measured responseTime(const Objective &objective, const RunReport &report)
{
    const QList<const TestReport *> tests = testsOf(objective, report);
    LatencyHistogram histogram;
    qint64 lost = 0;
    for (const TestReport *test : tests) {
        histogram.add(test->responseTime);
        lost += lostTimes(test->counts, test->responseTime.count());
    }
    const OperationCounts counts = countsOf(tests);
    if (counts.ok == 0 && counts.completed() > 0)
        return noData(ReportText::tr("no operation succeeded"));
    if (histogram.isEmpty())
        return noData(lost > 0
                          ? ReportText::tr("the times of all %1 operations were lost").arg(lost)
                          : ReportText::tr("no operation was answered"));
    const double percentile = objective.percentile.value_or(95.0);
    Measured measured{.value = toMs(histogram.valueAtPercentile(percentile))};
    if (counts.dropped > 0 || lost > 0)
        considerUntimed(measured, {objective, histogram, percentile, counts.dropped, lost});
    return measured;
}

Measured errorRate(const Objective &objective, const RunReport &report)
{
    const OperationCounts counts = countsOf(testsOf(objective, report));
    const std::optional<double> rate = errorRatePercent(counts);
    if (!rate)
        return noData(ReportText::tr("no operation was due"));
    Measured measured{.value = rate};
    if (counts.notOk() > 0)
        measured.note = ReportText::tr("%1 failed, %2 timed out, %3 dropped")
                            .arg(counts.failed)
                            .arg(counts.timedOut)
                            .arg(counts.dropped);
    return measured;
}

Measured growthOf(const Objective &objective, const RunReport &report)
{
    std::optional<MemoryGrowth> growth = report.growth;
    if (!objective.scope.isEmpty()) {
        const QList<const ServiceReport *> services = servicesOf(objective, report);
        growth = services.isEmpty() ? std::nullopt : services.constFirst()->growth;
    }
    if (!growth)
        return noData(ReportText::tr("memory of the services was not measured"));
    Measured measured{.value = growth->growthMb()};
    measured.note =
        ReportText::tr("from %1 MB to %2 MB")
            .arg(ReportText::number(growth->beforeMb), ReportText::number(growth->afterMb));
    if (growth->ratePerMinuteMb)
        measured.note += ReportText::tr(", at a rate of %1 MB/min")
                             .arg(ReportText::number(*growth->ratePerMinuteMb));
    noteMissing(measured, objective, report, hasMemory);
    return measured;
}

Measured sustainedCpu(const Objective &objective, const RunReport &report)
{
    const ServiceReport *worst = nullptr;
    for (const ServiceReport *service : servicesOf(objective, report)) {
        if (service->sustained
            && (!worst || service->sustained->percentOfLimit > worst->sustained->percentOfLimit))
            worst = service;
    }
    if (!worst)
        return noData(ReportText::tr("CPU of the services was not measured"));
    const SustainedCpu &sustained = *worst->sustained;
    Measured measured{.value = sustained.percentOfLimit};
    measured.note = worst->cpuLimitCores
        ? ReportText::tr("%1, of its limit of %2 cores")
              .arg(worst->plan.name, ReportText::number(*worst->cpuLimitCores))
        : ReportText::tr("%1, of one core: it has no limit").arg(worst->plan.name);
    if (sustained.windowSeconds < 30.0)
        measured.note += ReportText::tr("; over %1 s, since it was measured no longer")
                             .arg(ReportText::number(sustained.windowSeconds));
    noteMissing(measured, objective, report, hasCpu);
    return measured;
}

Measured memoryTotal(const Objective &objective, const RunReport &report)
{
    if (!report.usage.maxMemoryMb)
        return noData(ReportText::tr("memory of the services was not measured"));
    Measured measured{.value = report.usage.maxMemoryMb};
    noteMissing(measured, objective, report, hasMemory);
    return measured;
}

Measured serviceFigure(const Objective &objective, const RunReport &report,
                       std::optional<double> ServiceReport::*figure)
{
    std::optional<double> highest;
    for (const ServiceReport *service : servicesOf(objective, report)) {
        const std::optional<double> &value = service->*figure;
        if (value)
            highest = std::max(highest.value_or(*value), *value);
    }
    if (!highest)
        return noData(ReportText::tr("not measured"));
    return {.value = highest, .note = {}};
}

Measured recoveryChecks(const Objective &objective, const RunReport &report)
{
    for (const TestReport *test : testsOf(objective, report)) {
        const auto percent = test->metrics.constFind(u"checks_passed_percent"_s);
        if (percent != test->metrics.constEnd())
            return {.value = *percent, .note = {}};
    }
    return noData(ReportText::tr("no check was made"));
}

Measured criticalFailures(const Objective &objective, const RunReport &report)
{
    qsizetype count = 0;
    bool isAnyWatched = false;
    QStringList notes;
    for (const ServiceReport *service : servicesOf(objective, report)) {
        isAnyWatched = isAnyWatched || wasWatched(*service);
        count += service->criticalFailures.size();
        for (const QString &failure : service->criticalFailures)
            notes.append(u"%1: %2"_s.arg(service->plan.name, failure));
    }
    if (!isAnyWatched)
        return noData(ReportText::tr("no service was watched"));
    Measured measured{.value = double(count), .note = notes.join(u"; "_s)};
    noteMissing(measured, objective, report, wasWatched);
    return measured;
}

Measured measure(const Objective &objective, const RunReport &report)
{
    if (objective.metric == u"response_time")
        return responseTime(objective, report);
    if (objective.metric == u"error_rate")
        return errorRate(objective, report);
    if (objective.metric == u"memory_growth")
        return growthOf(objective, report);
    if (objective.metric == u"cpu_sustained")
        return sustainedCpu(objective, report);
    if (objective.metric == u"memory_total")
        return memoryTotal(objective, report);
    if (objective.metric == u"memory")
        return serviceFigure(objective, report, &ServiceReport::memoryPeakMb);
    if (objective.metric == u"cpu")
        return serviceFigure(objective, report, &ServiceReport::cpuAvgPercent);
    if (objective.metric == u"recovery_checks")
        return recoveryChecks(objective, report);
    if (objective.metric == u"critical_failures")
        return criticalFailures(objective, report);
    return noData(
        ReportText::tr("this version does not know the metric '%1'").arg(objective.metric));
}

/// A load that was there to measure and measured nothing.
bool ranWithoutData(const TestReport &test)
{
    return test.end == u"completed" && !test.loadModel.isEmpty() && !errorRatePercent(test.counts);
}

Verdict worst(Verdict a, Verdict b)
{
    if (a == Verdict::Fail || b == Verdict::Fail)
        return Verdict::Fail;
    return a == Verdict::NoData || b == Verdict::NoData ? Verdict::NoData : Verdict::Pass;
}

void judgeTest(TestReport &test, const QList<ObjectiveResult> &results)
{
    const bool isCompleted = test.end == u"completed";
    test.verdict = isCompleted && !ranWithoutData(test) && !test.remarks.contains(noDataRemark)
        ? Verdict::Pass
        : Verdict::NoData;
    for (const ObjectiveResult &result : results) {
        if (result.objective.decides && result.objective.scope == test.name)
            test.verdict = worst(test.verdict, result.verdict);
    }
    if (test.end == u"aborted")
        test.verdict = Verdict::Fail;
    test.success = test.verdict == Verdict::Pass;
}

} // namespace

QStringList leftOutServices(const RunReport &report)
{
    QStringList names;
    for (const ServiceReport &service : report.services) {
        if (service.isStressed && !hasMemory(service) && !mustBeMeasured(service, report))
            names.append(service.plan.name);
    }
    return names;
}

ObjectiveResult judged(const Objective &objective, const RunReport &report)
{
    const Measured measured = measure(objective, report);
    ObjectiveResult result{
        .objective = objective, .measured = measured.value, .note = measured.note};
    if (measured.value) {
        const bool isReached = !measured.isBeyondMeasure
            && holds(objective.comparison, *measured.value, objective.limit);
        result.verdict = isReached ? Verdict::Pass : Verdict::Fail;
        if (measured.isUnsure || (isReached && measured.isPartial))
            result.verdict = Verdict::NoData;
    }
    return result;
}

void judge(RunReport &report)
{
    report.objectives.clear();
    for (const Objective &objective : report.started.objectives)
        report.objectives.append(judged(objective, report));
    const bool wasMeasured = !report.tests.isEmpty() || report.usage.maxMemoryMb.has_value();
    report.verdict = report.isCompleted() && wasMeasured ? Verdict::Pass : Verdict::NoData;
    for (const ObjectiveResult &result : std::as_const(report.objectives)) {
        if (result.objective.decides)
            report.verdict = worst(report.verdict, result.verdict);
    }
    for (TestReport &test : report.tests) {
        judgeTest(test, report.objectives);
        report.verdict = worst(report.verdict, test.verdict);
    }
    // What is lost may have been the sample that fails it.
    if (report.verdict == Verdict::Pass && report.lostEvents > 0)
        report.verdict = Verdict::NoData;
    report.exitCode = exitCode(report);
}

QString percentilesLack(const TestReport &test)
{
    const qint64 ended = test.counts.planned - test.counts.cancelled - test.counts.inFlight;
    const qint64 timed = test.responseTime.count();
    if (timed >= ended)
        return {};
    QStringList why;
    if (test.counts.dropped > 0)
        why.append(ReportText::tr("%1 were dropped and have no time").arg(test.counts.dropped));
    if (const qint64 lost = lostTimes(test.counts, timed); lost > 0)
        why.append(ReportText::tr("the times of %1 were lost on the way to the journal").arg(lost));
    if (why.isEmpty())
        why.append(ReportText::tr("the others ended without a time"));
    return ReportText::tr("Percentiles are of %1 of %2 operations: %3.")
        .arg(timed)
        .arg(ended)
        .arg(why.join(ReportText::tr(", and ")));
}

int exitCode(const RunReport &report)
{
    if (report.isInterrupted())
        return exitInterrupted;
    if (report.end == u"failed")
        return exitCouldNotRun;
    switch (report.verdict) {
    case Verdict::Pass:
        return exitPassed;
    case Verdict::Fail:
        return exitFailed;
    case Verdict::NoData:
        return exitNoData;
    }
    return exitNoData;
}

} // namespace lowtide
