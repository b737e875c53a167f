#pragma once

#include "model/eventdescribe.h"
#include "model/eventfields_load.h"
#include "model/eventfields_start.h"
#include "model/runevent.h"

namespace lowtide::codec {

template <> struct Description<RunStartedEvent> {
    static constexpr const char *kind = "run_started";
    static constexpr auto fields = std::tuple{
        required("mode", &RunStartedEvent::mode),
        required("run_id", &RunStartedEvent::runId),
        required("wall_clock", &RunStartedEvent::wallClock),
        required("version", &RunStartedEvent::version),
        orDefault("qt_version", &RunStartedEvent::qtVersion),
        orDefault("kernel", &RunStartedEvent::kernel),
        orDefault("machine", &RunStartedEvent::machine),
        required("pid", &RunStartedEvent::pid),
        orDefault("control_socket", &RunStartedEvent::controlSocket),
        required("suite", &RunStartedEvent::suite),
        orDefault("description", &RunStartedEvent::description),
        orDefault("environment", &RunStartedEvent::environment),
        orDefault("settings", &RunStartedEvent::settings),
        required("objectives", &RunStartedEvent::objectives),
        orDefault("warnings", &RunStartedEvent::warnings),
        required("services", &RunStartedEvent::services),
        required("scenarios", &RunStartedEvent::scenarios),
        required("planned_seconds", &RunStartedEvent::plannedSeconds),
        required("cpu_warning_percent", &RunStartedEvent::cpuWarningPercent),
        required("snapshot_seconds", &RunStartedEvent::snapshotSeconds),
        required("detailed_metrics", &RunStartedEvent::detailedMetrics),
        required("resource_snapshots", &RunStartedEvent::resourceSnapshots),
    };
};

template <> struct Description<PhaseEvent> {
    static constexpr const char *kind = "phase";
    static constexpr auto fields = std::tuple{
        required("phase", &PhaseEvent::phase),
        orDefault("scenario", &PhaseEvent::scenario),
        required("begins", &PhaseEvent::begins),
        orDefault("planned_seconds", &PhaseEvent::plannedSeconds),
    };
};

template <> struct Description<CycleEvent> {
    static constexpr const char *kind = "cycle";
    static constexpr auto fields = std::tuple{
        required("scenario", &CycleEvent::scenario),
        required("index", &CycleEvent::index),
        required("of", &CycleEvent::of),
        required("begins", &CycleEvent::begins),
    };
};

template <> struct Description<ScenarioFinishedEvent> {
    static constexpr const char *kind = "scenario_finished";
    static constexpr auto fields = std::tuple{
        required("scenario", &ScenarioFinishedEvent::scenario),
        required("end", &ScenarioFinishedEvent::end),
        orDefault("note", &ScenarioFinishedEvent::note),
        required("counts", &ScenarioFinishedEvent::counts),
        orDefault("metrics", &ScenarioFinishedEvent::metrics),
        orDefault("remarks", &ScenarioFinishedEvent::remarks),
    };
};

template <> struct Description<RunFinishedEvent> {
    static constexpr const char *kind = "run_finished";
    static constexpr auto fields = std::tuple{
        required("end", &RunFinishedEvent::end),
        orDefault("note", &RunFinishedEvent::note),
    };
};

} // namespace lowtide::codec
