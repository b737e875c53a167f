#pragma once

#include "serve/httpmessage.h"

#include <memory>

namespace lowtide {

class HttpConnection;
class HttpExchange;

/// The handle by which one request is answered, now or later, once. Copies answer the same request;
/// the first answer counts. It outlives the client's connection and the server: it then does
/// nothing. When the last copy goes without an answer, the client gets a 500. Use it in the
/// server's thread.
class HttpResponder {
public:
    HttpResponder(HttpConnection &connection, quint64 number);

    void send(const HttpResponse &response) const;
    /// Sends these bytes as they are in place of an answer, then closes: for planted protocol
    /// errors.
    void sendRaw(const QByteArray &bytes) const;
    /// Closes the connection in order (FIN) without an answer, dropping answers still due before
    /// it.
    void close() const;
    /// Resets the connection (RST).
    void abort() const;

    /// The request has no answer yet and its connection is still there.
    [[nodiscard]] bool isPending() const;

private:
    std::shared_ptr<HttpExchange> m_exchange;
};

} // namespace lowtide
