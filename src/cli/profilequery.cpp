#include "cli/profilequery.h"

#include "cli/options.h"
#include "profile/nearestname.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcessEnvironment>
#include <QUrl>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// No profile of sense is larger; a device or a wrong file may be without end.
constexpr qint64 profileBytesAtMost = 16'777'216;

const QString targetFlag = u"--target"_s;

QString tr(const char *text) { return QCoreApplication::translate("ProfileQuery", text); }

Error badInput(const QString &where, const QString &message, const QString &hint = {})
{
    return Error{ErrorCode::BadInput, message, where, hint};
}

Result<QByteArray> readWhole(QFile &file, const QString &name)
{
    const QByteArray text = file.read(profileBytesAtMost + 1);
    if (file.error() != QFileDevice::NoError)
        return Unexpected(badInput(name, tr("cannot be read: %1.").arg(file.errorString())));
    if (text.size() > profileBytesAtMost)
        return Unexpected(badInput(name, tr("is larger than any profile (16 MB).")));
    return text;
}

Result<QByteArray> readFile(const QString &name)
{
    if (QFileInfo(name).isDir())
        return Unexpected(badInput(name, tr("is a directory, not a profile.")));
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return Unexpected(badInput(name, tr("cannot be read: %1.").arg(file.errorString())));
    return readWhole(file, name);
}

Result<QByteArray> readStandardInput()
{
    QFile file;
    const QString name = tr("standard input");
    if (!file.open(0, QIODevice::ReadOnly))
        return Unexpected(badInput(name, tr("cannot be read: %1.").arg(file.errorString())));
    return readWhole(file, name);
}

/// Which flag a setting of the profile that --target makes was typed as.
struct TypedAs {
    QLatin1StringView pointerEnd;
    QLatin1StringView flag;
};
constexpr TypedAs typedAs[] = {{"/rate"_L1, "-q"_L1},
                               {"/messages_per_second"_L1, "-q"_L1},
                               {"/users"_L1, "-c"_L1},
                               {"/max_connections"_L1, "-c"_L1},
                               {"/test_duration_seconds"_L1, "-z"_L1},
                               {"/duration_seconds"_L1, "-z"_L1},
                               {"/operations"_L1, "-n"_L1},
                               {"/method"_L1, "-m"_L1},
                               {"/body"_L1, "-d"_L1}};

/// The user wrote flags and no profile, so a place in its text tells nothing.
Error atFlag(Error error)
{
    if (!error.where.startsWith(targetFlag + u':'))
        return error;
    const QString pointer = std::exchange(error.where, targetFlag);
    if (pointer.contains(u"/headers"_s))
        error.where = u"-H"_s;
    for (const TypedAs &row : typedAs) {
        if (pointer.endsWith(row.pointerEnd))
            error.where = row.flag;
    }
    return error;
}

/// What is no URL at all is told once, not by everything that lacks it.
bool isLoadable(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    const QStringList schemes{u"http"_s, u"https"_s, u"ws"_s, u"wss"_s};
    return url.isValid() && schemes.contains(url.scheme()) && !url.host().isEmpty();
}

} // namespace

QHash<QString, QString> processEnvironment()
{
    const QProcessEnvironment system = QProcessEnvironment::systemEnvironment();
    QHash<QString, QString> environment;
    for (const QString &name : system.keys())
        environment.insert(name, system.value(name));
    return environment;
}

void ProfileQuery::declareProfile(CLI::App &app)
{
    addText(app, "PROFILE", "PROFILE", m_profile,
            tr("A profile's file, a bundled profile's name, or - for standard input"));
    addTexts(app, "--set", "KEY.PATH=VALUE", m_settings,
             tr("Set any setting of the profile; may be repeated"));
}

