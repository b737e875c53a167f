#include "demo/heldmemory.h"

#include <algorithm>

#include <sys/mman.h>
#include <unistd.h>

namespace lowtide {

namespace {

/// Blocks of at most this size keep a large working set's kernel calls few and its shrinking
/// simple.
constexpr qint64 blockBytes = 64LL * 1024 * 1024;

qint64 pageBytes()
{
    static const qint64 bytes = ::sysconf(_SC_PAGESIZE);
    return bytes;
}

} // namespace

HeldMemory::~HeldMemory() { shrink(m_bytes); }

void HeldMemory::resize(Bytes size)
{
    const qint64 wanted = size.count() / pageBytes() * pageBytes();
    if (wanted > m_bytes)
        grow(wanted - m_bytes);
    else
        shrink(m_bytes - wanted);
}

void HeldMemory::grow(qint64 bytes)
{
    while (bytes > 0) {
        const qint64 length = std::min(bytes, blockBytes);
        void *const begin = ::mmap(nullptr, size_t(length), PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (begin == MAP_FAILED) // NOLINT: the system's own macro holds a C cast
            return;
        // A page counts as used once it is written; volatile, since nothing ever reads it.
        volatile char *const pages = static_cast<char *>(begin);
        for (qint64 offset = 0; offset < length; offset += pageBytes())
            pages[offset] = 1;
        m_blocks.push_back({static_cast<char *>(begin), length});
        m_bytes += length;
        bytes -= length;
    }
}

void HeldMemory::shrink(qint64 bytes)
{
    while (bytes > 0 && !m_blocks.empty()) {
        Block &last = m_blocks.back();
        const qint64 length = std::min(bytes, last.bytes);
        last.bytes -= length;
        ::munmap(last.begin + last.bytes, size_t(length));
        if (last.bytes == 0)
            m_blocks.pop_back();
        m_bytes -= length;
        bytes -= length;
    }
}

} // namespace lowtide
