#include "base/error.h"

using namespace Qt::StringLiterals;

namespace lowtide {

QString Error::text() const
{
    QString line = where.isEmpty() ? message : u"%1: %2"_s.arg(where, message);
    if (!hint.isEmpty())
        line += u' ' + hint;
    return line;
}

} // namespace lowtide
