#include "stats/countpages.h"

#include <QtGlobal>

#include <algorithm>

#include <sys/mman.h>

namespace lowtide {

namespace {

constexpr std::size_t pageBytes = CountPages::countersPerPage * sizeof(std::int64_t);
constexpr std::size_t mappingBytes = CountPages::size * sizeof(std::int64_t);

/// Histograms cross threads as copies in Qt's queued signals, whose locks the ThreadSanitizer
/// cannot see (Debian's Qt is not instrumented). Without this each counter of each copy is looked
/// at as a race.
__attribute__((no_sanitize("thread"))) void addPage(std::int64_t *to, const std::int64_t *from)
{
    for (int index = 0; index < CountPages::countersPerPage; ++index)
        to[index] += from[index];
}

} // namespace

CountPages::CountPages() { map(); }

CountPages::~CountPages()
{
    if (m_counters != nullptr)
        munmap(m_counters, mappingBytes);
}

CountPages::CountPages(const CountPages &other)
{
    map();
    add(other);
}

CountPages::CountPages(CountPages &&other) noexcept
    : m_counters(std::exchange(other.m_counters, nullptr))
    , m_used(std::exchange(other.m_used, 0))
{
}

CountPages &CountPages::operator=(CountPages other) noexcept
{
    std::swap(m_counters, other.m_counters);
    std::swap(m_used, other.m_used);
    return *this;
}

void CountPages::map()
{
    void *memory = mmap(nullptr, mappingBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        qBadAlloc();
    m_counters = static_cast<std::int64_t *>(memory);
}

void CountPages::add(const CountPages &other)
{
    if (other.m_used != 0 && m_counters == nullptr)
        map();
    for (std::uint64_t left = other.m_used; left != 0; left &= left - 1) {
        const int first = std::countr_zero(left) * countersPerPage;
        addPage(m_counters + first, other.m_counters + first);
    }
    m_used |= other.m_used;
}

void CountPages::clear()
{
    for (std::uint64_t left = m_used; left != 0; left &= left - 1) {
        const std::ptrdiff_t page = std::countr_zero(left);
        std::fill_n(m_counters + page * countersPerPage, countersPerPage, 0);
    }
    m_used = 0;
}

std::size_t CountPages::usedBytes() const
{
    return static_cast<std::size_t>(std::popcount(m_used)) * pageBytes;
}

bool CountPages::equals(const CountPages &other) const
{
    const auto page = [](const CountPages &counts, int first, int index) {
        const bool used =
            (counts.m_used >> (static_cast<unsigned>(first) / countersPerPage) & 1U) != 0;
        return used ? counts.m_counters[index] : 0;
    };
    for (std::uint64_t left = m_used | other.m_used; left != 0; left &= left - 1) {
        const int first = std::countr_zero(left) * countersPerPage;
        for (int index = first; index < first + countersPerPage; ++index) {
            if (page(*this, first, index) != page(other, first, index))
                return false;
        }
    }
    return true;
}

} // namespace lowtide
