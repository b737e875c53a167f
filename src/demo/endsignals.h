#pragma once

#include <QObject>
#include <QSocketNotifier>

namespace lowtide {

/// Reports what asks the program to end: SIGINT, SIGTERM, SIGHUP, and standard input's end when it
/// is a life line. At most one a process, in the main thread.
class EndSignals : public QObject {
    Q_OBJECT

public:
    explicit EndSignals(QObject *parent = nullptr);
    ~EndSignals() override;

    void watchLifeline();

Q_SIGNALS:
    void endAsked();

private:
    void onSignal();
    void onInput();

    int m_signals; ///< A signalfd.
    QSocketNotifier m_signalNotifier;
    QSocketNotifier m_inputNotifier;
};

} // namespace lowtide
