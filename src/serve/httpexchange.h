#pragma once

#include <QPointer>

namespace lowtide {

class HttpConnection;
struct HttpResponse;

/// One request that waits for its answer; shared by the copies of its HttpResponder. Lives in the
/// server's thread, and may outlive the connection.
class HttpExchange {
public:
    HttpExchange(HttpConnection &connection, quint64 number);
    ~HttpExchange();
    Q_DISABLE_COPY_MOVE(HttpExchange)

    void send(const HttpResponse &response);
    void sendRaw(const QByteArray &bytes);
    void close();
    void abort();
    [[nodiscard]] bool isPending() const;

private:
    /// The connection, the first time; nothing once answered or when the client has left.
    [[nodiscard]] HttpConnection *take();

    QPointer<HttpConnection> m_connection;
    quint64 m_number; ///< Among the requests of this connection.
};

} // namespace lowtide
