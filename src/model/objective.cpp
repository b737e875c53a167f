#include "model/objective.h"

using namespace Qt::StringLiterals;

namespace lowtide {

QString verdictId(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Pass:
        return u"pass"_s;
    case Verdict::Fail:
        return u"fail"_s;
    case Verdict::NoData:
        return u"no_data"_s;
    }
    return {};
}

std::optional<Verdict> verdictFromId(const QString &id)
{
    if (id == u"pass")
        return Verdict::Pass;
    if (id == u"fail")
        return Verdict::Fail;
    if (id == u"no_data")
        return Verdict::NoData;
    return std::nullopt;
}

} // namespace lowtide
