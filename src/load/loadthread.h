#pragma once

#include <QThread>

namespace lowtide {

/// A thread whose event loop is an EpollDispatcher, with the kernel's timers as fine as it has
/// them. Use it as any QThread: create the worker without a parent, moveToThread(), connect
/// `started` to its beginning and `finished` to its deleteLater(), call it by queued calls, end
/// with quit() and wait(). In the worker's slots EpollDispatcher::current() takes deadlines in
/// nanoseconds. Everything of Qt Network, QWebSocket and QTimer works in it.
class LoadThread : public QThread {
    Q_OBJECT

public:
    explicit LoadThread(const QString &name, QObject *parent = nullptr);
    /// The thread must have ended, or never been started.
    ~LoadThread() override;

protected:
    void run() override;
};

} // namespace lowtide
