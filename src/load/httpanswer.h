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

/// What a finished reply says.
struct HttpAnswer {
    QNetworkReply::NetworkError error = QNetworkReply::NoError;
    std::optional<int> status;
    bool isWhole = true; ///< No byte of the announced length is missing.
    bool bodyMatches = true;
};

/// Pure. A status wins over the error that Qt makes of it, but not over an answer that broke off.
[[nodiscard]] HttpVerdict judge(const HttpAnswer &answer, const RequestSpec &request);

/// Whether as many bytes came as the head announced: of a broken body Qt may report the status
/// alone. True where nothing was announced or no body belongs to the answer.
[[nodiscard]] bool isWholeBody(const QNetworkReply &reply, std::uint64_t receivedBytes);

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
