#include "load/httpanswer.h"

namespace lowtide {

namespace {

/// What Qt makes of a complete answer with a status of 400 and above.
bool isStatusError(QNetworkReply::NetworkError error)
{
    switch (error) {
    case QNetworkReply::ContentAccessDenied:
    case QNetworkReply::ContentOperationNotPermittedError:
    case QNetworkReply::ContentNotFoundError:
    case QNetworkReply::AuthenticationRequiredError:
    case QNetworkReply::ContentConflictError:
    case QNetworkReply::ContentGoneError:
    case QNetworkReply::UnknownContentError:
    case QNetworkReply::InternalServerError:
    case QNetworkReply::OperationNotImplementedError:
    case QNetworkReply::ServiceUnavailableError:
    case QNetworkReply::UnknownServerError:
    case QNetworkReply::ProtocolInvalidOperationError: // 400
    case QNetworkReply::ProxyAuthenticationRequiredError: // 407
        return true;
    default:
        return false;
    }
}

HttpVerdict failed(FailureKind kind) { return {.outcome = Outcome::Failed, .failure = kind}; }

HttpVerdict judgeError(QNetworkReply::NetworkError error)
{
    switch (error) {
    case QNetworkReply::HostNotFoundError:
        return failed(FailureKind::Dns);
    case QNetworkReply::ConnectionRefusedError:
        return failed(FailureKind::Refused);
    case QNetworkReply::RemoteHostClosedError:
    case QNetworkReply::TemporaryNetworkFailureError:
    case QNetworkReply::NetworkSessionFailedError:
    case QNetworkReply::ContentReSendError:
        return failed(FailureKind::Reset);
    case QNetworkReply::SslHandshakeFailedError:
        return failed(FailureKind::Tls);
    case QNetworkReply::ProtocolFailure:
    case QNetworkReply::ProtocolUnknownError:
        return failed(FailureKind::Protocol);
    case QNetworkReply::TimeoutError: // the system's own limit on connecting
        return {.outcome = Outcome::TimedOut};
    default:
        return failed(FailureKind::Other);
    }
}

bool isExpected(int status, const QList<int> &expected)
{
    return expected.isEmpty() ? status >= 200 && status < 300 : expected.contains(status);
}

} // namespace

HttpVerdict judge(const HttpAnswer &answer, const RequestSpec &request)
{
    const bool hasEnded = answer.error == QNetworkReply::NoError
        || (answer.status >= 400 && isStatusError(answer.error));
    if (!hasEnded)
        return judgeError(answer.error);
    if (!answer.status)
        return failed(FailureKind::Protocol);
    if (!answer.isWhole)
        return failed(FailureKind::Reset);
    if (!isExpected(*answer.status, request.expectedStatuses))
        return failed(FailureKind::Status);
    return answer.bodyMatches ? HttpVerdict{} : failed(FailureKind::Body);
}

bool isWholeBody(const QNetworkReply &reply, std::uint64_t receivedBytes)
{
    const QByteArray announced = reply.rawHeader("Content-Length");
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const bool hasBody =
        reply.operation() != QNetworkAccessManager::HeadOperation && status != 204 && status != 304;
    return !hasBody || announced.isEmpty() || receivedBytes >= announced.toULongLong();
}

void BodySearch::restart(const QByteArray &needle)
{
    m_needle = needle;
    m_tail.clear();
    m_isFound = needle.isEmpty();
}

void BodySearch::feed(QByteArrayView part)
{
    if (m_isFound)
        return;
    m_tail.append(part);
    m_isFound = m_tail.contains(m_needle);
    m_tail = m_isFound ? QByteArray() : m_tail.right(m_needle.size() - 1);
}

} // namespace lowtide
