#pragma once

#include <QByteArray>

#include <fcntl.h>
#include <unistd.h>

namespace lowtide {

/// A pipe whose reading end never blocks; stands for a terminal or a script that reads.
class Pipe {
public:
    Pipe()
    {
        if (::pipe2(m_ends, O_CLOEXEC) == 0)
            (void)::fcntl(m_ends[0], F_SETFL, O_NONBLOCK);
    }
    ~Pipe()
    {
        closeReader();
        ::close(m_ends[1]);
    }
    Pipe(const Pipe &) = delete;
    Pipe &operator=(const Pipe &) = delete;

    [[nodiscard]] int writer() const { return m_ends[1]; }
    void closeReader()
    {
        if (m_ends[0] >= 0)
            ::close(m_ends[0]);
        m_ends[0] = -1;
    }
    /// What is there now.
    [[nodiscard]] QByteArray read()
    {
        QByteArray all;
        char buffer[4096];
        for (ssize_t count = 0; (count = ::read(m_ends[0], buffer, sizeof buffer)) > 0;)
            all.append(buffer, count);
        return all;
    }
    /// Fills the pipe, as a reader does that has stalled.
    void fill()
    {
        const int flags = ::fcntl(m_ends[1], F_GETFL);
        (void)::fcntl(m_ends[1], F_SETFL, flags | O_NONBLOCK);
        const QByteArray block(4096, '.');
        while (::write(m_ends[1], block.constData(), 4096) > 0) { }
        (void)::fcntl(m_ends[1], F_SETFL, flags);
    }

private:
    int m_ends[2] = {-1, -1};
};

} // namespace lowtide
