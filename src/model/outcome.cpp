#include "model/outcome.h"

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {
constexpr std::array<QLatin1StringView, failureKindCount> kindIds = {
    "dns"_L1,  "refused"_L1,  "reset"_L1, "tls"_L1,  "status"_L1,
    "body"_L1, "protocol"_L1, "lost"_L1,  "other"_L1};
} // namespace

QString failureKindId(FailureKind kind) { return kindIds.at(static_cast<std::size_t>(kind)); }

std::optional<FailureKind> failureKindFromId(const QString &id)
{
    for (std::size_t i = 0; i < kindIds.size(); ++i) {
        if (id == kindIds.at(i))
            return static_cast<FailureKind>(i);
    }
    return std::nullopt;
}

} // namespace lowtide
