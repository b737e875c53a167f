#pragma once

#include "profile/fieldparser.h"
#include "profile/profileoutline.h"
#include "profile/profilereader.h"
#include "profile/settingtable.h"

#include <QCoreApplication>
#include <QHash>
#include <QSet>
#include <QString>
#include <QStringList>

namespace lowtide {

/// A setting's value with where it was given.
struct GivenValue {
    ValueSource source = ValueSource::Default;
    QString origin; ///< File name, variable, flag.
    QString where; ///< For errors about this value: place in the file, variable, flag.
    FieldValue value;
};

/// Gathers what file, environment, flags and run say about the settings of one profile; the highest
/// precedence wins, and every wrong value is an error even where another one wins.
class SettingSources {
    Q_DECLARE_TR_FUNCTIONS(lowtide::SettingSources)

public:
    /// `table` outlives this object and its values.
    SettingSources(const SettingTable &table, const ProfilePlaces &places);

    void readCast(const ProfileOutline &outline);
    void readFile(const JsonNode &root);
    void readEnvironment(const QHash<QString, QString> &environment);
    void readFlags(const QList<Assignment> &flags);
    /// After all others: what the run supplies for a service gives way to an address from outside.
    void readDemo(const QList<Assignment> &demo, const ProfileOutline &outline);

    /// By path in the general spelling; null where nobody has given it.
    [[nodiscard]] const GivenValue *given(const QString &path) const;
    [[nodiscard]] const Errors &errors() const { return m_errors; }
    [[nodiscard]] const QStringList &warnings() const { return m_warnings; }

private:
    void readObject(const JsonNode &object, const QString &path, const QString &pointer);
    void readMember(const JsonMember &member, const QString &path, const QString &pointer);
    void refuseKey(const JsonMember &member, const QString &path, const QString &pointer);
    void readVariable(const Setting &setting, const QHash<QString, QString> &environment);
    void readAssignment(const Assignment &assignment, ValueSource source);
    void warnOfVariables(const QHash<QString, QString> &environment, const QSet<QString> &used);
    /// A command of the run stands in for the container that the profile means, and announces
    /// addresses of its own: those of the profile may belong to something else on this machine.
    void forgetPlaceOf(const QString &service);
    void put(const Setting &setting, const GivenValue &value);
    void refuse(const ValueProblems &problems, const QString &where, const QString &pointer);

    const SettingTable &m_table;
    const ProfilePlaces &m_places;
    QHash<QString, GivenValue> m_given;
    QHash<QString, QString> m_variables; ///< Variable to path; empty path: two settings share it.
    Errors m_errors;
    QStringList m_warnings;
};

} // namespace lowtide
