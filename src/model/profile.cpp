#include "model/profile.h"

using namespace Qt::StringLiterals;

namespace lowtide {

const Service *Profile::service(const QString &name) const
{
    for (const Service &candidate : services) {
        if (candidate.name == name)
            return &candidate;
    }
    return nullptr;
}

QString valueSourceId(ValueSource source)
{
    switch (source) {
    case ValueSource::Default:
        return u"default"_s;
    case ValueSource::BundledCast:
        return u"bundled"_s;
    case ValueSource::File:
        return u"file"_s;
    case ValueSource::Environment:
        return u"environment"_s;
    case ValueSource::Flag:
        return u"flag"_s;
    case ValueSource::Demo:
        return u"demo"_s;
    }
    return {};
}

} // namespace lowtide
