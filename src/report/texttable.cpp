#include "report/texttable.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr int indent = 2;
constexpr int gap = 2;
constexpr int narrowestName = 8;

/// What a cell takes on the screen: colours ("ESC [ ... m") take nothing.
int width(const QString &cell)
{
    int count = 0;
    bool isInColour = false;
    for (const QChar c : cell) {
        if (c == u'\x1b')
            isInColour = true;
        else if (!isInColour)
            ++count;
        else if (c == u'm')
            isInColour = false;
    }
    return count;
}

QString shortened(const QString &cell, int most)
{
    return cell.size() > most ? cell.left(most - 1) + u'~' : cell;
}

} // namespace

TextTable::TextTable(QStringList header)
    : m_rows({std::move(header)})
{
}

void TextTable::add(const QStringList &row)
{
    Q_ASSERT(row.size() == m_rows.constFirst().size());
    m_rows.append(row);
}

QString TextTable::text(int columns) const
{
    std::vector<int> widths(std::size_t(m_rows.constFirst().size()), 0);
    for (const QStringList &row : m_rows) {
        for (qsizetype i = 0; i < row.size(); ++i)
            widths[std::size_t(i)] = std::max(widths[std::size_t(i)], width(row.at(i)));
    }
    const int others = std::accumulate(widths.cbegin() + 1, widths.cend(), indent,
                                       [](int sum, int next) { return sum + gap + next; });
    widths.front() = std::max(narrowestName, std::min(widths.front(), columns - others));
    QString text;
    for (const QStringList &row : m_rows) {
        const QString name = shortened(row.constFirst(), widths.front());
        QString line = QString(indent, u' ') + name.leftJustified(widths.front());
        for (qsizetype i = 1; i < row.size(); ++i) {
            const int room = widths[std::size_t(i)] - width(row.at(i));
            line += QString(gap + room, u' ') + row.at(i);
        }
        text += line + u'\n';
    }
    return text;
}

} // namespace lowtide
