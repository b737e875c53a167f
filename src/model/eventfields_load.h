#pragma once

#include "model/eventdescribe.h"
#include "model/runevent.h"

namespace lowtide::codec {

template <> struct Description<OperationCounts> {
    static constexpr auto fields = std::tuple{
        required("planned", &OperationCounts::planned),
        required("sent", &OperationCounts::sent),
        required("ok", &OperationCounts::ok),
        required("failed", &OperationCounts::failed),
        required("timed_out", &OperationCounts::timedOut),
        required("dropped", &OperationCounts::dropped),
        required("cancelled", &OperationCounts::cancelled),
        required("in_flight", &OperationCounts::inFlight),
    };
};

template <> struct Description<LatencyFigures> {
    static constexpr auto fields = std::tuple{
        required("count", &LatencyFigures::count),     orDefault("p50_ms", &LatencyFigures::p50Ms),
        orDefault("p90_ms", &LatencyFigures::p90Ms),   orDefault("p95_ms", &LatencyFigures::p95Ms),
        orDefault("p99_ms", &LatencyFigures::p99Ms),   orDefault("max_ms", &LatencyFigures::maxMs),
        orDefault("mean_ms", &LatencyFigures::meanMs),
    };
};

template <> struct Description<IntervalEvent> {
    static constexpr const char *kind = "interval";
    static constexpr auto fields = std::tuple{
        required("scenario", &IntervalEvent::scenario),
        required("phase", &IntervalEvent::phase),
        required("interval_seconds", &IntervalEvent::intervalSeconds),
        required("counts", &IntervalEvent::counts),
        required("waiting", &IntervalEvent::waiting),
        orDefault("failed_by_kind", &IntervalEvent::failedByKind),
        orDefault("failed_by_status", &IntervalEvent::failedByStatus),
        required("response_time", &IntervalEvent::responseTime),
        required("service_time", &IntervalEvent::serviceTime),
        orDefault("counters", &IntervalEvent::counters),
    };
};

template <> struct Description<HistogramEvent> {
    static constexpr const char *kind = "histogram";
    static constexpr auto fields = std::tuple{
        required("scenario", &HistogramEvent::scenario),
        required("phase", &HistogramEvent::phase),
        orDefault("request", &HistogramEvent::request),
        required("series", &HistogramEvent::series),
        required("interval_seconds", &HistogramEvent::intervalSeconds),
        required("data", &HistogramEvent::data),
    };
};

template <> struct Description<GeneratorEvent> {
    static constexpr const char *kind = "generator";
    static constexpr auto fields = std::tuple{
        required("cpu_percent", &GeneratorEvent::cpuPercent),
        required("memory_bytes", &GeneratorEvent::memoryBytes),
        required("peak_memory_bytes", &GeneratorEvent::peakMemoryBytes),
        required("lateness", &GeneratorEvent::lateness),
        required("descriptors", &GeneratorEvent::descriptors),
    };
};

template <> struct Description<GapEvent> {
    static constexpr const char *kind = "gap";
    static constexpr auto fields = std::tuple{
        required("lost_events", &GapEvent::lostEvents),
        required("from_seconds", &GapEvent::fromSeconds),
        required("to_seconds", &GapEvent::toSeconds),
    };
};

} // namespace lowtide::codec
