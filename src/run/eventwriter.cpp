#include "run/eventwriter.h"

#include "model/eventcodec.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// Samples may be lost: counts are totals, so the next one makes up for them. Histograms are none:
/// each holds what came since the one before.
bool isSample(const RunEventPayload &payload)
{
    return std::holds_alternative<IntervalEvent>(payload)
        || std::holds_alternative<ContainerEvent>(payload)
        || std::holds_alternative<ProcessEvent>(payload)
        || std::holds_alternative<GeneratorEvent>(payload)
        || std::holds_alternative<ProbeEvent>(payload)
        || std::holds_alternative<ContainerLogEvent>(payload)
        || std::holds_alternative<LogEvent>(payload);
}

std::size_t largestWrite(int descriptor)
{
    struct stat status = {};
    const bool isFile = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    return isFile ? std::numeric_limits<std::size_t>::max() / 2 : PIPE_BUF;
}

} // namespace

EventWriter::EventWriter(int descriptor, Options options)
    : m_descriptor(descriptor)
    , m_options(options)
    , m_largestWrite(largestWrite(descriptor))
    , m_thread([this] { runThread(); })
{
}

EventWriter::~EventWriter() { close(std::chrono::seconds(5)); }

Result<std::unique_ptr<EventWriter>> EventWriter::toNewFile(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    const int descriptor =
        ::open(name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC,
               S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
    if (descriptor < 0) {
        return Unexpected(Error{
            .code = ErrorCode::Io,
            .message = QCoreApplication::translate("EventWriter", "cannot create the journal: %1.")
                           .arg(qt_error_string(errno)),
            .where = path,
            .hint = QCoreApplication::translate(
                "EventWriter", "Choose another place with --run-dir or --output-dir.")});
    }
    return std::make_unique<EventWriter>(descriptor, Options{.syncsEverySecond = true});
}

Result<std::unique_ptr<EventWriter>> EventWriter::toEventsFile(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    // Not blocking: a named pipe that nobody reads would hold up the start for ever.
    const int descriptor =
        ::open(name.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC,
               S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
    if (descriptor >= 0)
        return std::make_unique<EventWriter>(descriptor, Options{.capacity = 256});
    const int failure = errno;
    const QString reason = failure == ENXIO
        ? QCoreApplication::translate("EventWriter", "nobody reads that pipe")
        : qt_error_string(failure);
    return Unexpected(Error{.code = ErrorCode::BadInput,
                            .message = QCoreApplication::translate(
                                           "EventWriter", "the events cannot be written there: %1.")
                                           .arg(reason),
                            .where = u"--events %1"_s.arg(path)});
}

void EventWriter::post(const RunEvent &event)
{
    QByteArray text = encodeEvent(event);
    text.append('\n');
    {
        const std::lock_guard lock(m_mutex);
        if (m_isDead || m_isClosing) {
            ++m_lost;
            return;
        }
        if (m_queue.size() >= m_options.capacity && isSample(event.payload)) {
            noteGap(event.seconds);
            return;
        }
        queueGap(event.seconds);
        m_queue.push_back({.text = std::move(text), .seconds = event.seconds});
    }
    m_wake.notify_one();
}

void EventWriter::noteGap(double seconds)
{
    ++m_lost;
    if (m_gap.lostEvents++ == 0)
        m_gap.fromSeconds = seconds;
    m_gap.toSeconds = seconds;
}

void EventWriter::queueGap(double seconds)
{
    if (m_gap.lostEvents == 0)
        return;
    const RunEvent gap{.seconds = seconds, .payload = m_gap};
    m_queue.push_back(
        {.text = encodeEvent(gap) + '\n', .seconds = seconds, .tellsOfLost = m_gap.lostEvents});
    m_gap = {};
}

void EventWriter::close(Nanoseconds patience)
{
    if (!m_thread.joinable())
        return;
    {
        std::unique_lock lock(m_mutex);
        if (!m_isDead)
            queueGap(m_gap.toSeconds);
        m_isClosing = true;
        m_wake.notify_one();
        m_drained.wait_for(lock, patience,
                           [this] { return (m_queue.empty() && m_isIdle) || m_isDead; });
        m_lost += std::count_if(m_queue.cbegin(), m_queue.cend(),
                                [](const Line &line) { return line.tellsOfLost == 0; });
        m_queue.clear();
        m_isDead = true;
        m_wake.notify_one();
    }
    m_thread.join();
    if (m_options.closesDescriptor)
        ::close(m_descriptor);
}

qint64 EventWriter::lostEvents() const
{
    const std::lock_guard lock(m_mutex);
    return m_lost;
}

QString EventWriter::lastError() const
{
    const std::lock_guard lock(m_mutex);
    return m_lastError;
}

void EventWriter::runThread()
{
    using Clock = std::chrono::steady_clock;
    auto nextSync = Clock::now() + std::chrono::seconds(1);
    bool isDirty = false;
    std::unique_lock lock(m_mutex);
    while (!m_isDead) {
        const auto hasWork = [this] { return !m_queue.empty() || m_isDead; };
        if (isDirty)
            m_wake.wait_until(lock, nextSync, hasWork);
        else
            m_wake.wait(lock, hasWork);
        m_isIdle = false;
        while (!m_queue.empty() && !m_isDead) {
            const Line line = std::move(m_queue.front());
            m_queue.pop_front();
            lock.unlock();
            const bool isWritten = writeLine(line.text);
            const int error = errno;
            lock.lock();
            isDirty = true;
            if (isWritten)
                continue;
            m_lastError = qt_error_string(error);
            if (line.tellsOfLost == 0) {
                noteGap(line.seconds);
            } else {
                if (m_gap.lostEvents == 0)
                    m_gap.fromSeconds = m_gap.toSeconds = line.seconds;
                m_gap.lostEvents += line.tellsOfLost;
            }
            m_isDead = m_isDead || error == EPIPE;
        }
        if (m_options.syncsEverySecond && isDirty && (Clock::now() >= nextSync || m_isClosing)) {
            lock.unlock();
            ::fdatasync(m_descriptor);
            lock.lock();
            nextSync = Clock::now() + std::chrono::seconds(1);
            isDirty = false;
        }
        isDirty = isDirty && m_options.syncsEverySecond;
        m_isIdle = true;
        if (m_queue.empty())
            m_drained.notify_all();
    }
    m_drained.notify_all();
    lock.unlock();
    if (isDirty)
        ::fdatasync(m_descriptor);
}

/// One write() for a whole line. What a full disk cut off is ended by a newline before the next
/// line, so that a reader loses this one alone. A pipe gets no more at once than it takes without
/// blocking once it is writable (PIPE_BUF, pipe(7)), and is polled in slices: close() can end the
/// thread while a reader stalls.
bool EventWriter::writeLine(const QByteArray &text)
{
    QByteArray data = m_lineIsCut ? '\n' + text : text;
    qsizetype done = 0;
    while (done < data.size()) {
        pollfd waited{.fd = m_descriptor, .events = POLLOUT, .revents = 0};
        if (::poll(&waited, 1, 100) == 0) {
            const std::lock_guard lock(m_mutex);
            if (m_isDead) {
                m_lineIsCut = m_lineIsCut || done > 0;
                return false;
            }
            continue;
        }
        const std::size_t left = std::size_t(data.size() - done);
        const ssize_t count =
            ::write(m_descriptor, data.constData() + done, std::min(left, m_largestWrite));
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (count < 0) {
            const int error = errno;
            m_lineIsCut = m_lineIsCut || done > 0;
            errno = error;
            return false;
        }
        done += count;
    }
    m_lineIsCut = false;
    return true;
}

} // namespace lowtide
