#include "target/textfile.h"

#include <QCoreApplication>
#include <QFile>

using namespace Qt::StringLiterals;

namespace lowtide {

std::optional<QByteArray> readTextFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return std::nullopt;
    QByteArray text = file.readAll();
    if (file.error() != QFileDevice::NoError)
        return std::nullopt;
    return text;
}

Result<void> writeSetting(const QString &path, const QByteArray &value)
{
    QFile file(path);
    if (file.open(QIODevice::WriteOnly | QIODevice::Unbuffered)
        && file.write(value) == value.size())
        return {};
    return Unexpected(Error{ErrorCode::Refused,
                            QCoreApplication::translate("Cgroup", "\"%1\" cannot be written (%2).")
                                .arg(QString::fromLatin1(value), file.errorString()),
                            path,
                            {}});
}

} // namespace lowtide
