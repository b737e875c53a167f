#include "model/eventcodec.h"

#include "model/eventfields_load.h"
#include "model/eventfields_run.h"
#include "model/eventfields_said.h"
#include "model/eventfields_target.h"
#include "model/eventreader.h"
#include "model/eventwriter.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <utility>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

using codec::Description;
using codec::Read;

QString tr(const char *text) { return QCoreApplication::translate("EventCodec", text); }

Unexpected<Error> malformed(const QString &kind, const codec::Fault &fault)
{
    const QString where = kind.isEmpty() ? fault.pointer : kind + u' ' + fault.pointer;
    return Unexpected(Error{ErrorCode::Malformed, fault.message, where, {}});
}

/// Calls `visit.operator()<Payload>()` for each alternative of RunEventPayload, in order, until one
/// returns true.
template <typename Visit> bool anyPayload(Visit &&visit)
{
    return [&visit]<std::size_t... index>(std::index_sequence<index...>)
    {
        return (visit.template operator()<std::variant_alternative_t<index, RunEventPayload>>()
                || ...);
    }
    (std::make_index_sequence<std::variant_size_v<RunEventPayload>>());
}

/// The payload of a known kind; nullopt for an unknown one.
Result<std::optional<RunEventPayload>, codec::Fault> readPayload(const QString &kind,
                                                                 const QJsonObject &object)
{
    std::optional<RunEventPayload> payload;
    Read result;
    anyPayload([&]<typename Payload>() {
        if (kind != QLatin1StringView(Description<Payload>::kind))
            return false;
        result = codec::read(object, payload.emplace().emplace<Payload>());
        return true;
    });
    if (!result)
        return Unexpected(result.error());
    return payload;
}

/// Version and kind; the kind is what makes later errors speak of it.
Result<QString, codec::Fault> readHead(const QJsonObject &object)
{
    qint64 version = 0;
    if (!codec::read(object.value("v"_L1), version) || version < 1)
        return Unexpected(codec::Fault{u"/v"_s, tr("The version of the event format is missing.")});
    if (version > eventFormatVersion) {
        return Unexpected(codec::Fault{
            u"/v"_s,
            tr("Version %1 of the event format was made by a newer Lowtide; this one reads up "
               "to version %2.")
                .arg(version)
                .arg(eventFormatVersion)});
    }
    QString kind;
    if (!codec::read(object.value("kind"_L1), kind))
        return Unexpected(codec::Fault{u"/kind"_s, tr("The kind of the event is missing.")});
    return kind;
}

} // namespace

QByteArray encodeEvent(const RunEvent &event)
{
    QByteArray out;
    out.reserve(512);
    out += '{';
    codec::appendKey(out, "v");
    codec::append(out, eventFormatVersion);
    codec::appendKey(out, "kind");
    codec::append(out, eventKind(event.payload));
    codec::appendKey(out, "t");
    codec::append(out, event.seconds);
    std::visit([&out](const auto &payload) { codec::appendMembers(out, payload); }, event.payload);
    out += '}';
    return out;
}

Result<std::optional<RunEvent>> decodeEvent(const QByteArray &line)
{
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(line, &problem);
    if (!document.isObject()) {
        const QString why =
            problem.error == QJsonParseError::NoError ? tr("no object") : problem.errorString();
        return malformed({}, {{}, tr("This line is not an event in JSON (%1).").arg(why)});
    }
    const QJsonObject object = document.object();
    const auto kind = readHead(object);
    if (!kind)
        return malformed({}, kind.error());

    auto payload = readPayload(*kind, object);
    if (!payload)
        return malformed(*kind, payload.error());
    if (!payload->has_value())
        return std::optional<RunEvent>();

    RunEvent event;
    if (!codec::read(object.value("t"_L1), event.seconds))
        return malformed(*kind, {u"/t"_s, tr("The time of the event is missing.")});
    event.payload = std::move(**payload);
    return std::optional(std::move(event));
}

QString eventKind(const RunEventPayload &payload)
{
    return std::visit(
        []<typename Payload>(const Payload &) {
            return QString::fromLatin1(Description<Payload>::kind);
        },
        payload);
}

QStringList eventKinds()
{
    QStringList kinds;
    anyPayload([&kinds]<typename Payload>() {
        kinds += QString::fromLatin1(Description<Payload>::kind);
        return false;
    });
    return kinds;
}

} // namespace lowtide
