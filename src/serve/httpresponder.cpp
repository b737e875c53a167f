#include "serve/httpresponder.h"

#include "serve/httpconnection.h"
#include "serve/httpexchange.h"

#include <QCoreApplication>

namespace lowtide {

HttpExchange::HttpExchange(HttpConnection &connection, quint64 number)
    : m_connection(&connection)
    , m_number(number)
{
}

HttpExchange::~HttpExchange()
{
    if (isPending()) {
        send(HttpResponse::failure(
            500, QCoreApplication::translate("HttpResponder", "The service gave no answer.")));
    }
}

void HttpExchange::send(const HttpResponse &response)
{
    if (HttpConnection *connection = take())
        connection->answer(m_number, response);
}

void HttpExchange::sendRaw(const QByteArray &bytes)
{
    if (HttpConnection *connection = take())
        connection->answerRaw(m_number, bytes);
}

void HttpExchange::close()
{
    if (HttpConnection *connection = take())
        connection->closeInOrder();
}

void HttpExchange::abort()
{
    if (HttpConnection *connection = take())
        connection->abort();
}

bool HttpExchange::isPending() const { return !m_connection.isNull(); }

HttpConnection *HttpExchange::take()
{
    HttpConnection *connection = m_connection;
    m_connection.clear();
    return connection;
}

HttpResponder::HttpResponder(HttpConnection &connection, quint64 number)
    : m_exchange(std::make_shared<HttpExchange>(connection, number))
{
}

void HttpResponder::send(const HttpResponse &response) const { m_exchange->send(response); }

void HttpResponder::sendRaw(const QByteArray &bytes) const { m_exchange->sendRaw(bytes); }

void HttpResponder::close() const { m_exchange->close(); }

void HttpResponder::abort() const { m_exchange->abort(); }

bool HttpResponder::isPending() const { return m_exchange->isPending(); }

} // namespace lowtide
