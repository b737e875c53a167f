#pragma once

#include "model/eventdescribe.h"
#include "model/eventfields_start.h"
#include "model/runevent.h"

namespace lowtide::codec {

template <> struct Description<AlertEvent> {
    static constexpr const char *kind = "alert";
    static constexpr auto fields = std::tuple{
        required("id", &AlertEvent::id),         orDefault("scope", &AlertEvent::scope),
        required("raised", &AlertEvent::raised), required("measured", &AlertEvent::measured),
        required("limit", &AlertEvent::limit),   required("unit", &AlertEvent::unit),
        required("text", &AlertEvent::text),
    };
};

template <> struct Description<ActionEvent> {
    static constexpr const char *kind = "action";
    static constexpr auto fields = std::tuple{
        required("id", &ActionEvent::id),
        orDefault("scope", &ActionEvent::scope),
        orDefault("detail", &ActionEvent::detail),
        orDefault("value", &ActionEvent::value),
    };
};

template <> struct Description<LogEvent> {
    static constexpr const char *kind = "log";
    static constexpr auto fields = std::tuple{
        required("level", &LogEvent::level),
        orDefault("category", &LogEvent::category),
        required("text", &LogEvent::text),
    };
};

template <> struct Description<SearchEvent> {
    static constexpr const char *kind = "search";
    static constexpr auto fields = std::tuple{
        required("target", &SearchEvent::target),
        required("what", &SearchEvent::what),
        required("tried", &SearchEvent::tried),
        required("unit", &SearchEvent::unit),
        orDefault("verdict", &SearchEvent::verdict),
        orDefault("smallest_passed", &SearchEvent::smallestPassed),
        orDefault("largest_failed", &SearchEvent::largestFailed),
    };
};

} // namespace lowtide::codec
