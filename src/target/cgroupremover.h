#pragma once

#include "target/cgrouplayout.h"

#include <QObject>
#include <QTimer>

namespace lowtide {

/// Removes the folders of one control group: freezes and kills what is inside, thaws, removes, and
/// tries again by a timer, since a killed process leaves its group only when it is really gone.
/// Main thread.
class CgroupRemover : public QObject {
    Q_OBJECT

public:
    explicit CgroupRemover(CgroupFolders folders, QObject *parent = nullptr);
    ~CgroupRemover() override;

    /// Removes in the background, owned by the application; without one it tries once.
    static void removeDetached(const CgroupFolders &folders);

    void start();

Q_SIGNALS:
    /// Never from within start().
    void finished(bool complete);

private:
    /// Whether nothing is left.
    [[nodiscard]] bool tryOnce() const;
    void onTurn();

    CgroupFolders m_folders;
    QTimer m_timer;
    int m_turnsLeft;
    bool m_isWorking = false;
};

} // namespace lowtide
