#pragma once

#include "base/error.h"
#include "target/targetguard.h"

#include <QHostInfo>
#include <QList>
#include <QObject>
#include <QUrl>

namespace lowtide {

/// Checks where load would go, resolving names where it has to. Main thread.
class TargetCheck : public QObject {
    Q_OBJECT

public:
    TargetCheck(QList<QUrl> urls, const QStringList &allowedHosts, QObject *parent = nullptr);
    ~TargetCheck() override;
    void start();

Q_SIGNALS:
    /// In the order of the URLs; empty: all of them may be loaded. Never from within start().
    void finished(const lowtide::Errors &errors);

private:
    void onResolved(qsizetype index, const QHostInfo &answer);
    void conclude();

    LoadAllowance m_allowance;
    QList<QUrl> m_urls;
    QList<Errors> m_found; ///< For each URL.
    QList<int> m_lookups;
    qsizetype m_open = 0;
};

} // namespace lowtide
