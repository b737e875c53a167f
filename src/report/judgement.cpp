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

OperationCounts countsOf(const QList<const TestReport *> &tests)
{
    RunReport sum;
    for (const TestReport *test : tests)
        sum.tests.append(TestReport{.counts = test->counts});
    return sum.counts();
}

Measured responseTime(const Objective &objective, const RunReport &report)
{
    const QList<const TestReport *> tests = testsOf(objective, report);
    LatencyHistogram histogram;
    for (const TestReport *test : tests)
        histogram.add(test->responseTime);
    const OperationCounts counts = countsOf(tests);
    if (histogram.isEmpty())
        return noData(ReportText::tr("no operation was answered"));
    const double percentile = objective.percentile.value_or(95.0);
    Measured measured{.value = toMs(histogram.valueAtPercentile(percentile))};
    if (counts.dropped == 0)
        return measured;
    // A dropped operation has no time; it waited longer than any that was sent.
    const auto count = double(histogram.count());
    measured.isBeyondMeasure = percentile / 100.0 * (count + double(counts.dropped)) > count;
    measured.note = ReportText::tr("of %1 operations; %2 were dropped and have no time")
                        .arg(histogram.count())
                        .arg(counts.dropped);
    if (measured.isBeyondMeasure)
        measured.note += ReportText::tr(": counted with them, this percentile is beyond measure");
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
    return measured;
}

Measured memoryTotal(const RunReport &report)
{
    if (!report.usage.maxMemoryMb)
        return noData(ReportText::tr("memory of the services was not measured"));
    return {.value = report.usage.maxMemoryMb, .note = {}};
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
    bool wasWatched = false;
    QStringList notes;
    for (const ServiceReport *service : servicesOf(objective, report)) {
        wasWatched = wasWatched || service->health.totalChecks > 0 || service->initial.has_value();
        count += service->criticalFailures.size();
        for (const QString &failure : service->criticalFailures)
            notes.append(u"%1: %2"_s.arg(service->plan.name, failure));
    }
    if (!wasWatched && count == 0)
        return noData(ReportText::tr("no service was watched"));
    return {.value = double(count), .note = notes.join(u"; ")};
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
        return memoryTotal(report);
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
    test.verdict = isCompleted && !ranWithoutData(test) ? Verdict::Pass : Verdict::NoData;
    for (const ObjectiveResult &result : results) {
        if (result.objective.decides && result.objective.scope == test.name)
            test.verdict = worst(test.verdict, result.verdict);
    }
    if (test.end == u"aborted")
        test.verdict = Verdict::Fail;
    test.success = test.verdict == Verdict::Pass;
}

} // namespace

ObjectiveResult judged(const Objective &objective, const RunReport &report)
{
    const Measured measured = measure(objective, report);
    ObjectiveResult result{
        .objective = objective, .measured = measured.value, .note = measured.note};
    if (measured.value) {
        const bool isReached = !measured.isBeyondMeasure
            && holds(objective.comparison, *measured.value, objective.limit);
        result.verdict = isReached ? Verdict::Pass : Verdict::Fail;
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
    report.exitCode = exitCode(report);
}

QString percentilesLack(const TestReport &test)
{
    const qint64 ended = test.counts.planned - test.counts.cancelled - test.counts.inFlight;
    const qint64 timed = test.responseTime.count();
    if (timed >= ended)
        return {};
    if (test.counts.dropped > 0)
        return ReportText::tr(
                   "Percentiles are of %1 of %2 operations: %3 were dropped and have no time.")
            .arg(timed)
            .arg(ended)
            .arg(test.counts.dropped);
    return ReportText::tr(
               "Percentiles are of %1 of %2 operations: the others ended without a time.")
        .arg(timed)
        .arg(ended);
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
