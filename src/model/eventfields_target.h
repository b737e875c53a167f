#pragma once

#include "model/eventdescribe.h"
#include "model/runevent.h"

namespace lowtide::codec {

template <> struct Description<ContainerEvent> {
    static constexpr const char *kind = "container";
    static constexpr auto fields = std::tuple{
        required("container", &ContainerEvent::container),
        orDefault("id", &ContainerEvent::id),
        orDefault("service", &ContainerEvent::service),
        required("state", &ContainerEvent::state),
        orDefault("health", &ContainerEvent::health),
        orDefault("cpu_percent", &ContainerEvent::cpuPercent),
        orDefault("cpu_limit_cores", &ContainerEvent::cpuLimitCores),
        orDefault("memory_bytes", &ContainerEvent::memoryBytes),
        orDefault("memory_limit_bytes", &ContainerEvent::memoryLimitBytes),
        orDefault("anonymous_bytes", &ContainerEvent::anonymousBytes),
        orDefault("file_bytes", &ContainerEvent::fileBytes),
        orDefault("throttled_periods", &ContainerEvent::throttledPeriods),
        orDefault("periods", &ContainerEvent::periods),
        orDefault("throttled_us", &ContainerEvent::throttledUs),
        orDefault("major_faults", &ContainerEvent::majorFaults),
        orDefault("oom_kills", &ContainerEvent::oomKills),
        orDefault("restarts", &ContainerEvent::restarts),
        orDefault("pids", &ContainerEvent::pids),
        orDefault("network_received_bytes", &ContainerEvent::networkReceivedBytes),
        orDefault("network_sent_bytes", &ContainerEvent::networkSentBytes),
        orDefault("disk_read_bytes", &ContainerEvent::diskReadBytes),
        orDefault("disk_written_bytes", &ContainerEvent::diskWrittenBytes),
        orDefault("cpu_pressure_us", &ContainerEvent::cpuPressureUs),
        orDefault("memory_pressure_us", &ContainerEvent::memoryPressureUs),
        orDefault("io_pressure_us", &ContainerEvent::ioPressureUs),
        orDefault("sources", &ContainerEvent::sources),
    };
};

template <> struct Description<ProcessEvent> {
    static constexpr const char *kind = "process";
    static constexpr auto fields = std::tuple{
        required("service", &ProcessEvent::service),
        required("pid", &ProcessEvent::pid),
        required("alive", &ProcessEvent::alive),
        orDefault("memory_bytes", &ProcessEvent::memoryBytes),
        orDefault("peak_memory_bytes", &ProcessEvent::peakMemoryBytes),
        orDefault("cpu_percent", &ProcessEvent::cpuPercent),
        orDefault("disk_read_bytes", &ProcessEvent::diskReadBytes),
        orDefault("disk_written_bytes", &ProcessEvent::diskWrittenBytes),
        orDefault("network_received_bytes", &ProcessEvent::networkReceivedBytes),
        orDefault("network_sent_bytes", &ProcessEvent::networkSentBytes),
        orDefault("cgroup_memory_bytes", &ProcessEvent::cgroupMemoryBytes),
        orDefault("memory_limit_bytes", &ProcessEvent::memoryLimitBytes),
        orDefault("ballast_bytes", &ProcessEvent::ballastBytes),
        orDefault("cpu_limit_cores", &ProcessEvent::cpuLimitCores),
        orDefault("throttled_periods", &ProcessEvent::throttledPeriods),
        orDefault("periods", &ProcessEvent::periods),
        orDefault("throttled_us", &ProcessEvent::throttledUs),
        orDefault("oom_kills", &ProcessEvent::oomKills),
    };
};

template <> struct Description<ProbeEvent> {
    static constexpr const char *kind = "probe";
    static constexpr auto fields = std::tuple{
        required("service", &ProbeEvent::service),
        required("check", &ProbeEvent::check),
        required("healthy", &ProbeEvent::healthy),
        required("response_ms", &ProbeEvent::responseMs),
        orDefault("detail", &ProbeEvent::detail),
        required("failures_in_a_row", &ProbeEvent::failuresInARow),
    };
};

template <> struct Description<ContainerEventEvent> {
    static constexpr const char *kind = "container_event";
    static constexpr auto fields = std::tuple{
        required("container", &ContainerEventEvent::container),
        orDefault("service", &ContainerEventEvent::service),
        required("what", &ContainerEventEvent::what),
        orDefault("detail", &ContainerEventEvent::detail),
    };
};

template <> struct Description<ContainerLogEvent> {
    static constexpr const char *kind = "container_log";
    static constexpr auto fields = std::tuple{
        required("container", &ContainerLogEvent::container),
        required("stream", &ContainerLogEvent::stream),
        required("text", &ContainerLogEvent::text),
    };
};

template <> struct Description<LimitEvent> {
    static constexpr const char *kind = "limit";
    static constexpr auto fields = std::tuple{
        required("target", &LimitEvent::target),  required("what", &LimitEvent::what),
        orDefault("before", &LimitEvent::before), orDefault("after", &LimitEvent::after),
        orDefault("why", &LimitEvent::why),
    };
};

} // namespace lowtide::codec
