#pragma once

#include "base/clock.h"
#include "serve/httpparser.h"
#include "serve/httpserver.h"

#include <QObject>

#include <deque>
#include <optional>

class QTcpSocket;

namespace lowtide {

/// One client's connection: reads requests, keeps their answers in order. A child of its server and
/// in its thread; owns the socket until an upgrade hands it on.
class HttpConnection : public QObject {
    Q_OBJECT

public:
    HttpConnection(QTcpSocket *socket, HttpServer &server, const HttpServerLimits &limits);

    void answer(quint64 number, const HttpResponse &response);
    void answerRaw(quint64 number, const QByteArray &bytes);
    /// Drops what is still due and closes with FIN.
    void closeInOrder();
    /// Closes with RST.
    void abort();
    /// Ends the connection if it is beyond one of its time limits.
    void sweep(SteadyTime now);

private:
    struct Pending {
        quint64 number = 0;
        bool withBody = true;
        bool keepAlive = true;
        std::optional<QByteArray> wire;
    };

    void onReadyRead();
    void onBytesWritten();
    void onDisconnected();
    void readRequests();
    [[nodiscard]] bool isPaused() const;
    /// True as long as more requests may follow at once.
    [[nodiscard]] bool handle(HttpParser::Outcome &&outcome);
    void serve(const HttpRequest &request);
    void answerUpgrade();
    void refuse(int status, const QString &message);
    [[nodiscard]] Pending *pending(quint64 number);
    void writeAnswers();
    void linger();
    void finishLinger();

    HttpServer &m_server; ///< The parent.
    HttpServerLimits m_limits;
    QTcpSocket *m_socket; ///< A child, until an upgrade.
    HttpParser m_parser;
    std::deque<Pending> m_pending; ///< In the order of the requests.
    std::optional<HttpRequest> m_upgrade; ///< Waits until the answers before it are sent.
    quint64 m_lastNumber = 0;
    bool m_isReading = false; ///< Guards against answers given inside the handler.
    bool m_wasPaused = false; ///< Requests may be at hand that were not read.
    bool m_isFinal = false; ///< No request is read any more.
    bool m_isLingering = false;
    bool m_owesContinue = false;
    SteadyTime m_requestStarted;
    SteadyTime m_lastActivity; ///< A byte written, or a request read.
};

} // namespace lowtide