void ProfileQuery::declareLoad(CLI::App &app)
{
    addText(app, "--target", "URL", m_target,
            tr("Load this URL instead of a profile (http, https, ws, wss)"));
    addText(app, "-c,--users", "N", m_users, tr("Concurrent users: operations in flight at most"));
    addText(app, "-q,--rate", "N", m_rate, tr("Operations a second, overall"));
    addText(app, "-z,--duration", "TIME", m_duration,
            tr("Length of the stress: 500ms, 30s, 1h30m"));
    addText(app, "-n,--operations", "N", m_operations,
            tr("With --target: end after so many operations"));
    addText(app, "-m,--method", "METHOD", m_method, tr("With --target: request method (GET)"));
    addTexts(app, "-H,--header", "NAME: VALUE", m_headers,
             tr("With --target: header of each request; may be repeated"));
    addText(app, "-d,--data", "BODY", m_body,
            tr("With --target: body of each request; @FILE reads it from a file"));
    addTexts(app, "--allow-target", "HOST", m_allowedTargets,
             tr("Allow load on a host beyond loopback and private addresses; may be repeated"));
}

void ProfileQuery::declareDemo(CLI::App &app)
{
    addFlag(app, "--demo", m_isDemo, tr("Start the demo services and stress those"));
    addTexts(app, "--demo-fault", "SERVICE:KEY=VALUE", m_faults,
             tr("Make a demo service misbehave (lowtide-demo --help); may be repeated"));
}

QString ProfileQuery::subject() const
{
    if (m_target)
        return *m_target;
    return readsStandardInput() ? tr("standard input") : m_profile.value_or(QString());
}

Errors ProfileQuery::contradictions() const
{
    Errors errors;
    if (m_profile && m_target)
        errors.append(badInput(u"--target"_s, tr("excludes a PROFILE (%1).").arg(*m_profile)));
    if (m_target && m_isDemo)
        errors.append(badInput(u"--demo"_s, tr("excludes --target.")));
    if (!m_faults.isEmpty() && !m_isDemo)
        errors.append(badInput(u"--demo-fault"_s, tr("needs --demo.")));
    if (m_target) {
        if (!isLoadable(*m_target)) {
            errors.append(badInput(u"--target %1"_s.arg(*m_target), tr("is not a URL to load."),
                                   tr("It looks like http://host:port/path (or https, ws, wss).")));
        }
        return errors;
    }
    const std::pair<const char *, bool> needTarget[] = {{"-n", m_operations.has_value()},
                                                        {"-m", m_method.has_value()},
                                                        {"-H", !m_headers.isEmpty()},
                                                        {"-d", m_body.has_value()}};
    for (const auto &[flag, isGiven] : needTarget) {
        if (isGiven) {
            errors.append(badInput(QString::fromLatin1(flag), tr("needs --target."),
                                   tr("A profile says it in its requests.")));
        }
    }
    return errors;
}

Result<ProfileQuery::Text> ProfileQuery::fileText(const QStringList &commands) const
{
    const QString name = m_profile.value_or(QString());
    if (name == u"-"_s) {
        const Result<QByteArray> text = readStandardInput();
        return text ? Result<Text>(Text{tr("standard input"), *text}) : Unexpected(text.error());
    }
    if (QFileInfo::exists(name)) {
        const Result<QByteArray> text = readFile(name);
        return text ? Result<Text>(Text{name, *text}) : Unexpected(text.error());
    }
    const QStringList bundled = bundledProfileNames();
    if (bundled.contains(name)) {
        const Result<QByteArray> text = bundledProfile(name);
        return text ? Result<Text>(Text{name, *text}) : Unexpected(text.error());
    }
    if (name.contains(u"://"_s)) {
        return Unexpected(badInput(name, tr("is a URL, not a profile."),
                                   tr("Write lowtide run --target %1.").arg(name)));
    }
    const auto nearest = nearestName(name, commands + bundled);
    return Unexpected(badInput(name, tr("is neither a file, nor a bundled profile, nor a command."),
                               nearest ? tr("Did you mean %1?").arg(*nearest)
                                       : tr("Bundled are %1.").arg(bundled.join(u", "_s))));
}

Result<ProfileQuery::Text> ProfileQuery::adHocText() const
{
    Result<QByteArray> body = m_body.value_or(QString()).toUtf8();
    if (body->startsWith('@'))
        body = readFile(m_body->mid(1));
    if (!body)
        return Unexpected(body.error());
    AdHoc adHoc{.url = *m_target, .method = m_method.value_or(m_body ? u"POST"_s : u"GET"_s)};
    for (const QString &header : m_headers) {
        const qsizetype colon = header.indexOf(u':');
        adHoc.headers.append({header.left(colon).trimmed(), header.mid(colon + 1).trimmed()});
    }
    adHoc.body = *body;
    adHoc.users = m_users;
    adHoc.rate = m_rate;
    adHoc.duration = m_duration;
    adHoc.operations = m_operations;
    return Text{targetFlag, adHocProfile(adHoc)};
}

