#include "report/reportwriter.h"

#include <map>
#include <utility>

namespace lowtide {

namespace {

/// A function's static: formats register while other statics are still being made.
std::map<QString, std::unique_ptr<ReportWriter>> &formats()
{
    static std::map<QString, std::unique_ptr<ReportWriter>> all;
    return all;
}

} // namespace

QStringList ReportWriter::ids()
{
    QStringList ids;
    for (const auto &[id, writer] : formats())
        ids.append(id);
    return ids;
}

const ReportWriter *ReportWriter::find(const QString &id)
{
    const auto found = formats().find(id);
    return found == formats().end() ? nullptr : found->second.get();
}

ReportFormat::ReportFormat(std::unique_ptr<ReportWriter> writer)
{
    const QString id = writer->id();
    formats().emplace(id, std::move(writer));
}

} // namespace lowtide
