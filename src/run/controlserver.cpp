#include "run/controlserver.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QSocketNotifier>
#include <QStandardPaths>

#include <array>
#include <cerrno>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr qsizetype longestSocketPath = 100;
constexpr qint64 longestLine = 65536;

QString socketPath(const QString &runDirectory)
{
    const QString path = QDir(runDirectory).absoluteFilePath(u"control.sock"_s);
    if (QFile::encodeName(path).size() <= longestSocketPath)
        return path;
    const QString runtime = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    return u"%1/lowtide-%2.sock"_s.arg(runtime.isEmpty() ? QDir::tempPath() : runtime)
        .arg(QCoreApplication::applicationPid());
}

} // namespace

ControlServer::ControlServer(Handler handler, QObject *parent)
    : QObject(parent)
    , m_handler(std::move(handler))
    , m_server(this)
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &ControlServer::onConnected);
}

ControlServer::~ControlServer()
{
    for (auto it = m_stopOnDisconnect.cbegin(); it != m_stopOnDisconnect.cend(); ++it)
        it.key()->disconnect(this);
}

Result<QString> ControlServer::listen(const QString &runDirectory)
{
    const QString path = socketPath(runDirectory);
    QLocalServer::removeServer(path);
    if (!m_server.listen(path)) {
        return Unexpected(
            Error{.code = ErrorCode::Io,
                  .message = tr("cannot open the control socket: %1.").arg(m_server.errorString()),
                  .where = path,
                  .hint = tr("The run goes on without it; stop it with Ctrl-C.")});
    }
    return path;
}

void ControlServer::readFrom(int descriptor)
{
    m_notifier = new QSocketNotifier(descriptor, QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &ControlServer::onDescriptorReadable);
}

void ControlServer::onConnected()
{
    while (QLocalSocket *client = m_server.nextPendingConnection()) {
        m_stopOnDisconnect.insert(client, false);
        connect(client, &QLocalSocket::readyRead, this, [this, client] { onReadable(client); });
        connect(client, &QLocalSocket::disconnected, this, [this, client] { onGone(client); });
        onReadable(client);
    }
}

void ControlServer::onReadable(QLocalSocket *client)
{
    while (client->canReadLine())
        client->write(encodeAnswer(carryOut(client->readLine().trimmed(), client)));
    if (client->bytesAvailable() > longestLine)
        client->abort();
}

void ControlServer::onGone(QLocalSocket *client)
{
    const bool stops = m_stopOnDisconnect.take(client);
    client->deleteLater();
    if (stops)
        m_handler({.kind = ControlCommand::Kind::Stop});
}

void ControlServer::onDescriptorReadable()
{
    std::array<char, 4096> buffer{};
    const int descriptor = int(m_notifier->socket());
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count <= 0)
        m_notifier->setEnabled(false);
    if (count < 0)
        return;
    if (count > 0)
        m_pending.append(buffer.data(), count);
    else if (!m_pending.isEmpty())
        m_pending.append('\n'); // the last line may lack its end
    for (qsizetype end = m_pending.indexOf('\n'); end >= 0; end = m_pending.indexOf('\n')) {
        const QByteArray line = m_pending.left(end).trimmed();
        m_pending.remove(0, end + 1);
        if (!line.isEmpty())
            (void)carryOut(line, nullptr);
    }
    if (m_pending.size() > longestLine)
        m_notifier->setEnabled(false);
}

ControlAnswer ControlServer::carryOut(const QByteArray &line, QLocalSocket *client)
{
    const Result<ControlCommand> command = decodeCommand(line);
    if (!command) {
        Q_EMIT rejected(command.error().message);
        return {.isOk = false, .error = command.error().message};
    }
    if (command->kind == ControlCommand::Kind::OnDisconnect) {
        if (client)
            m_stopOnDisconnect[client] = command->stopOnDisconnect;
        return {.id = command->id};
    }
    const Reply reply = m_handler(*command);
    if (!reply.error.isEmpty())
        Q_EMIT rejected(reply.error);
    return {.id = command->id,
            .isOk = reply.error.isEmpty(),
            .error = reply.error,
            .state = reply.state};
}

} // namespace lowtide
