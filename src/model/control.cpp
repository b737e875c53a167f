#include "model/control.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

using Kind = ControlCommand::Kind;
constexpr double largestRate = 1e6;

constexpr std::array<std::pair<Kind, QLatin1StringView>, 7> names = {{
    {Kind::Stop, "stop"_L1},
    {Kind::StopNow, "stop_now"_L1},
    {Kind::Pause, "pause"_L1},
    {Kind::Resume, "resume"_L1},
    {Kind::SetRate, "rate"_L1},
    {Kind::Status, "status"_L1},
    {Kind::OnDisconnect, "on_disconnect"_L1},
}};

Error badCommand(const QString &message)
{
    return {.code = ErrorCode::BadInput, .message = message};
}

QString tr(const char *text) { return QCoreApplication::translate("Control", text); }

std::optional<qint64> idOf(const QJsonObject &object)
{
    const QJsonValue id = object.value(u"id");
    return id.isDouble() ? std::optional(id.toInteger()) : std::nullopt;
}

Result<QJsonObject> objectOf(const QByteArray &line)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(line, &error);
    if (!document.isObject()) {
        return Unexpected(
            badCommand(tr("a control line is one JSON object: %1.")
                           .arg(error.error == QJsonParseError::NoError ? tr("this is none")
                                                                        : error.errorString())));
    }
    return document.object();
}

QByteArray lineOf(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

} // namespace

QByteArray encodeCommand(const ControlCommand &command)
{
    QJsonObject object;
    if (command.id)
        object.insert(u"id", *command.id);
    const auto name = std::find_if(names.begin(), names.end(), [&command](const auto &candidate) {
        return candidate.first == command.kind;
    });
    object.insert(u"command", QString(name->second));
    if (command.kind == Kind::SetRate)
        object.insert(u"per_second", command.perSecond);
    if (command.kind == Kind::OnDisconnect)
        object.insert(u"action", command.stopOnDisconnect ? u"stop"_s : u"nothing"_s);
    return lineOf(object);
}

Result<ControlCommand> decodeCommand(const QByteArray &line)
{
    const Result<QJsonObject> object = objectOf(line);
    if (!object)
        return Unexpected(object.error());
    ControlCommand command{.id = idOf(*object)};
    const QString text = object->value(u"command").toString();
    const auto name = std::find_if(names.begin(), names.end(), [&text](const auto &candidate) {
        return text == candidate.second;
    });
    if (name == names.end()) {
        return Unexpected(
            badCommand(tr("'%1' is no command; known are stop, stop_now, pause, resume, "
                          "rate, status, on_disconnect.")
                           .arg(text)));
    }
    command.kind = name->first;
    if (command.kind == Kind::SetRate) {
        const QJsonValue rate = object->value(u"per_second");
        command.perSecond = rate.toDouble(-1.0);
        if (command.perSecond < 0.0 || command.perSecond > largestRate)
            return Unexpected(badCommand(tr("'per_second' must be a number from 0 to 1000000.")));
    }
    if (command.kind == Kind::OnDisconnect) {
        const QString action = object->value(u"action").toString();
        if (action != u"stop" && action != u"nothing")
            return Unexpected(badCommand(tr("'action' must be \"stop\" or \"nothing\".")));
        command.stopOnDisconnect = action == u"stop";
    }
    return command;
}

QByteArray encodeAnswer(const ControlAnswer &answer)
{
    QJsonObject object;
    if (answer.id)
        object.insert(u"id", *answer.id);
    object.insert(u"ok", answer.isOk);
    if (!answer.error.isEmpty())
        object.insert(u"error", answer.error);
    if (!answer.state.isEmpty())
        object.insert(u"state", answer.state);
    return lineOf(object);
}

Result<ControlAnswer> decodeAnswer(const QByteArray &line)
{
    const Result<QJsonObject> object = objectOf(line);
    if (!object)
        return Unexpected(object.error());
    return ControlAnswer{.id = idOf(*object),
                         .isOk = object->value(u"ok").toBool(),
                         .error = object->value(u"error").toString(),
                         .state = object->value(u"state").toString()};
}

} // namespace lowtide
