#include "load/loadthread.h"

#include "load/epolldispatcher.h"

#include <sys/prctl.h>

namespace lowtide {

LoadThread::LoadThread(const QString &name, QObject *parent)
    : QThread(parent)
{
    setObjectName(name);
    // The thread owns it from here on.
    setEventDispatcher(new EpollDispatcher);
}

LoadThread::~LoadThread()
{
    // QThread deletes its dispatcher when run() ends, but not when it never began.
    delete QAbstractEventDispatcher::instance(this);
}

void LoadThread::run()
{
    // The default slack of 50 us would make every send that much late.
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    exec();
}

} // namespace lowtide
