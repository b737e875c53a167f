#pragma once

#include "model/loadshape.h"
#include "model/outcome.h"

#include <QByteArrayView>
#include <QNetworkReply>

#include <optional>

namespace lowtide {

/// How an HTTP exchange ended, as the books want it.
struct HttpVerdict {
    Outcome outcome = Outcome::Ok;
    FailureKind failure = FailureKind::Other; ///< Meaningful for Outcome::Failed.
    friend bool operator==(const HttpVerdict &, const HttpVerdict &) = default;
};

/// Judges a finished reply. Pure. `status` 0 means that no status line came. A status wins over the
/// error that Qt makes of it, but not over an answer that broke off.
[[nodiscard]] HttpVerdict judgeReply(QNetworkReply::NetworkError error, int status,
                                     bool bodyMatches, const RequestSpec &request);

/// Looks for a text in a body that comes in parts and is thrown away. A value.
class BodySearch {
public:
    /// An empty `needle` is found at once.
    void restart(const QByteArray &needle);
    void feed(QByteArrayView part);
    [[nodiscard]] bool isFound() const { return m_isFound; }

private:
    QByteArray m_needle;
    QByteArray m_tail; ///< End of the parts so far, shorter than the needle.
    bool m_isFound = true;
};

} // namespace lowtide
