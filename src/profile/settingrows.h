#pragma once

#include "model/loadshape.h"
#include "model/profile.h"
#include "profile/field.h"

namespace lowtide {

/// Rows of the sections that every profile has. Made anew at each call; keep the copy while its
/// values are in use.
[[nodiscard]] QList<Field> profileRows();
/// Rows of one entry under "services".
[[nodiscard]] QList<Field> serviceRows();
/// Rows that every entry under "scenarios" has, whatever its kind.
[[nodiscard]] QList<Field> scenarioRows();
/// Rows of one request and of one stage of a load shape.
[[nodiscard]] QList<Field> requestRows();
[[nodiscard]] QList<Field> stageRows();

/// Requests with names and content types filled in; stages with their beginnings.
[[nodiscard]] QList<RequestSpec> requestsOf(const FieldValue &value);
[[nodiscard]] QList<LoadStage> stagesOf(const FieldValue &value);

namespace settingpath {
// Rows that other rows, objectives or checks refer to.
inline constexpr QStringView users = u"test_parameters.concurrent_users";
inline constexpr QStringView rate = u"test_parameters.operations_per_second";
inline constexpr QStringView maxConcurrent = u"resource_constraints.max_concurrent_operations";
inline constexpr QStringView memoryLimit = u"resource_constraints.memory_limit_mb";
inline constexpr QStringView resourceMonitoring = u"monitoring.resource_monitoring";
inline constexpr QStringView defaultThresholds = u"monitoring.default_thresholds";
inline constexpr QStringView maxResponse =
    u"monitoring.performance_thresholds.max_response_time_ms";
inline constexpr QStringView maxErrorRate =
    u"monitoring.performance_thresholds.max_error_rate_percent";
inline constexpr QStringView maxGrowth = u"monitoring.performance_thresholds.max_memory_growth_mb";
inline constexpr QStringView maxCpu =
    u"monitoring.performance_thresholds.max_cpu_sustained_percent";
} // namespace settingpath

} // namespace lowtide
