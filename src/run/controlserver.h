#pragma once

#include "base/result.h"
#include "model/control.h"

#include <QHash>
#include <QLocalServer>
#include <QObject>

#include <functional>

class QLocalSocket;
class QSocketNotifier;

namespace lowtide {

/// Takes control lines from a local socket, and from stdin if asked, and answers the socket's. A
/// client that leaves changes nothing, unless it had asked for it. Main thread; owned by the
/// session.
class ControlServer : public QObject {
    Q_OBJECT

public:
    /// Carries out a command, or says why not. `state` goes into the answer.
    struct Reply {
        QString error, state;
    };
    using Handler = std::function<Reply(const ControlCommand &)>;

    explicit ControlServer(Handler handler, QObject *parent = nullptr);
    ~ControlServer() override;

    /// Listens at DIR/control.sock, or, where that path is too long for a socket (108 bytes,
    /// unix(7)), in the user's runtime directory. Only the user may connect.
    [[nodiscard]] Result<QString> listen(const QString &runDirectory);
    /// Reads the same lines from a descriptor; its end means no more commands.
    void readFrom(int descriptor);

Q_SIGNALS:
    /// A line that is no command, for the log. The socket's sender was told already.
    void rejected(const QString &text);

private:
    void onConnected();
    void onReadable(QLocalSocket *client);
    void onGone(QLocalSocket *client);
    void onDescriptorReadable();
    [[nodiscard]] ControlAnswer carryOut(const QByteArray &line, QLocalSocket *client);

    Handler m_handler;
    QLocalServer m_server;
    QHash<QLocalSocket *, bool> m_stopOnDisconnect;
    QSocketNotifier *m_notifier = nullptr; ///< Child of this.
    QByteArray m_pending; ///< Of the descriptor: a line not complete yet.
};

} // namespace lowtide
