#include "report/reporttext.h"

#include <cmath>

using namespace Qt::StringLiterals;

namespace lowtide {

QString ReportText::number(double value)
{
    const double size = std::abs(value);
    const int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.095 ? 2 : 3;
    QString text = QString::number(value, 'f', decimals);
    if (text.contains(u'.')) {
        while (text.endsWith(u'0'))
            text.chop(1);
        if (text.endsWith(u'.'))
            text.chop(1);
    }
    return text == u"-0" ? u"0"_s : text;
}

QString ReportText::clock(double seconds)
{
    const qint64 whole = std::llround(seconds);
    const QString tail = u"%1:%2"_s.arg(whole / 60 % 60, whole >= 3600 ? 2 : 1, 10, QChar(u'0'))
                             .arg(whole % 60, 2, 10, QChar(u'0'));
    return whole >= 3600 ? u"%1:%2"_s.arg(whole / 3600).arg(tail) : tail;
}

QString ReportText::withoutStop(const QString &text)
{
    QString bare = text.trimmed();
    while (bare.endsWith(u'.'))
        bare.chop(1);
    return bare;
}

QString ReportText::span(double seconds)
{
    const qint64 whole = std::llround(seconds);
    const qint64 minutes = whole / 60;
    if (minutes == 0)
        return tr("%1 s").arg(whole);
    if (minutes < 60)
        return tr("%1 min %2 s").arg(minutes).arg(whole % 60);
    return tr("%1 h %2 min %3 s").arg(minutes / 60).arg(minutes % 60).arg(whole % 60);
}

} // namespace lowtide
