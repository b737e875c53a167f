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
    /// The settings that start them. Those of services that the profile lacks are skipped by its
    /// reader, and so are those of services whose endpoint somebody named for this run.
    [[nodiscard]] QList<Assignment> assignments() const { return m_settings; }

private:
    QStringList m_names;
    QList<Assignment> m_settings;
};

} // namespace lowtide