Result<ProfileQuery::Text> ProfileQuery::text(const QStringList &commands) const
{
    if (!m_target)
        return fileText(commands);
    return adHocText();
}

Result<QList<Assignment>, Errors> ProfileQuery::flags() const
{
    QList<Assignment> flags;
    if (!m_target) {
        const auto add = [&flags](const std::optional<QString> &value, const QString &path,
                                  const QString &flag) {
            if (value)
                flags.append(Assignment{path, *value, flag});
        };
        add(m_users, u"test_parameters.concurrent_users"_s, u"-c"_s);
        add(m_rate, u"test_parameters.operations_per_second"_s, u"-q"_s);
        add(m_duration, u"test_parameters.test_duration_seconds"_s, u"-z"_s);
    }
    Errors errors;
    for (const QString &setting : m_settings) {
        const qsizetype equals = setting.indexOf(u'=');
        const QString where = u"--set %1"_s.arg(setting);
        if (equals < 1) {
            errors.append(badInput(where, tr("is not of the form KEY.PATH=VALUE."),
                                   tr("For example test_parameters.concurrent_users=5.")));
        } else {
            flags.append(Assignment{setting.left(equals), setting.mid(equals + 1), where});
        }
    }
    for (const QString &header : m_headers) {
        if (header.indexOf(u':') < 1)
            errors.append(badInput(u"-H %1"_s.arg(header), tr("is not of the form NAME: VALUE.")));
    }
    if (!errors.isEmpty())
        return Unexpected(errors);
    return flags;
}

Result<EffectiveProfile, Errors> ProfileQuery::withDemo(ProfileInput input,
                                                        const EffectiveProfile &plain,
                                                        const DemoServices &demo) const
{
    const QStringList names = demo.names();
    const bool isUsed = std::any_of(names.cbegin(), names.cend(), [&plain](const QString &name) {
        return plain.profile.service(name) != nullptr;
    });
    if (!isUsed) {
        return Unexpected(Errors{badInput(
            u"--demo"_s, tr("%1 has no service that the demo stands in for.").arg(subject()),
            tr("It stands in for %1.").arg(names.join(u", "_s)))});
    }
    input.demo = demo.assignments();
    return readProfile(input);
}

Result<EffectiveProfile, Errors> ProfileQuery::read(const QHash<QString, QString> &environment,
                                                    const QStringList &commands,
                                                    const QList<Assignment> &more) const
{
    Errors errors = contradictions();
    const auto settings = flags();
    if (!settings)
        errors.append(settings.error());
    if (!errors.isEmpty())
        return Unexpected(errors);
    const Result<Text> source = text(commands);
    if (!source)
        return Unexpected(Errors{source.error()});
    ProfileInput input{.fileName = source->name,
                       .text = source->text,
                       .environment = environment,
                       .flags = *settings + more,
                       .demo = {}};
    auto plain = readProfile(input);
    if (!plain) {
        Errors found = plain.error();
        std::transform(found.cbegin(), found.cend(), found.begin(), atFlag);
        return Unexpected(found);
    }
    if (!m_allowedTargets.isEmpty()) {
        const QStringList hosts = plain->profile.allowedTargets + m_allowedTargets;
        const QByteArray list =
            QJsonDocument(QJsonArray::fromStringList(hosts)).toJson(QJsonDocument::Compact);
        input.flags.append(
            Assignment{u"allowed_targets"_s, QString::fromUtf8(list), u"--allow-target"_s});
        plain = readProfile(input);
    }
    if (!plain || !m_isDemo)
        return plain;
    const auto demo = DemoServices::plan(m_faults);
    if (!demo)
        return Unexpected(demo.error());
    return withDemo(input, *plain, *demo);
}

} // namespace lowtide
