#pragma once

#include "model/eventdescribe.h"
#include "model/runevent.h"

#include <array>

namespace lowtide::codec {

/// Finds the enumerator whose id is `id` among those that count from 0 to `last`.
template <typename Enum, typename ToId>
std::optional<Enum> enumFromId(const QString &id, Enum last, ToId toId)
{
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        if (toId(static_cast<Enum>(i)) == id)
            return static_cast<Enum>(i);
    }
    return std::nullopt;
}

template <> struct EnumIds<Verdict> {
    static QString id(Verdict verdict) { return verdictId(verdict); }
    static std::optional<Verdict> fromId(const QString &id) { return verdictFromId(id); }
};

template <> struct EnumIds<ValueSource> {
    static QString id(ValueSource source) { return valueSourceId(source); }
    static std::optional<ValueSource> fromId(const QString &text)
    {
        return enumFromId(text, ValueSource::Demo, valueSourceId);
    }
};

template <> struct EnumIds<Comparison> {
    static QString id(Comparison comparison)
    {
        static const std::array ids = {QStringLiteral("<"), QStringLiteral("<="),
                                       QStringLiteral(">=")};
        return ids.at(static_cast<std::size_t>(comparison));
    }
    static std::optional<Comparison> fromId(const QString &text)
    {
        return enumFromId(text, Comparison::AtLeast, id);
    }
};

template <> struct Description<EffectiveValue> {
    static constexpr auto fields = std::tuple{
        required("path", &EffectiveValue::path),
        required("value", &EffectiveValue::value),
        required("source", &EffectiveValue::source),
        orDefault("origin", &EffectiveValue::origin),
    };
};

template <> struct Description<Objective> {
    static constexpr auto fields = std::tuple{
        required("id", &Objective::id),
        required("metric", &Objective::metric),
        orDefault("scope", &Objective::scope),
        orDefault("percentile", &Objective::percentile),
        required("comparison", &Objective::comparison),
        required("limit", &Objective::limit),
        required("unit", &Objective::unit),
        orDefault("decides", &Objective::decides),
    };
};

template <> struct Description<RunStartedEvent::Service> {
    using Service = RunStartedEvent::Service;
    static constexpr auto fields = std::tuple{
        required("name", &Service::name),
        orDefault("url", &Service::url),
        orDefault("websocket_url", &Service::websocketUrl),
        orDefault("container", &Service::container),
        orDefault("memory_limit_bytes", &Service::memoryLimitBytes),
        orDefault("cpu_limit_cores", &Service::cpuLimitCores),
        required("limits", &Service::limits),
        orDefault("limits_note", &Service::limitsNote),
        orDefault("started_by_run", &Service::startedByRun),
    };
};

template <> struct Description<RunStartedEvent::Scenario> {
    using Scenario = RunStartedEvent::Scenario;
    static constexpr auto fields = std::tuple{
        required("name", &Scenario::name),
        required("type", &Scenario::type),
        orDefault("description", &Scenario::description),
        orDefault("service", &Scenario::service),
        required("planned_seconds", &Scenario::plannedSeconds),
        orDefault("load_model", &Scenario::loadModel),
        orDefault("users", &Scenario::users),
        orDefault("queue_bound", &Scenario::queueBound),
    };
};

} // namespace lowtide::codec
