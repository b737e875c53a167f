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
    /// `program` is lowtide-demo itself.
    DemoFleet(const QString &program, const QHostAddress &host, QObject *parent = nullptr);

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
        QProcess *process = nullptr; ///< A child of the fleet.
        bool isAnnounced = false;
    };

    void startChild(Child &child, const QStringList &arguments);
    void onOutput(Child &child);
    void onFinished(const Child &child, int exitCode, QProcess::ExitStatus status);
    void onFailedToStart(const Child &child);
    void finishWhenAllEnded();
    void killAll();

    QString m_program;
    QHostAddress m_host;
    std::array<Child, 3> m_children;
    QTimer m_killTimer;
    int m_exitCode = 0;
    bool m_isStopping = false;
    bool m_isFinished = false;
};

} // namespace lowtide
