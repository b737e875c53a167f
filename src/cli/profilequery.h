#pragma once

#include "base/result.h"
#include "cli/demoservices.h"
#include "profile/bundledprofiles.h"
#include "profile/profilereader.h"

#include <QHash>
#include <QString>
#include <QStringList>

#include <optional>

namespace CLI {
class App;
}

namespace lowtide {

/// What the command line says about the profile: where it is, or a URL instead of one, and the
/// settings that stand above it. Reads files, standard input and the environment.
class ProfileQuery {
public:
    /// PROFILE and --set.
    void declareProfile(CLI::App &app);
    /// --target with its request, -c -q -z -n, --allow-target.
    void declareLoad(CLI::App &app);
    /// --demo and --demo-fault.
    void declareDemo(CLI::App &app);

    void setProfile(const QString &nameOrFile) { m_profile = nameOrFile; }
    void setDemo() { m_isDemo = true; }
    [[nodiscard]] bool isDemo() const { return m_isDemo; }
    [[nodiscard]] bool readsStandardInput() const { return m_profile == QStringLiteral("-"); }
    /// True when neither a profile nor a URL was named.
    [[nodiscard]] bool isEmpty() const { return !m_profile && !m_target; }
    /// As a message names it: the file, the bundled profile, or the URL.
    [[nodiscard]] QString subject() const;

    /// `commands`: what a mistyped PROFILE may have been meant to be. `more`: settings that the
    /// command has flags of its own for.
    [[nodiscard]] Result<EffectiveProfile, Errors> read(const QHash<QString, QString> &environment,
                                                        const QStringList &commands,
                                                        const QList<Assignment> &more = {}) const;

private:
    struct Text {
        QString name;
        QByteArray text;
    };
    [[nodiscard]] Result<Text> text(const QStringList &commands) const;
    [[nodiscard]] Result<Text> fileText(const QStringList &commands) const;
    [[nodiscard]] Result<Text> adHocText() const;
    [[nodiscard]] Errors contradictions() const;
    [[nodiscard]] Result<QList<Assignment>, Errors> flags() const;
    [[nodiscard]] Result<EffectiveProfile, Errors>
    withDemo(ProfileInput input, const EffectiveProfile &plain, const DemoServices &demo) const;

    std::optional<QString> m_profile, m_target;
    QStringList m_settings;
    std::optional<QString> m_users, m_rate, m_duration, m_operations, m_method, m_body;
    QStringList m_headers, m_allowedTargets;
    bool m_isDemo = false;
    QStringList m_faults;
};

/// The environment of this process.
[[nodiscard]] QHash<QString, QString> processEnvironment();

} // namespace lowtide
