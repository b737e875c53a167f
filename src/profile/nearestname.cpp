#include "profile/nearestname.h"

#include <algorithm>
#include <vector>

namespace lowtide {

namespace {

/// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours cost one
/// each.
int editDistance(const QString &a, const QString &b)
{
    const auto columns = static_cast<std::size_t>(b.size()) + 1;
    std::vector<int> beforeLast(columns);
    std::vector<int> last(columns);
    std::vector<int> row(columns);
    for (std::size_t j = 0; j < columns; ++j)
        last[j] = static_cast<int>(j);
    for (qsizetype i = 0; i < a.size(); ++i) {
        row[0] = static_cast<int>(i) + 1;
        for (qsizetype j = 0; j < b.size(); ++j) {
            const auto at = static_cast<std::size_t>(j);
            const int replaced = last[at] + (a[i] == b[j] ? 0 : 1);
            row[at + 1] = std::min({last[at + 1] + 1, row[at] + 1, replaced});
            if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j])
                row[at + 1] = std::min(row[at + 1], beforeLast[at - 1] + 1);
        }
        std::swap(beforeLast, last);
        std::swap(last, row);
    }
    return last[columns - 1];
}

} // namespace

std::optional<QString> nearestName(const QString &name, const QStringList &known)
{
    const QString typed = name.toLower();
    std::optional<QString> nearest;
    int least = std::max(2, static_cast<int>(name.size()) / 3) + 1;
    for (const QString &candidate : known) {
        const QString spelled = candidate.toLower();
        // A shortened name ("users" for "concurrent_users") is as likely as a slip of the finger.
        const bool isPart = typed.size() >= 4 && spelled.contains(typed);
        const int distance = isPart ? 2 : editDistance(typed, spelled);
        if (distance < least) {
            least = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

} // namespace lowtide
