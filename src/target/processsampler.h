#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/units.h"
#include "model/runevent.h"
#include "target/processtree.h"

#include <QHash>
#include <QMap>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <memory>

namespace lowtide {

class CgroupScope;

/// Looks at each watched process and its descendants once a second, on a grid of whole seconds from
/// start(); a turn that comes late is skipped rather than made up. Main thread.
class ProcessSampler : public QObject {
    Q_OBJECT

public:
    explicit ProcessSampler(QObject *parent = nullptr);
    ~ProcessSampler() override;

    /// Replaces what was watched under that name. `cgroup` may be null, or go away at any time. An
    /// error where there is no such process.
    [[nodiscard]] Result<void> watch(const QString &service, qint64 pid,
                                     CgroupScope *cgroup = nullptr);
    void unwatch(const QString &service);
    /// What weighs on that service now, to stand in its samples; absent: none was ever put there.
    void setBallast(const QString &service, std::optional<Bytes> held);

    void start();
    void stop();
    /// All at once, now, beside the grid.
    void sampleNow();

Q_SIGNALS:
    void sampled(const lowtide::ProcessEvent &event);
    /// It is gone, or its pid belongs to another process now; after a last sample that says so.
    /// Once.
    void vanished(const QString &service);

private:
    struct Watched {
        QString service;
        std::unique_ptr<ProcessTree> tree;
        QPointer<CgroupScope> cgroup;
        std::optional<Bytes> ballast;
    };

    void onTurn();
    void scheduleNext();
    [[nodiscard]] static ProcessEvent sample(Watched &watched);

    QTimer m_timer;
    SteadyTime m_started;
    std::vector<std::unique_ptr<Watched>> m_watched;
};

} // namespace lowtide
