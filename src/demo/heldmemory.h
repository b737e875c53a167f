#pragma once

#include "base/units.h"

#include <QtGlobal>

#include <vector>

namespace lowtide {

/// Memory that really is resident: each page is written to. Grows and shrinks; gives all back at
/// its end.
class HeldMemory {
public:
    HeldMemory() = default;
    ~HeldMemory();
    Q_DISABLE_COPY_MOVE(HeldMemory)

    /// Holds so much from now on, to the page. Less than asked when the system has no more.
    void resize(Bytes size);
    [[nodiscard]] Bytes size() const { return Bytes(m_bytes); }

private:
    struct Block {
        char *begin = nullptr;
        qint64 bytes = 0;
    };
    void grow(qint64 bytes);
    void shrink(qint64 bytes);

    std::vector<Block> m_blocks;
    qint64 m_bytes = 0;
};

} // namespace lowtide
