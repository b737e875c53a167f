#pragma once

#include "base/clock.h"
#include "base/units.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>
#include <QUrl>

#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace lowtide {

struct Field;
class FieldValue;

/// One given row of an element in a list of objects. `field` belongs to the table, which outlives
/// it.
struct FieldAssignment {
    const Field *field = nullptr;
    std::shared_ptr<const FieldValue> value;
};
using FieldObject = std::vector<FieldAssignment>;

using HeaderList = QList<std::pair<QByteArray, QByteArray>>;

/// A setting's value after reading: of the row's type and within its range. Immutable.
class FieldValue {
public:
    using Data = std::variant<bool, double, QString, QStringList, Nanoseconds, Bytes, QUrl,
                              QList<int>, HeaderList, QByteArray, std::vector<FieldObject>>;

    /// `json` is the value as the effective listing shows it, secrets already taken out.
    FieldValue(Data data, QByteArray json)
        : m_data(std::move(data))
        , m_json(std::move(json))
    {
    }

    [[nodiscard]] const QByteArray &json() const { return m_json; }
    template <typename T> [[nodiscard]] const T &get() const
    {
        Q_ASSERT(std::holds_alternative<T>(m_data));
        return *std::get_if<T>(&m_data);
    }
    [[nodiscard]] const std::vector<FieldObject> &objects() const
    {
        return get<std::vector<FieldObject>>();
    }

    // The row's type and the member's type are paired in one line of the table, so a mismatch is a
    // programmer's error (asserted in get).
    void assignTo(bool &member) const { member = get<bool>(); }
    void assignTo(double &member) const { member = get<double>(); }
    void assignTo(int &member) const { member = static_cast<int>(wholeNumber()); }
    void assignTo(qint64 &member) const { member = wholeNumber(); }
    void assignTo(Rate &member) const { member = Rate::perSecond(get<double>()); }
    void assignTo(QString &member) const { member = get<QString>(); }
    void assignTo(QStringList &member) const { member = get<QStringList>(); }
    void assignTo(Nanoseconds &member) const { member = get<Nanoseconds>(); }
    void assignTo(Bytes &member) const { member = get<Bytes>(); }
    void assignTo(QUrl &member) const { member = get<QUrl>(); }
    void assignTo(QList<int> &member) const { member = get<QList<int>>(); }
    void assignTo(HeaderList &member) const { member = get<HeaderList>(); }
    void assignTo(QByteArray &member) const
    {
        const QString *text = std::get_if<QString>(&m_data);
        member = text ? text->toUtf8() : get<QByteArray>();
    }
    template <typename T> void assignTo(std::optional<T> &member) const
    {
        T value{};
        assignTo(value);
        member = std::move(value);
    }

private:
    [[nodiscard]] qint64 wholeNumber() const
    {
        const Bytes *bytes = std::get_if<Bytes>(&m_data);
        return bytes ? bytes->count() : static_cast<qint64>(get<double>());
    }

    Data m_data;
    QByteArray m_json;
};

} // namespace lowtide
