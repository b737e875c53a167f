#pragma once

#include "model/runreport.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <memory>

namespace lowtide {

/// One format of a report. Stateless; any thread.
class ReportWriter {
public:
    ReportWriter() = default;
    virtual ~ReportWriter() = default;
    ReportWriter(const ReportWriter &) = delete;
    ReportWriter &operator=(const ReportWriter &) = delete;

    [[nodiscard]] virtual QString id() const = 0; ///< As in `--format`; the name of its file.
    [[nodiscard]] virtual QString title() const = 0; ///< For people.
    [[nodiscard]] virtual QByteArray write(const RunReport &report) const = 0;

    /// Ids of all formats, sorted.
    [[nodiscard]] static QStringList ids();
    /// The writer of that format, or null. It lives as long as the program.
    [[nodiscard]] static const ReportWriter *find(const QString &id);
};

/// Registers a format by being there: a static of this type in the format's file. Filled before
/// main(), read-only after.
class ReportFormat {
public:
    explicit ReportFormat(std::unique_ptr<ReportWriter> writer);
};

} // namespace lowtide
