#include "run/eventwriter.h"

#include "model/eventcodec.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class EventWriterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// After Qt Test has set its own handlers. Every program of ours ignores it.
    void initTestCase() { ::signal(SIGPIPE, SIG_IGN); }
    void everyEventIsALineInOrder();
    void anExistingJournalIsNeverOverwritten();
    void aStalledReaderNeitherBlocksPostNorClose();
    void whatAStalledReaderMissedIsOneGapWithItsCount();
    void decisionsAreNeverDropped();
    void histogramsAreNeverDroppedForTheyAreDeltas();
    void anEventsFileIsEmptiedAndNamedWhereItCannotBe();
    void aReaderThatLeftEndsThisSinkAlone();
    void aFullDiskIsCountedAndNamed();
};

namespace {

RunEvent sample(int n)
{
    return {.seconds = double(n),
            .payload = ProbeEvent{.service = QString(400, u'x'),
                                  .check = u"http"_s,
                                  .healthy = true,
                                  .detail = u"200"_s}};
}

RunEvent decision(int n)
{
    return {.seconds = double(n), .payload = PhaseEvent{.phase = u"stress"_s, .scenario = u"a"_s}};
}

struct Pipe {
    Pipe()
    {
        if (::pipe(ends.data()) != 0)
            qFatal("no pipe");
    }
    ~Pipe()
    {
        closeReader();
        ::close(ends[1]);
    }
    void closeReader()
    {
        if (ends[0] >= 0)
            ::close(std::exchange(ends[0], -1));
    }
    QByteArray readAvailable() const
    {
        QByteArray all;
        std::array<char, 65536> buffer{};
        pollfd waited{.fd = ends[0], .events = POLLIN, .revents = 0};
        while (::poll(&waited, 1, 0) > 0 && (waited.revents & POLLIN)) {
            const ssize_t count = ::read(ends[0], buffer.data(), buffer.size());
            if (count <= 0)
                break;
            all.append(buffer.data(), count);
        }
        return all;
    }
    std::array<int, 2> ends{};
};

} // namespace

void EventWriterTest::everyEventIsALineInOrder()
{
    const QTemporaryDir directory;
    const QString path = directory.filePath(u"run.ndjson"_s);
    auto writer = EventWriter::toNewFile(path);
    QVERIFY(writer);
    for (int n = 0; n < 500; ++n)
        (*writer)->post(sample(n));
    (*writer)->close(10s);
    QCOMPARE((*writer)->lostEvents(), 0);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    for (int n = 0; n < 500; ++n) {
        const auto event = decodeEvent(file.readLine().trimmed());
        QVERIFY(event && *event);
        QCOMPARE(**event, sample(n));
    }
    QVERIFY(file.atEnd());
}

void EventWriterTest::anExistingJournalIsNeverOverwritten()
{
    const QTemporaryDir directory;
    const QString path = directory.filePath(u"run.ndjson"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    const auto writer = EventWriter::toNewFile(path);
    QVERIFY(!writer);
    QCOMPARE(writer.error().where, path);
}

void EventWriterTest::aStalledReaderNeitherBlocksPostNorClose()
{
    const Pipe pipe; // holds 64 KB; nobody reads
    EventWriter writer(pipe.ends[1], {.capacity = 256, .closesDescriptor = false});
    for (int n = 0; n < 5000; ++n)
        writer.post(sample(n));
    writer.close(50ms);
    // 64 KB hold some 130 lines and the queue 256: most are lost, and counted.
    QVERIFY(writer.lostEvents() > 4000);
}

void EventWriterTest::whatAStalledReaderMissedIsOneGapWithItsCount()
{
    const Pipe pipe;
    EventWriter writer(pipe.ends[1], {.capacity = 16, .closesDescriptor = false});
    for (int n = 0; n < 2000; ++n)
        writer.post(sample(n));
    const qint64 lost = writer.lostEvents();
    QVERIFY(lost > 0);
    QByteArray text;
    QTRY_COMPARE((text += pipe.readAvailable()).count("\"probe\""), 2000 - lost);
    writer.post(decision(2001));
    writer.close(10s);
    text += pipe.readAvailable();
    qint64 samples = 0;
    qint64 told = 0;
    for (const QByteArray &line : text.split('\n')) {
        if (line.isEmpty())
            continue;
        const auto event = decodeEvent(line);
        QVERIFY(event && *event);
        if (const auto *gap = std::get_if<GapEvent>(&(*event)->payload))
            told += gap->lostEvents;
        else if (std::holds_alternative<ProbeEvent>((*event)->payload))
            ++samples;
    }
    QCOMPARE(told, lost);
    QCOMPARE(samples + told, 2000);
}

void EventWriterTest::decisionsAreNeverDropped()
{
    const Pipe pipe;
    EventWriter writer(pipe.ends[1], {.capacity = 1, .closesDescriptor = false});
    for (int n = 0; n < 100; ++n)
        writer.post(decision(n));
    writer.close(10s);
    QCOMPARE(writer.lostEvents(), 0);
    QCOMPARE(pipe.readAvailable().count('\n'), 100);
}

void EventWriterTest::histogramsAreNeverDroppedForTheyAreDeltas()
{
    const Pipe pipe;
    EventWriter writer(pipe.ends[1], {.capacity = 1, .closesDescriptor = false});
    for (int n = 0; n < 100; ++n)
        writer.post({.seconds = double(n), .payload = HistogramEvent{.scenario = u"a"_s}});
    writer.close(10s);
    QCOMPARE(writer.lostEvents(), 0);
    QCOMPARE(pipe.readAvailable().count('\n'), 100);
}

void EventWriterTest::anEventsFileIsEmptiedAndNamedWhereItCannotBe()
{
    const QTemporaryDir directory;
    const QString path = directory.filePath(u"events.ndjson"_s);
    for (int run = 0; run < 2; ++run) {
        auto writer = EventWriter::toEventsFile(path);
        QVERIFY(writer);
        (*writer)->post(decision(run));
        (*writer)->close(10s);
    }
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll().count('\n'), 1);

    const auto refused = EventWriter::toEventsFile(directory.path());
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::BadInput);
    QVERIFY(refused.error().where.contains(u"--events"));
}

void EventWriterTest::aReaderThatLeftEndsThisSinkAlone()
{
    Pipe pipe;
    pipe.closeReader();
    EventWriter writer(pipe.ends[1], {.capacity = 16, .closesDescriptor = false});
    writer.post(sample(1));
    QTRY_VERIFY(!writer.lastError().isEmpty());
    writer.post(sample(2));
    writer.close(10s);
    QCOMPARE(writer.lostEvents(), 2);
}

void EventWriterTest::aFullDiskIsCountedAndNamed()
{
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full < 0)
        QSKIP("this system has no /dev/full");
    EventWriter writer(full, {});
    writer.post(sample(1));
    writer.post(sample(2));
    writer.close(10s);
    QCOMPARE(writer.lostEvents(), 2);
    QCOMPARE(writer.lastError(), qt_error_string(ENOSPC));
}

QTEST_GUILESS_MAIN(EventWriterTest)
#include "tst_eventwriter.moc"
