#include "demo/faultsettings.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <cmath>
#include <variant>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

using Member =
    std::variant<double FaultSettings::*, qint64 FaultSettings::*, bool FaultSettings::*>;

struct Row {
    QLatin1StringView key;
    Member member;
    double least = 0.0;
    double most = 0.0;
};

constexpr double day = 86400.0;

const Row rows[] = {
    {"latency_ms"_L1, &FaultSettings::latencyMs, 0, 600000},
    {"error_percent"_L1, &FaultSettings::errorPercent, 0, 100},
    {"error_status"_L1, &FaultSettings::errorStatus, 400, 599},
    {"stall_seconds"_L1, &FaultSettings::stallSeconds, 0, day},
    {"stall_after_seconds"_L1, &FaultSettings::stallAfterSeconds, 0, day},
    {"leak_mb_per_minute"_L1, &FaultSettings::leakMbPerMinute, 0, 60000},
    {"cpu_ms_per_request"_L1, &FaultSettings::cpuMsPerRequest, 0, 60000},
    {"crash_after"_L1, &FaultSettings::crashAfter, 0, 1e12},
    {"refuse"_L1, &FaultSettings::refuse},
    {"refuse_seconds"_L1, &FaultSettings::refuseSeconds, 0, day},
    {"slow_recovery_seconds"_L1, &FaultSettings::slowRecoverySeconds, 0, day},
    {"working_set_mb"_L1, &FaultSettings::workingSetMb, 0, 1e6},
    {"fault_health"_L1, &FaultSettings::faultHealth},
};

QString tr(const char *text) { return QCoreApplication::translate("FaultSettings", text); }

Error unknownKey(const QString &key)
{
    QStringList known;
    for (const Row &row : rows)
        known.append(row.key);
    return {ErrorCode::BadInput, tr("This fault is not known."), key,
            tr("Known are: %1.").arg(known.join(u", "_s))};
}

Error badValue(const Row &row)
{
    const bool isFlag = std::holds_alternative<bool FaultSettings::*>(row.member);
    const bool isWhole = std::holds_alternative<qint64 FaultSettings::*>(row.member);
    const QString allowed = isFlag ? tr("The value must be true or false.")
        : isWhole                  ? tr("The value must be a whole number from %1 to %2.")
                                   : tr("The value must be a number from %1 to %2.");
    return {ErrorCode::BadInput,
            isFlag ? allowed : allowed.arg(row.least, 0, 'f', 0).arg(row.most, 0, 'f', 0),
            row.key,
            {}};
}

/// False when the value does not fit the row.
bool assign(FaultSettings &settings, const Row &row, const QJsonValue &value)
{
    if (const auto *flag = std::get_if<bool FaultSettings::*>(&row.member)) {
        settings.*(*flag) = value.toBool();
        return value.isBool();
    }
    const double number = value.toDouble();
    if (!value.isDouble() || number < row.least || number > row.most)
        return false;
    if (const auto *real = std::get_if<double FaultSettings::*>(&row.member)) {
        settings.*(*real) = number;
        return true;
    }
    settings.*std::get<qint64 FaultSettings::*>(row.member) = qint64(number);
    return number == std::floor(number);
}

} // namespace

QJsonObject FaultSettings::toJson() const
{
    QJsonObject object;
    for (const Row &row : rows) {
        std::visit([&](auto member) { object.insert(row.key, this->*member); }, row.member);
    }
    return object;
}

Result<FaultSettings, Errors> FaultSettings::with(const QJsonObject &changes) const
{
    FaultSettings settings = *this;
    Errors errors;
    for (auto change = changes.begin(); change != changes.end(); ++change) {
        const auto row = std::find_if(std::begin(rows), std::end(rows), [&change](const Row &each) {
            return change.key() == each.key;
        });
        if (row == std::end(rows))
            errors.append(unknownKey(change.key()));
        else if (!assign(settings, *row, change.value()))
            errors.append(badValue(*row));
    }
    if (!errors.isEmpty())
        return Unexpected(errors);
    return settings;
}

Result<QJsonObject> FaultSettings::change(const QString &keyAndValue)
{
    const qsizetype equals = keyAndValue.indexOf(u'=');
    if (equals <= 0) {
        return Unexpected(Error{ErrorCode::BadInput, tr("A fault is stated as KEY=VALUE."),
                                keyAndValue, tr("For example: latency_ms=200.")});
    }
    const QString text = keyAndValue.sliced(equals + 1);
    // JSON's own spelling of numbers and of true and false; anything else stays text and is
    // refused.
    const QJsonArray parsed = QJsonDocument::fromJson(u"[%1]"_s.arg(text).toUtf8()).array();
    const QJsonValue value = parsed.size() == 1 ? parsed.first() : QJsonValue(text);
    return QJsonObject{{keyAndValue.first(equals), value}};
}

} // namespace lowtide
