#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace lowtide {

/// A table in plain text: the first column aligned left, the others right. Cells may hold ANSI
/// colours, which take no room.
class TextTable {
public:
    explicit TextTable(QStringList header);
    void add(const QStringList &row);
    /// Indented by two; the first column is shortened where a line would be longer than `columns`.
    [[nodiscard]] QString text(int columns) const;

private:
    QList<QStringList> m_rows;
};

} // namespace lowtide
