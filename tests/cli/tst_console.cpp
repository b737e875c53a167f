#include "cli/console.h"
#include "cli/pipe.h"

#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;

class ConsoleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aStalledReaderHoldsUpNothingWhileNobodyWaitsForIt();
};

void ConsoleTest::aStalledReaderHoldsUpNothingWhileNobodyWaitsForIt()
{
    Pipe results;
    Pipe errors;
    Console console(results.writer(), errors.writer());
    console.setWaits(false);
    console.say(u"heard"_s);
    errors.fill();
    console.say(u"lost"_s); // would hang
    console.report(Error{ErrorCode::Io, u"lost too"_s, {}, {}});
    const QByteArray read = errors.read();
    QVERIFY(read.startsWith("heard\n"));
    QVERIFY(!read.contains("lost"));
    console.say(u"heard again"_s);
    QCOMPARE(errors.read(), "heard again\n");
}

QTEST_GUILESS_MAIN(ConsoleTest)
#include "tst_console.moc"
