#pragma once

#include <QSocketNotifier>

#include <array>
#include <cstdint>
#include <vector>

namespace lowtide {

/// The socket notifiers of one thread and their entries in an epoll instance. Part of
/// EpollDispatcher.
///
/// QAbstractSocket switches its write notifier on and off around every buffered write. So changes
/// are collected and applied before the wait, and a write notifier that was just switched on is
/// activated once without asking the kernel: mostly the write succeeds and no system call was
/// spent.
class NotifierTable {
public:
    /// `epoll` stays the caller's and outlives the table.
    explicit NotifierTable(int epoll);

    void add(QSocketNotifier *notifier);
    void remove(QSocketNotifier *notifier);

    [[nodiscard]] bool hasChanges() const { return !m_changed.empty(); }
    /// Activates write notifiers that were switched on since the last applyChanges(). A spurious
    /// activation is harmless: sockets answer EAGAIN, a pending connect EALREADY.
    int tryWrites();
    /// Tells epoll about all collected changes.
    void applyChanges();
    /// Activates the notifiers of one event of epoll_wait; `tag` is its data. Returns how many.
    int activate(std::uint64_t tag, std::uint32_t events);

    /// System calls spent on registering so far.
    [[nodiscard]] std::uint64_t registrations() const { return m_registrations; }

private:
    /// All notifiers of a descriptor share one entry: a second EPOLL_CTL_ADD would be refused.
    struct Entry {
        std::array<QSocketNotifier *, 3> notifiers{}; ///< By QSocketNotifier::Type.
        std::uint32_t registered = 0; ///< Events that epoll knows of.
        std::uint32_t generation = 0; ///< Tells a reused descriptor from the one an event was for.
        bool isChanged = false;
    };

    [[nodiscard]] Entry &entryOf(int descriptor);
    void markChanged(int descriptor, Entry &entry);
    void control(int operation, int descriptor, std::uint32_t events, std::uint32_t generation);
    int send(std::size_t descriptor, std::uint32_t generation, QSocketNotifier::Type type);

    int m_epoll;
    std::vector<Entry> m_entries; ///< By descriptor. Any activation may move it.
    std::vector<int> m_changed;
    std::uint64_t m_registrations = 0;
};

} // namespace lowtide
