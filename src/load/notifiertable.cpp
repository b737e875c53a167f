#include "load/notifiertable.h"

#include <QCoreApplication>
#include <QLoggingCategory>

#include <cerrno>

#include <sys/epoll.h>

namespace lowtide {

namespace {

Q_LOGGING_CATEGORY(loadLog, "lowtide.load")

constexpr std::array<std::uint32_t, 3> eventOfType = {EPOLLIN, EPOLLOUT, EPOLLPRI};

template <typename Notifiers> std::uint32_t wantedEvents(const Notifiers &notifiers)
{
    std::uint32_t events = 0;
    for (std::size_t type = 0; type < notifiers.size(); ++type) {
        if (notifiers[type])
            events |= eventOfType[type];
    }
    return events;
}

std::uint64_t tagOf(int descriptor, std::uint32_t generation)
{
    return std::uint64_t(generation) << 32 | static_cast<std::uint32_t>(descriptor);
}

} // namespace

NotifierTable::NotifierTable(int epoll)
    : m_epoll(epoll)
{
}

void NotifierTable::add(QSocketNotifier *notifier)
{
    const int descriptor = static_cast<int>(notifier->socket());
    Entry &entry = entryOf(descriptor);
    entry.notifiers.at(std::size_t(notifier->type())) = notifier;
    markChanged(descriptor, entry);
}

void NotifierTable::remove(QSocketNotifier *notifier)
{
    const int descriptor = static_cast<int>(notifier->socket());
    Entry &entry = entryOf(descriptor);
    QSocketNotifier *&known = entry.notifiers.at(std::size_t(notifier->type()));
    if (known != notifier)
        return;
    known = nullptr;
    if (wantedEvents(entry.notifiers) != 0) {
        markChanged(descriptor, entry);
        return;
    }
    // The descriptor may be closed next and its number reused: forget it at once, or the new file
    // would be taken for the registered one.
    if (entry.registered != 0)
        control(EPOLL_CTL_DEL, descriptor, 0, 0);
    entry.registered = 0;
    ++entry.generation;
}

int NotifierTable::tryWrites()
{
    int sent = 0;
    // By index and up to the present end: slots add to the list.
    const std::size_t count = m_changed.size();
    for (std::size_t i = 0; i < count && i < m_changed.size(); ++i) {
        const auto descriptor = std::size_t(m_changed[i]);
        const Entry &entry = m_entries[descriptor];
        if ((entry.registered & EPOLLOUT) == 0)
            sent += send(descriptor, entry.generation, QSocketNotifier::Write);
    }
    return sent;
}

void NotifierTable::applyChanges()
{
    for (const int descriptor : m_changed) {
        Entry &entry = entryOf(descriptor);
        entry.isChanged = false;
        const std::uint32_t wanted = wantedEvents(entry.notifiers);
        if (wanted == entry.registered)
            continue;
        const int operation = entry.registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
        control(operation, descriptor, wanted, entry.generation);
        entry.registered = wanted;
    }
    m_changed.clear();
}

int NotifierTable::activate(std::uint64_t tag, std::uint32_t events)
{
    const auto descriptor = std::size_t(tag & 0xffffffffU);
    const auto generation = static_cast<std::uint32_t>(tag >> 32);
    constexpr std::uint32_t trouble = EPOLLHUP | EPOLLERR;
    int sent = 0;
    if (events & (EPOLLIN | EPOLLRDHUP | trouble))
        sent += send(descriptor, generation, QSocketNotifier::Read);
    if (events & (EPOLLOUT | trouble))
        sent += send(descriptor, generation, QSocketNotifier::Write);
    if (events & (EPOLLPRI | trouble))
        sent += send(descriptor, generation, QSocketNotifier::Exception);
    return sent;
}

NotifierTable::Entry &NotifierTable::entryOf(int descriptor)
{
    const auto index = std::size_t(descriptor);
    if (index >= m_entries.size())
        m_entries.resize(index + 64);
    return m_entries[index];
}

void NotifierTable::markChanged(int descriptor, Entry &entry)
{
    if (entry.isChanged)
        return;
    entry.isChanged = true;
    m_changed.push_back(descriptor);
}

void NotifierTable::control(int operation, int descriptor, std::uint32_t events,
                            std::uint32_t generation)
{
    epoll_event event{};
    event.events = events;
    event.data.u64 = tagOf(descriptor, generation);
    ++m_registrations;
    if (epoll_ctl(m_epoll, operation, descriptor, &event) == 0 || operation == EPOLL_CTL_DEL)
        return; // a descriptor that was closed with its notifier alive has left epoll by itself
    int error = errno;
    // Closed and reopened behind a notifier's back: the entry is another one than we think.
    const bool isOutdated = (operation == EPOLL_CTL_MOD && error == ENOENT)
        || (operation == EPOLL_CTL_ADD && error == EEXIST);
    if (isOutdated) {
        const int other = operation == EPOLL_CTL_MOD ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
        error = epoll_ctl(m_epoll, other, descriptor, &event) == 0 ? 0 : errno;
    }
    if (error != 0)
        qCWarning(loadLog, "descriptor %d cannot be watched: %s", descriptor,
                  qPrintable(qt_error_string(error)));
}

int NotifierTable::send(std::size_t descriptor, std::uint32_t generation,
                        QSocketNotifier::Type type)
{
    // Looked up again before each activation: slots delete notifiers and close descriptors.
    if (descriptor >= m_entries.size() || m_entries[descriptor].generation != generation)
        return 0;
    QSocketNotifier *notifier = m_entries[descriptor].notifiers.at(std::size_t(type));
    if (!notifier)
        return 0;
    QEvent event(QEvent::SockAct);
    QCoreApplication::sendEvent(notifier, &event);
    return 1;
}

} // namespace lowtide
