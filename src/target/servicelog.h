#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QFile>
#include <QList>
#include <QString>
#include <QStringList>

namespace lowtide {

/// Follows the file to which a service writes its output. It is the service's own descriptor:
/// nothing that happens here can make the service wait.
class ServiceLog {
public:
    /// Begins at the file's present end, so that an earlier service's output is not taken for this
    /// one's.
    [[nodiscard]] Result<void> open(const QString &path);
    /// Lines that are complete since the last call, without their ends.
    [[nodiscard]] QList<QByteArray> takeLines();
    /// The last lines of this service's output, for messages.
    [[nodiscard]] QStringList lastLines(int count) const;

private:
    QFile m_file;
    qint64 m_begin = 0;
    QByteArray m_partial;
};

} // namespace lowtide
