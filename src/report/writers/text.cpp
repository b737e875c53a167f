// Format "text": the summary for a terminal or a mail, without colour.
#include "report/reporttext.h"
#include "report/reportwriter.h"
#include "report/textsummary.h"

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

class TextWriter : public ReportWriter {
public:
    QString id() const override { return u"text"_s; }
    QString title() const override { return ReportText::tr("Summary as text"); }
    QByteArray write(const RunReport &report) const override
    {
        return textSummary(report, false).toUtf8();
    }
};

const ReportFormat format(std::make_unique<TextWriter>());

} // namespace

} // namespace lowtide
