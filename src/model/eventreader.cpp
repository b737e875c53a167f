#include "model/eventreader.h"

#include <QCoreApplication>

#include <limits>

using namespace Qt::StringLiterals;

namespace lowtide::codec {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("EventCodec", text); }

Read fault(const QString &message) { return Unexpected(Fault{{}, message}); }

} // namespace

Read missing() { return fault(tr("This member is missing.")); }

Read expected(const QString &what) { return fault(tr("Expected %1.").arg(what)); }

Read unknownId(const QString &id)
{
    return fault(tr("\"%1\" is not one of the known words.").arg(id));
}

Read within(const QString &key, const Fault &inner)
{
    QString step = key;
    step.replace(u'~', u"~0"_s).replace(u'/', u"~1"_s); // RFC 6901
    return Unexpected(Fault{u'/' + step + inner.pointer, inner.message});
}

Read read(const QJsonValue &json, bool &out)
{
    if (!json.isBool())
        return expected(tr("true or false"));
    out = json.toBool();
    return {};
}

Read read(const QJsonValue &json, qint64 &out)
{
    // toInteger() gives its argument for what is no whole number: two different ones unmask that.
    out = json.toInteger(0);
    if (!json.isDouble() || json.toInteger(1) != out)
        return expected(tr("a whole number"));
    return {};
}

Read read(const QJsonValue &json, int &out)
{
    qint64 wide = 0;
    if (auto result = read(json, wide); !result)
        return result;
    if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max())
        return expected(tr("a whole number of 32 bits"));
    out = static_cast<int>(wide);
    return {};
}

Read read(const QJsonValue &json, double &out)
{
    if (!json.isDouble())
        return expected(tr("a number"));
    out = json.toDouble();
    return {};
}

Read read(const QJsonValue &json, QString &out)
{
    if (!json.isString())
        return expected(tr("a text"));
    out = json.toString();
    return {};
}

Read read(const QJsonValue &json, QByteArray &out)
{
    QString text;
    if (auto result = read(json, text); !result)
        return result;
    out = text.toUtf8();
    return {};
}

Read expectObject(const QJsonValue &json)
{
    if (!json.isObject())
        return expected(tr("an object"));
    return {};
}

Read expectArray(const QJsonValue &json)
{
    if (!json.isArray())
        return expected(tr("a list"));
    return {};
}

} // namespace lowtide::codec
