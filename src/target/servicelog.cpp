#include "target/servicelog.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr qint64 longestTail = 8192;
constexpr qint64 longestLine =
    65536; ///< A service that writes no line ends must not fill our memory.

} // namespace

Result<void> ServiceLog::open(const QString &path)
{
    m_file.setFileName(path);
    if (!m_file.open(QIODevice::ReadWrite | QIODevice::Append))
        return Unexpected(
            Error{ErrorCode::Io,
                  QCoreApplication::translate("ServiceLog", "The log cannot be written (%1).")
                      .arg(m_file.errorString()),
                  path,
                  {}});
    m_begin = m_file.size();
    m_file.close();
    if (!m_file.open(QIODevice::ReadOnly | QIODevice::Unbuffered) || !m_file.seek(m_begin))
        return Unexpected(Error{ErrorCode::Io, m_file.errorString(), path, {}});
    return {};
}

QList<QByteArray> ServiceLog::takeLines()
{
    m_partial += m_file.read(longestLine);
    QList<QByteArray> lines = m_partial.split('\n');
    m_partial = lines.takeLast();
    if (m_partial.size() > longestLine)
        m_partial.clear();
    return lines;
}

QStringList ServiceLog::lastLines(int count) const
{
    QFile file(m_file.fileName());
    if (!m_file.isOpen() || !file.open(QIODevice::ReadOnly))
        return {};
    file.seek(std::max(m_begin, file.size() - longestTail));
    const QString text = QString::fromUtf8(file.read(longestTail)).trimmed();
    const QStringList lines = text.split(u'\n', Qt::SkipEmptyParts);
    return lines.mid(std::max<qsizetype>(lines.size() - count, 0));
}

} // namespace lowtide
