#include "cli/pipe.h"
#include "cli/progressdisplay.h"

#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace lowtide;

namespace {

RunEvent second(double seconds) { return {seconds, GeneratorEvent{}}; }

RunEvent log(const QString &text) { return {1.0, LogEvent{u"info"_s, u"lowtide.run"_s, text}}; }

/// What a terminal would show: understands the sequences that the display uses.
QList<QByteArray> screenOf(const QByteArray &written)
{
    QList<QByteArray> lines{QByteArray()};
    for (qsizetype i = 0; i < written.size(); ++i) {
        if (written.mid(i, 2) == "\x1b[") {
            qsizetype end = i + 2;
            while (end < written.size() && !isalpha(written[end]))
                ++end;
            const int count = written.mid(i + 2, end - i - 2).toInt();
            if (written[end] == 'F') {
                // Up by that many lines; the J that follows clears what is below.
                lines = lines.mid(0, lines.size() - 1 - count) + QList<QByteArray>{QByteArray()};
            }
            i = end;
        } else if (written[i] == '\n') {
            lines.append(QByteArray());
        } else {
            lines.last().append(written[i]);
        }
    }
    return lines;
}

} // namespace

class ProgressDisplayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLogGetsOneLineAnInterval();
    void quietSaysNothing();
    void aTerminalKeepsNoticesAboveTheRedrawnLines();
    void finishTakesTheRedrawnLinesAway();
    void aStalledReaderIsNotWaitedFor();
    void aReaderThatWentAwayIsSurvived();
    void redrawsOnlyOnTerminals();
};

void ProgressDisplayTest::aLogGetsOneLineAnInterval()
{
    Pipe pipe;
    Console console(-1, pipe.writer());
    ProgressDisplay display(console, {.kind = ProgressDisplay::Kind::Lines, .lineSeconds = 5.0});
    for (int i = 1; i <= 12; ++i)
        display.add(second(i));
    const QList<QByteArray> lines = pipe.read().split('\n');
    QCOMPARE(lines, (QList<QByteArray>{"0:01  starting", "0:06  starting", "0:11  starting", ""}));
}

void ProgressDisplayTest::quietSaysNothing()
{
    Pipe pipe;
    Console console(-1, pipe.writer());
    ProgressDisplay display(console, ProgressDisplay::optionsFor(console, true));
    display.add(second(1.0));
    display.add(log(u"text"_s));
    display.finish();
    QCOMPARE(pipe.read(), QByteArray());
}

void ProgressDisplayTest::aTerminalKeepsNoticesAboveTheRedrawnLines()
{
    Pipe pipe;
    Console console(-1, pipe.writer());
    ProgressDisplay display(console, {.kind = ProgressDisplay::Kind::Redrawn});
    display.add(second(1.0));
    display.add(log(u"first"_s));
    display.add(second(2.0));
    display.add(log(u"second"_s));
    display.add(second(3.0));
    const QList<QByteArray> screen = screenOf(pipe.read());
    QCOMPARE(screen.size(), 4);
    QCOMPARE(screen[0], QByteArray("info: first"));
    QCOMPARE(screen[1], QByteArray("info: second"));
    QVERIFY(screen[2].startsWith("starting"));
    QCOMPARE(screen[3], QByteArray());
}

void ProgressDisplayTest::finishTakesTheRedrawnLinesAway()
{
    Pipe pipe;
    Console console(-1, pipe.writer());
    ProgressDisplay display(console, {.kind = ProgressDisplay::Kind::Redrawn});
    display.add(log(u"kept"_s));
    display.add(second(1.0));
    display.finish();
    QCOMPARE(screenOf(pipe.read()), (QList<QByteArray>{"info: kept", ""}));
}

void ProgressDisplayTest::aStalledReaderIsNotWaitedFor()
{
    Pipe pipe;
    pipe.fill();
    Console console(-1, pipe.writer());
    ProgressDisplay display(console, {.kind = ProgressDisplay::Kind::Lines, .lineSeconds = 1.0});
    // A write that waits would hang the test here.
    for (int i = 1; i <= 1000; ++i) {
        display.add(log(u"line %1"_s.arg(i)));
        display.add(second(i));
    }
    (void)pipe.read();
    display.add(second(1001.0));
    const QByteArray afterwards = pipe.read();
    QVERIFY(afterwards.contains("info: line 1\n"));
    QVERIFY(afterwards.contains("16:41  starting"));
    QVERIFY2(afterwards.size() < 4096, "what nobody read must not pile up");
}

void ProgressDisplayTest::aReaderThatWentAwayIsSurvived()
{
    (void)std::signal(SIGPIPE, SIG_IGN); // as the program does
    Pipe pipe;
    Console console(pipe.writer(), pipe.writer());
    ProgressDisplay display(console, {.kind = ProgressDisplay::Kind::Lines});
    pipe.closeReader();
    display.add(second(1.0));
    display.add(second(10.0));
    display.finish();
    QVERIFY(!console.tryToWrite("x"));
    QVERIFY(console.writeResult("x").has_value());
}

void ProgressDisplayTest::redrawsOnlyOnTerminals()
{
    Pipe pipe;
    const Console console(-1, pipe.writer());
    QCOMPARE(ProgressDisplay::optionsFor(console, false).kind, ProgressDisplay::Kind::Lines);
    QCOMPARE(ProgressDisplay::optionsFor(console, true).kind, ProgressDisplay::Kind::None);
}

QTEST_GUILESS_MAIN(ProgressDisplayTest)
#include "tst_progressdisplay.moc"
