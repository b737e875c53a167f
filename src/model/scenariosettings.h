#pragma once

#include <memory>

namespace lowtide {

/// What one kind of scenario needs beyond the common fields of ScenarioPlan. Each kind derives a
/// struct of values in model/scenarios/<name>.h; immutable once the profile is read.
class ScenarioSettings {
public:
    ScenarioSettings() = default;
    virtual ~ScenarioSettings() = default;
    [[nodiscard]] virtual std::unique_ptr<ScenarioSettings> clone() const = 0;

protected:
    ScenarioSettings(const ScenarioSettings &) = default;
    ScenarioSettings &operator=(const ScenarioSettings &) = default;
};

/// Gives a settings struct its clone().
template <typename Derived> class ScenarioSettingsOf : public ScenarioSettings {
public:
    [[nodiscard]] std::unique_ptr<ScenarioSettings> clone() const override
    {
        return std::make_unique<Derived>(static_cast<const Derived &>(*this));
    }
};

} // namespace lowtide
