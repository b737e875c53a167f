#pragma once

#include "base/result.h"
#include "model/profile.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>

namespace lowtide {

/// One setting given as text: by a flag, or by the run itself for its demo services.
struct Assignment {
    QString path; ///< "test_parameters.concurrent_users"; the seed's spelling is understood too.
    QString value; ///< As typed: "30s", "10k", true, or JSON for lists.
    QString origin; ///< How people know it: "-c", "--set test_parameters.concurrent_users=5".
};

/// Everything a profile is read from. Highest precedence first: flags, environment, demo, file,
/// default.
struct ProfileInput {
    QString fileName; ///< For messages only; nothing is opened.
    QByteArray text; ///< JSON with comments.
    QHash<QString, QString> environment; ///< The process's; only names that we know are used.
    QList<Assignment> flags;
    QList<Assignment> demo; ///< For services; those the profile does not have are skipped.
};

/// Reads and checks a profile in either spelling. The error side holds every problem, not the first
/// alone; each names its place (JSON pointer with line and column, variable, flag).
[[nodiscard]] Result<EffectiveProfile, Errors> readProfile(const ProfileInput &input);

/// One line a value: path, value, where it came from. Redacted.
[[nodiscard]] QString effectiveText(const EffectiveProfile &profile);

} // namespace lowtide
