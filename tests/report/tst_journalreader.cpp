#include "model/eventcodec.h"
#include "report/journalreader.h"
#include "report/madeevents.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace lowtide;

class JournalReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_directory.isValid()); }

    void handsEachEventOnInOrder();
    void toleratesADamagedEnd_data();
    void toleratesADamagedEnd();
    void skipsAndNamesADamagedLineInTheMiddle();
    void countsKindsThatItDoesNotKnow();
    void skipsALineBeyondAllBounds();
    void refusesAFileWithoutRunStarted_data();
    void refusesAFileWithoutRunStarted();
    void saysWhichFileCannotBeRead();

private:
    QString journal(const QByteArray &content)
    {
        const QString path = m_directory.filePath(u"run.ndjson"_s);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write the journal");
        return path;
    }
    static QByteArray line(const RunEvent &event) { return encodeEvent(event) + '\n'; }
    static QByteArray start() { return line({0.0, made::started()}); }

    QTemporaryDir m_directory;
};

void JournalReaderTest::handsEachEventOnInOrder()
{
    const QList<RunEvent> events = {{0.0, made::started()},
                                    made::phase(1.0, u"http_load"_s, true),
                                    made::process(2.5, u"shop"_s, 10.0, 5.0),
                                    made::runFinished(3.25)};
    QByteArray content;
    for (const RunEvent &event : events)
        content += line(event);
    QList<RunEvent> read;
    const auto end = readJournal(journal(content), [&](const RunEvent &e) { read.append(e); });
    QVERIFY(end.has_value());
    QCOMPARE(read, events);
    QVERIFY(end->finished);
    QVERIFY(!end->truncated);
    QCOMPARE(end->lines, 4);
    QCOMPARE(end->skippedLines, 0);
    QCOMPARE(end->lastSeconds, 3.25);
}

void JournalReaderTest::toleratesADamagedEnd_data()
{
    QTest::addColumn<QByteArray>("tail");
    const QByteArray whole = line(made::process(9.0, u"shop"_s, 10.0));
    QTest::newRow("half a line") << whole.left(whole.size() / 2);
    QTest::newRow("all but the last brace") << whole.left(whole.size() - 2);
    QTest::newRow("damaged but ended") << QByteArray("{\"v\":1,\"ki\n");
    QTest::newRow("zeros of a power cut") << QByteArray(4096, '\0');
}

void JournalReaderTest::toleratesADamagedEnd()
{
    QFETCH(QByteArray, tail);
    int count = 0;
    const auto end =
        readJournal(journal(start() + line(made::phase(2.0, u"http_load"_s, true)) + tail),
                    [&](const RunEvent &) { ++count; });
    QVERIFY(end.has_value());
    QCOMPARE(count, 2);
    QVERIFY(end->truncated);
    QVERIFY(!end->finished);
    QCOMPARE(end->skippedLines, 0);
    QCOMPARE(end->lastSeconds, 2.0);
}

void JournalReaderTest::skipsAndNamesADamagedLineInTheMiddle()
{
    int count = 0;
    const auto end = readJournal(journal(start() + "{\"v\":1,\"kind\":\"phase\"\n" + "rubbish\n"
                                         + line(made::runFinished(4.0))),
                                 [&](const RunEvent &) { ++count; });
    QVERIFY(end.has_value());
    QCOMPARE(count, 2);
    QCOMPARE(end->skippedLines, 2);
    QVERIFY(!end->truncated);
    QVERIFY(end->finished);
    QCOMPARE(end->notes.size(), 2);
    QVERIFY2(end->notes.at(0).contains(u"2"_s), qPrintable(end->notes.at(0)));
    QVERIFY2(end->notes.at(1).contains(u"3"_s), qPrintable(end->notes.at(1)));
}

void JournalReaderTest::countsKindsThatItDoesNotKnow()
{
    const auto end = readJournal(journal(start() + "{\"v\":1,\"kind\":\"weather\",\"t\":1}\n"),
                                 [](const RunEvent &) {});
    QVERIFY(end.has_value());
    QCOMPARE(end->unknownKinds, 1);
    QCOMPARE(end->skippedLines, 0);
}

void JournalReaderTest::skipsALineBeyondAllBounds()
{
    const auto end = readJournal(
        journal(start() + QByteArray(17 * 1024 * 1024, 'x') + '\n' + line(made::runFinished(4.0))),
        [](const RunEvent &) {});
    QVERIFY(end.has_value());
    QCOMPARE(end->skippedLines, 1);
    QCOMPARE(end->lines, 3);
    QVERIFY(end->finished);
}

void JournalReaderTest::refusesAFileWithoutRunStarted_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("events of a run without its begin") << line(made::runFinished(1.0));
    QTest::newRow("some other file") << QByteArray("<html>\n</html>\n");
}

void JournalReaderTest::refusesAFileWithoutRunStarted()
{
    QFETCH(QByteArray, content);
    const auto end = readJournal(journal(content), [](const RunEvent &) {});
    QVERIFY(!end.has_value());
    QCOMPARE(end.error().code, ErrorCode::Malformed);
    QVERIFY(!end.error().hint.isEmpty());
    QVERIFY(end.error().where.endsWith(u"run.ndjson"_s));
}

void JournalReaderTest::saysWhichFileCannotBeRead()
{
    const QString path = m_directory.filePath(u"nowhere/run.ndjson"_s);
    const auto end = readJournal(path, [](const RunEvent &) {});
    QVERIFY(!end.has_value());
    QCOMPARE(end.error().code, ErrorCode::Io);
    QCOMPARE(end.error().where, path);
}

QTEST_GUILESS_MAIN(JournalReaderTest)
#include "tst_journalreader.moc"
