#pragma once

#include "base/result.h"
#include "profile/profilereader.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace lowtide {

/// The stand-in services of the demo, as settings of the services of a profile: which services
/// there are and how they are started stands in resources/demo/services.json.
class DemoServices {
public:
    /// `faults`: "SERVICE:key=value" each, handed to that service. All problems at once.
    [[nodiscard]] static Result<DemoServices, Errors> plan(const QStringList &faults);

    [[nodiscard]] QStringList names() const { return m_names; }
    /// Settings of all services but `except`.
    [[nodiscard]] QList<Assignment> assignments(const QStringList &except = {}) const;

private:
    struct Setting {
        QString service;
        Assignment assignment;
    };
    QStringList m_names;
    QList<Setting> m_settings;
};

} // namespace lowtide
