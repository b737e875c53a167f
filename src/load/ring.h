#pragma once

#include <QtGlobal>

#include <cstddef>
#include <vector>

namespace lowtide {

/// A queue with a fixed room, taken at the start: it never allocates afterwards. A value.
template <typename T> class Ring {
public:
    explicit Ring(std::size_t capacity)
        : m_items(capacity)
    {
    }
    [[nodiscard]] bool isEmpty() const { return m_size == 0; }
    [[nodiscard]] bool isFull() const { return m_size == m_items.size(); }
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] const T &front() const
    {
        Q_ASSERT(!isEmpty());
        return m_items[m_first];
    }
    void push(const T &item)
    {
        Q_ASSERT(!isFull());
        m_items[(m_first + m_size++) % m_items.size()] = item;
    }
    T pop()
    {
        const T item = front();
        m_first = (m_first + 1) % m_items.size();
        --m_size;
        return item;
    }

private:
    std::vector<T> m_items;
    std::size_t m_first = 0;
    std::size_t m_size = 0;
};

} // namespace lowtide
