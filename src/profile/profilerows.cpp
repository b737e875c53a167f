#include "profile/settingrows.h"

using namespace Qt::StringLiterals;

#define TEXT(text) QT_TRANSLATE_NOOP("lowtide::Settings", text)

namespace lowtide {

namespace {

using enum FieldType;

QList<Field> topRows()
{
    return {
        field(Text, u"$schema"_s, Unit::None, TEXT("Schema"),
              TEXT("Where an editor finds the JSON Schema of profiles. Has no effect on a run.")),
        field(Text, u"test_suite"_s, Unit::None, TEXT("Suite"), TEXT("Title of the report."))
            .range(1, 200)
            .byDefault("\"Low-Resource Environment Stress Test\"")
            .into(&Profile::suite),
        field(Text, u"test_description"_s, Unit::None, TEXT("Description"),
              TEXT("What the test is for, in a sentence. Stands in the report."))
            .into(&Profile::description),
        field(
            Text, u"environment"_s, Unit::None, TEXT("Environment"),
            TEXT("Label of the environment, for the report. Another one than low_resource is noted "
                 "as a warning, since the thresholds are made for it."))
            .range(1, 200)
            .byDefault("\"low_resource\"")
            .env({u"STRESS_TEST_ENV"_s})
            .into(&Profile::environment),
        choiceField(u"log_level"_s, {u"DEBUG"_s, u"INFO"_s, u"WARNING"_s, u"ERROR"_s},
                    TEXT("Log level"), TEXT("What goes to stress_test.log and to stderr."))
            .byDefault("\"INFO\"")
            .env({u"LOG_LEVEL"_s})
            .into(&Profile::logLevel),
        field(TextList, u"allowed_targets"_s, Unit::None, TEXT("Allowed targets"),
              TEXT("Hosts that may be loaded beyond loopback and private addresses."))
            .range(0, 1000)
            .byDefault("[]")
            .into(&Profile::allowedTargets),
    };
}

QList<Field> constraintRows()
{
    return {
        field(
            Size, u"resource_constraints.memory_limit_mb"_s, Unit::Megabytes, TEXT("Memory budget"),
            TEXT(
                "Budget for the memory of all stressed services together; above it is an objective "
                "missed. Bounds pressure on the host too."))
            .range(1, 1048576)
            .byDefault("512")
            .env({u"MEMORY_LIMIT_MB"_s})
            .into(&Profile::memoryLimit),
        field(Number, u"resource_constraints.cpu_limit_percent"_s, Unit::Percent,
              TEXT("CPU warning"),
              TEXT("Share of its CPU limit above which a service is warned of and named in the "
                   "recommendations."))
            .range(1, 100)
            .byDefault("80")
            .env({u"CPU_LIMIT_PERCENT"_s})
            .into(&Profile::cpuLimitPercent),
        field(Integer, u"resource_constraints.max_concurrent_operations"_s, Unit::None,
              TEXT("Operations in flight"),
              TEXT("Bounds operations in flight over all scenarios that run at the same time; a "
                   "scenario with more users is held down to it, with a warning."))
            .range(1, 100000)
            .whenAbsent(
                TEXT("the largest number of users that the test or one of its scenarios has"))
            .into(&Profile::maxConcurrentOperations),
    };
}

QList<Field> parameterRows()
{
    return {
        field(Duration, u"test_parameters.test_duration_seconds"_s, Unit::Seconds,
              TEXT("Test length"),
              TEXT("Length of the stress of all scenarios together, shared among them."))
            .range(1, 604800)
            .byDefault("300")
            .env({u"TEST_DURATION"_s, u"TEST_DURATION_SECONDS"_s})
            .into(&Profile::testDuration),
        field(Integer, u"test_parameters.concurrent_users"_s, Unit::None, TEXT("Users"),
              TEXT("Bounds the operations in flight of each HTTP load: an operation that finds no "
                   "free "
                   "user waits, and its wait counts in its response time."))
            .range(1, 100000)
            .byDefault("3")
            .env({u"CONCURRENT_USERS"_s})
            .into(&Profile::concurrentUsers),
        field(Number, u"test_parameters.operations_per_second"_s, Unit::PerSecond, TEXT("Rate"),
              TEXT("Arrival rate of each HTTP load."))
            .range(0.001, 100000)
            .byDefault("5")
            .env({u"OPERATIONS_PER_SECOND"_s})
            .into(&Profile::operationsPerSecond),
        field(Duration, u"test_parameters.resource_check_interval"_s, Unit::Seconds,
              TEXT("Snapshot interval"),
              TEXT("How often samples enter the report's snapshot list. Sampling itself is once a "
                   "second."))
            .range(1, 3600)
            .byDefault("5")
            .into(&Profile::resourceCheckInterval),
        field(Integer, u"test_parameters.stress_test_cycles"_s, Unit::None, TEXT("Cycles"),
              TEXT("Repeats the load scenarios so often within the test's length, to show drift."))
            .range(1, 1000)
            .byDefault("1")
            .into(&Profile::cycles),
        field(Duration, u"test_parameters.recovery_time_seconds"_s, Unit::Seconds,
              TEXT("Recovery time"), TEXT("How long a recovery scenario waits at most."))
            .range(1, 3600)
            .byDefault("30")
            .into(&Profile::recoveryTime),
    };
}

QList<Field> monitoringRows()
{
    return {
        field(Boolean, u"monitoring.resource_monitoring"_s, Unit::None, TEXT("Resource monitoring"),
              TEXT("false: memory and CPU of the services are neither watched nor judged."))
            .byDefault("true")
            .into(&Profile::resourceMonitoring),
        field(Duration, u"monitoring.health_check_interval"_s, Unit::Seconds,
              TEXT("Health check interval"),
              TEXT("How often each service's health is probed while the load runs. A failure is "
                   "confirmed by a probe each second."))
            .range(1, 3600)
            .byDefault("30")
            .into(&Profile::healthCheckInterval),
        field(Boolean, u"monitoring.default_thresholds"_s, Unit::None, TEXT("Default thresholds"),
              TEXT("false: only errors and the limits that are set are judged, not those left at "
                   "their defaults."))
            .byDefault("true"),
        field(
            Number, u"monitoring.performance_thresholds.max_response_time_ms"_s, Unit::Milliseconds,
            TEXT("Response time"),
            TEXT("95th percentile of the response time that every load scenario must stay below; a "
                 "scenario's own target goes before its default."))
            .range(0.001, 3600000)
            .byDefault("1000")
            .into(&Profile::maxResponseTimeMs),
        field(Number, u"monitoring.performance_thresholds.max_error_rate_percent"_s, Unit::Percent,
              TEXT("Error rate"), TEXT("Share of operations over the whole run that may fail."))
            .range(0, 100)
            .byDefault("10")
            .into(&Profile::maxErrorRatePercent),
        field(
            Number, u"monitoring.performance_thresholds.max_memory_growth_mb"_s, Unit::Megabytes,
            TEXT("Memory growth"),
            TEXT("How much the services' memory may grow over the run, our own ballast taken out."))
            .range(0, 1048576)
            .byDefault("100")
            .into(&Profile::maxMemoryGrowthMb),
        field(Number, u"monitoring.performance_thresholds.max_cpu_sustained_percent"_s,
              Unit::Percent, TEXT("Sustained CPU"),
              TEXT("Highest sustained CPU of a service as share of its limit (of one core where it "
                   "has none)."))
            .range(0.1, 10000)
            .byDefault("90")
            .into(&Profile::maxCpuSustainedPercent),
    };
}

QList<Field> reportingRows()
{
    const auto refuseHtml = [](const FieldValue &value) -> std::optional<QString> {
        if (!value.get<bool>())
            return std::nullopt;
        return settingsText(
            TEXT("There is no HTML report yet, only the JSON report; set it to false."));
    };
    return {
        field(Boolean, u"reporting.generate_json_report"_s, Unit::None, TEXT("JSON report"),
              TEXT("Writes stress_test_report_*.json. The journal is written in any case, and "
                   "`lowtide report` makes the report of it later."))
            .byDefault("true")
            .into(&Profile::generateJsonReport),
        field(Boolean, u"reporting.generate_html_report"_s, Unit::None, TEXT("HTML report"),
              TEXT("Refused while there is no HTML report."))
            .byDefault("false")
            .checked(refuseHtml),
        field(Boolean, u"reporting.include_detailed_metrics"_s, Unit::None,
              TEXT("Detailed metrics"),
              TEXT("Adds timelines and tables by request to the JSON report."))
            .byDefault("true")
            .into(&Profile::includeDetailedMetrics),
        field(Boolean, u"reporting.save_resource_snapshots"_s, Unit::None, TEXT("Snapshots"),
              TEXT("Adds the list of resource snapshots to the JSON report."))
            .byDefault("true")
            .into(&Profile::saveResourceSnapshots),
    };
}

} // namespace

QList<Field> profileRows()
{
    return topRows() + constraintRows() + parameterRows() + monitoringRows() + reportingRows();
}

} // namespace lowtide
