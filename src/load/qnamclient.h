#pragma once

#include "load/deadlinesource.h"
#include "load/httpanswer.h"
#include "load/loadclient.h"

#include <QNetworkAccessManager>
#include <QNetworkRequest>
#include <QObject>
#include <QUrl>

#include <memory>
#include <vector>

namespace lowtide {

/// HTTP by QNetworkAccessManager, for rates up to a thousand a second. Lives in the load worker's
/// thread, whose dispatcher is an EpollDispatcher; reports to the sink that it is given.
///
/// A manager opens six connections to a host and queues what is more inside, where nobody measures
/// it: so there is a manager for every six users. Each has a thread of Qt's, begun with its first
/// request.
///
/// Qt repeats a request by itself, a POST too, when its connection closes before the first byte of
/// the answer: once or up to three times, on a fresh connection, and reports the last attempt
/// alone. A server that drops requests would look healthy. So the first repetition ends the
/// operation as FailureKind::Reset and is counted in repeated(); the server may have seen that
/// operation twice. Akept connection that the server closes while it is idle costs no operation.
///
/// What Qt hides and we cannot see: a chunked body that breaks off just as the connection closes
/// may count as whole. `bodyContains` finds it.
class QnamClient final : public QObject, public LoadClient, public DeadlineSource {
    Q_OBJECT

public:
    /// What is the same for all requests.
    struct Target {
        QUrl baseUrl;
        QByteArray userAgent;
        QByteArray requestIdPrefix; ///< Of the header X-Request-Id: PREFIX-ID.
    };

    /// `requests` are those that Operation::request counts. At least one user.
    QnamClient(const Target &target, const QList<RequestSpec> &requests, int users);
    ~QnamClient() override;

    void setSink(CompletionSink &sink) { m_sink = &sink; }
    /// Operations that ended because Qt sent them again.
    [[nodiscard]] qint64 repeated() const { return m_repeated; }

    [[nodiscard]] int capacity() const noexcept override;
    void send(const Operation &operation, SteadyTime deadline) noexcept override;
    void cancelAll() noexcept override;

    [[nodiscard]] SteadyTime nextDeadline() const noexcept override;
    void onDeadline(SteadyTime now) noexcept override;

private:
    /// One user: the place of one operation in flight.
    struct Slot {
        QNetworkReply *reply = nullptr; ///< Null when free; else deleted by release().
        Completion completion;
        SteadyTime deadline{};
        int timesSent = 0;
        BodySearch search;
    };
    struct Request {
        RequestSpec spec;
        QNetworkRequest prepared; ///< All but the request id.
    };

    [[nodiscard]] QNetworkReply *dispatch(QNetworkAccessManager &manager, const Request &request,
                                          std::uint64_t id);
    void onRequestSent(std::size_t index);
    void endRepeated(std::size_t index, std::uint64_t operationId);
    void onReadyRead(std::size_t index);
    void onFinished(std::size_t index);
    /// Reports the end and frees the slot, aborting what is still under way.
    void end(std::size_t index, HttpVerdict verdict, SteadyTime now);

    CompletionSink *m_sink = nullptr;
    QByteArray m_requestIdPrefix;
    std::vector<Request> m_requests;
    std::vector<std::unique_ptr<QNetworkAccessManager>> m_managers;
    std::vector<Slot> m_slots;
    std::vector<std::size_t> m_free; ///< The last freed is taken first: its connection is warm.
    SteadyTime m_earliest = noDeadline; ///< Not after any open slot's deadline.
    qint64 m_repeated = 0;
};

} // namespace lowtide
