#pragma once

#include <QHostAddress>
#include <QObject>
#include <QProcess>
#include <QStringList>
#include <QTimer>

#include <array>

namespace lowtide {

/// Runs the three services as children of this program, each in a process group and on a life line
/// of its own. In its creator's thread; owns the children.
class DemoFleet : public QObject {
    Q_OBJECT

public:
    enum class Ports { Default, Free };

    /// `program` is lowtide-demo itself.
    DemoFleet(const QString &program, const QHostAddress &host, Ports ports,
              QObject *parent = nullptr);

    void start();
    /// Cuts the life lines; finished() follows.
    void stop();

Q_SIGNALS:
    /// A line for standard output: a service is ready.
    void announced(const QByteArray &line);
    /// A line for people.
    void noted(const QString &text);
    /// All children have ended. 0 after stop(), else what the first child that failed gave.
    void finished(int exitCode);

private:
    struct Child {
        QString service;
        QProcess *process = nullptr; ///< A child of the fleet; not there before it is started.
        QString url; ///< Where it serves, once it is announced.
    };

    void startChild(Child &child, QStringList arguments);
    void onOutput(Child &child);
    void onFinished(const Child &child, int exitCode, QProcess::ExitStatus status);
    void onFailedToStart(const Child &child);
    void noteAllUp();
    void finishWhenAllEnded();
    [[nodiscard]] std::array<const Child *, 3> children() const
    {
        return {&m_bluefin, &m_dashboard, &m_bot};
    }
    void killAll();

    QString m_program;
    QHostAddress m_host;
    Ports m_ports;
    Child m_bluefin;
    Child m_dashboard;
    Child m_bot; ///< Started when the other two are there.
    QTimer m_killTimer;
    int m_exitCode = 0;
    bool m_isStopping = false;
    bool m_isFinished = false;
};

} // namespace lowtide
