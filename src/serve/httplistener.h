#pragma once

#include <QTcpServer>

#include <functional>

namespace lowtide {

/// Hands over accepted descriptors, so that the server chooses the kind of socket. A child of its
/// server.
class HttpListener : public QTcpServer {
    Q_OBJECT

public:
    using Accept = std::function<void(qintptr descriptor)>;

    HttpListener(Accept accept, QObject *parent)
        : QTcpServer(parent)
        , m_accept(std::move(accept))
    {
        setListenBacklogSize(1024); // a burst of connections must not wait for a retransmitted SYN
    }

protected:
    void incomingConnection(qintptr descriptor) override { m_accept(descriptor); }

private:
    Accept m_accept;
};

} // namespace lowtide
