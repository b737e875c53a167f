#include "cli/command.h"
#include "cli/options.h"
#include "profile/bundledprofiles.h"
#include "profile/profilereference.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// Beside the profile, so that editors find it by the relative "$schema" in it.
const QString schemaFile = u"profile.schema.json"_s;

/// lowtide init: a commented profile to start from.
class InitCommand : public Command {
    Q_DECLARE_TR_FUNCTIONS(InitCommand)

public:
    [[nodiscard]] QString name() const override { return u"init"_s; }
    [[nodiscard]] QString summary() const override
    {
        return tr("Write a commented profile to start from");
    }
    [[nodiscard]] QStringList examples() const override
    {
        return {u"lowtide init"_s,
                u"lowtide init my-profile.json && lowtide run my-profile.json"_s};
    }
    void declare(CLI::App &app) override
    {
        addText(app, "FILE", "FILE", m_file,
                tr("The new profile (lowtide.json); - is stdout. Nothing is overwritten."));
    }
    [[nodiscard]] int execute(Console &console) override;

private:
    [[nodiscard]] static Result<void> writeNew(const QString &name, const QByteArray &text);
    [[nodiscard]] static Result<void> writeSchema(const QString &name);

    std::optional<QString> m_file;
};

Result<void> InitCommand::writeNew(const QString &name, const QByteArray &text)
{
    QFile file(name);
    if (file.exists()) {
        return Unexpected(Error{ErrorCode::BadInput, tr("is there already; nothing was written."),
                                name, tr("Name another file.")});
    }
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly) || file.write(text) != text.size()
        || !file.flush()) {
        return Unexpected(
            Error{ErrorCode::Io, tr("cannot be written: %1.").arg(file.errorString()), name, {}});
    }
    return {};
}

Result<void> InitCommand::writeSchema(const QString &name)
{
    // One of an earlier profile in the same folder serves this one too.
    return QFileInfo::exists(name) ? Result<void>() : writeNew(name, profileSchema());
}

int InitCommand::execute(Console &console)
{
    const QString name = m_file.value_or(u"lowtide.json"_s);
    const QByteArray text = starterProfile(schemaFile);
    Result<void> written;
    if (name == u"-"_s) {
        written = console.writeResult(text);
    } else {
        written = writeNew(name, text);
        if (written)
            written = writeSchema(QFileInfo(name).path() + u'/' + schemaFile);
    }
    if (!written) {
        console.report(written.error());
        return exitStatusOf({written.error()});
    }
    if (name != u"-"_s)
        console.say(tr("Wrote %1. Edit it, then: lowtide run %1").arg(name));
    return exitStatus(ExitCode::Passed);
}

const CommandRegistration registration(40, []() -> std::unique_ptr<Command> {
    return std::make_unique<InitCommand>();
});

} // namespace

} // namespace lowtide
