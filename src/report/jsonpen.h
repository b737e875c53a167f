#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>

namespace lowtide {

/// Writes JSON with its keys in the order in which they are given (QJsonObject sorts them): the
/// seed's keys stand first. Absent numbers are null. Begin and end calls must pair.
class JsonPen {
public:
    void beginObject() { open('{'); }
    void beginObject(const char *key)
    {
        name(key);
        open('{');
    }
    void beginObject(const QString &key)
    {
        name(key);
        open('{');
    }
    void endObject() { close('}'); }
    void beginArray(const char *key)
    {
        name(key);
        open('[');
    }
    void endArray() { close(']'); }

    void text(const char *key, const QString &value)
    {
        name(key);
        string(value);
    }
    void text(const QString &key, const QString &value)
    {
        name(key);
        string(value);
    }
    void text(const QString &value)
    {
        begin();
        string(value);
    }
    void texts(const char *key, const QStringList &values);
    void flag(const char *key, bool value)
    {
        name(key);
        raw(value ? "true" : "false");
    }
    void flag(const char *key, std::optional<bool> value);
    void count(const char *key, qint64 value)
    {
        name(key);
        raw(QByteArray::number(value));
    }
    void count(const char *key, std::optional<qint64> value);
    /// With at most 3 decimals; null when absent or not finite.
    void number(const char *key, std::optional<double> value)
    {
        name(key);
        real(value);
    }
    void number(const QString &key, std::optional<double> value)
    {
        name(key);
        real(value);
    }
    void counts(const char *key, const QMap<QString, qint64> &values);
    /// JSON text as it is, which must be valid.
    void json(const char *key, const QByteArray &value)
    {
        name(key);
        raw(value);
    }

    /// Objects that begin from now on stand on one line each (rows of long lists).
    void setCompact(bool isCompact) { m_isCompact = isCompact; }
    [[nodiscard]] QByteArray take() { return m_text + '\n'; }

private:
    void open(char bracket);
    void close(char bracket);
    void name(const char *key) { name(QString::fromLatin1(key)); }
    void name(const QString &key);
    void begin();
    void string(const QString &value);
    void real(std::optional<double> value);
    void raw(const QByteArray &text)
    {
        m_isNamed = false;
        m_text += text;
    }

    QByteArray m_text;
    int m_depth = 0;
    bool m_isCompact = false;
    int m_compactFrom = 0; ///< Depth at which an object began that stands on one line; 0: none.
    bool m_isFirst = true; ///< In the open object or array.
    bool m_isNamed = false; ///< A key was written whose value comes next.
};

} // namespace lowtide
