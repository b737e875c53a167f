#pragma once

#include <QObject>
#include <QSocketNotifier>

namespace lowtide {

/// SIGINT, SIGTERM and SIGHUP as Qt signals: the first asks for a graceful end, the second for an
/// end at once; from then on they have the system's meaning again, so that a third one ends the
/// program. An inherited SIG_IGN of SIGINT or SIGHUP stays (nohup). One object at a time; main
/// thread.
class StopSignals : public QObject {
    Q_OBJECT

public:
    explicit StopSignals(QObject *parent = nullptr);
    ~StopSignals() override;

Q_SIGNALS:
    void stopAsked();
    void stopNowAsked();

private:
    void onReadable();

    int m_count = 0;
    QSocketNotifier m_notifier;
};

} // namespace lowtide
