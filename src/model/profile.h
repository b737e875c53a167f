#pragma once

#include "base/clock.h"
#include "base/units.h"
#include "model/objective.h"
#include "model/scenariosettings.h"

#include <QList>
#include <QString>
#include <QStringList>
#include <QUrl>

#include <memory>
#include <optional>

namespace lowtide {

/// One thing under test: an HTTP (and maybe WebSocket) endpoint, with the process or container
/// behind it where that is known.
struct Service {
    QString name;
    QUrl url; ///< http or https; empty where the service has none.
    QUrl websocketUrl; ///< ws or wss; empty where the service has none.
    QString healthPath = QStringLiteral("/health");
    QStringList command; ///< Program and arguments, started and ended by the run; empty:
                         ///< the service is there already. See target/serviceprocess.h.
    std::optional<qint64> pid; ///< Process to watch, where the user names it.
    QString container; ///< Container to watch; empty: none.
    std::optional<Bytes> memoryLimit; ///< Applied to `command` by a cgroup where that is allowed.
    std::optional<double> cpuLimitCores; ///< Likewise; 0.5 is half a core.
    std::optional<Bytes> memoryTarget; ///< Resource target (an objective), peak.
    std::optional<double> cpuTargetPercent; ///< Resource target, percent of one core, mean.
    friend bool operator==(const Service &, const Service &) = default;
};

/// One scenario of a run, in either spelling of the profile.
struct ScenarioPlan {
    QString name; ///< Unique; the report's `test_name`.
    QString type; ///< Id of its kind: "http_load", ...
    QString description;
    bool enabled = true;
    QString service; ///< Name of the service it works on.
    std::optional<Nanoseconds>
        duration; ///< Its own length; absent: its share of the test's length.
    double lengthShare = 1.0; ///< Weight of that share among the load scenarios, > 0.
    double maxErrorRatePercent = 10.0;
    double targetResponseMs = 1000.0; ///< Objective for the corrected p95.
    std::shared_ptr<const ScenarioSettings> settings; ///< Never null once read.
};

/// A whole profile: one model behind the seed's spelling and the general one.
struct Profile {
    QString suite = QStringLiteral("Low-Resource Environment Stress Test");
    QString description;
    QString environment = QStringLiteral("low_resource");
    QString logLevel = QStringLiteral("INFO"); ///< DEBUG, INFO, WARNING, ERROR.

    Bytes memoryLimit = Bytes::fromMb(512); ///< Budget for the sum of all stressed services.
    double cpuLimitPercent = 80.0; ///< Share of a service's limit above which it is warned of.
    int maxConcurrentOperations = 3; ///< In flight over all scenarios that run at the same time.

    Nanoseconds testDuration = std::chrono::seconds(300); ///< Of the stress phases together.
    int concurrentUsers = 3;
    Rate operationsPerSecond = Rate::perSecond(5);
    Nanoseconds resourceCheckInterval = std::chrono::seconds(5);
    int cycles = 1;
    Nanoseconds recoveryTime = std::chrono::seconds(30);

    bool resourceMonitoring = true;
    Nanoseconds healthCheckInterval = std::chrono::seconds(30);
    double maxResponseTimeMs = 1000.0;
    double maxErrorRatePercent = 10.0;
    double maxMemoryGrowthMb = 100.0;
    double maxCpuSustainedPercent = 90.0;

    bool generateJsonReport = true;
    bool includeDetailedMetrics = true;
    bool saveResourceSnapshots = true;

    QList<Service> services;
    QList<ScenarioPlan> scenarios; ///< In the order in which they run.
    QStringList allowedTargets; ///< Hosts beyond loopback and private addresses.
    QList<Objective> objectives; ///< Resolved: the profile's own and the kinds' defaults.

    /// The service of that name, or null. Valid as long as the profile is not changed.
    [[nodiscard]] const Service *service(const QString &name) const;
};

/// Where a setting's value came from.
enum class ValueSource { Default, BundledCast, File, Environment, Flag, Demo };
[[nodiscard]] QString valueSourceId(ValueSource source);

/// One setting as it is in force, for `validate --effective` and the report. Secrets are redacted
/// here.
struct EffectiveValue {
    QString path; ///< "test_parameters.concurrent_users"
    QString value; ///< JSON text of the value.
    ValueSource source = ValueSource::Default;
    QString origin; ///< File name, variable name or flag; for defaults the setting they follow, or
                    ///< empty.
    friend bool operator==(const EffectiveValue &, const EffectiveValue &) = default;
};

/// A profile ready to run, with the source of each value.
struct EffectiveProfile {
    Profile profile;
    QList<EffectiveValue> values;
    QStringList warnings; ///< For people.
};

} // namespace lowtide
