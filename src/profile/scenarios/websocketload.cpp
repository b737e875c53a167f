// Rows of scenario "websocket_load".
#include "model/scenarios/websocketload.h"

#include "profile/scenariokind.h"

using namespace Qt::StringLiterals;

#define TEXT(text) QT_TRANSLATE_NOOP("lowtide::Settings", text)

namespace lowtide {

namespace {

using enum FieldType;
using Settings = WebSocketLoadSettings;

QList<Field> rows()
{
    return {
        field(Integer, u"max_connections"_s, Unit::None, TEXT("Connections"),
              TEXT("Opened once and kept for the whole scenario."))
            .range(1, 20000)
            .byDefault("2")
            .into(&Settings::connections),
        field(Size, u"message_size_bytes"_s, Unit::ByteCount, TEXT("Message size"),
              TEXT("Of each message; its echo has the same size."))
            .range(32, 1048576)
            .byDefault("512")
            .into(&Settings::messageSizeBytes),
        field(Number, u"messages_per_second"_s, Unit::PerSecond, TEXT("Message rate"),
              TEXT("Over all connections together."))
            .range(0.001, 100000)
            .byDefault("5")
            .into(&Settings::messageRate),
        field(Duration, u"message_timeout"_s, Unit::Seconds, TEXT("Message timeout"),
              TEXT("How long an echo may take."))
            .range(0.001, 3600)
            .byDefault("10")
            .into(&Settings::messageTimeout),
        field(Duration, u"ping_interval"_s, Unit::Seconds, TEXT("Ping interval"),
              TEXT("How often each connection is pinged."))
            .range(0.1, 3600)
            .byDefault("5")
            .into(&Settings::pingInterval),
        field(Boolean, u"overflow"_s, Unit::None, TEXT("Queue overflow"),
              TEXT("Ends with a burst and with a slow reader, which make the service's queue "
                   "overflow."))
            .byDefault("true")
            .into(&Settings::overflow),
        field(Integer, u"burst_messages"_s, Unit::None, TEXT("Burst"),
              TEXT("Messages that are asked for at once in the burst."))
            .range(1, 100000)
            .byDefault("200")
            .into(&Settings::burstMessages),
        field(Duration, u"slow_read_pause"_s, Unit::Seconds, TEXT("Slow reader's pause"),
              TEXT("How long the slow reader reads nothing."))
            .range(0, 60)
            .byDefault("3")
            .into(&Settings::slowReadPause),
    };
}

const bool registered = registerScenarioTable({
    .type = u"websocket_load"_s,
    .title = TEXT("WebSocket load"),
    .help = TEXT("Connections that are kept, messages with an echo, pings, and the overflow of the "
                 "service's queue."),
    .lengthShare = 30,
    .endpoint = ScenarioTable::Endpoint::WebSocket,
    .defaultMaxErrorRate = "15",
    .rows = rows(),
    .make = [] { return std::make_shared<Settings>(); },
});

} // namespace

} // namespace lowtide
