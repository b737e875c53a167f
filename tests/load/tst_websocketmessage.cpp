#include "load/websocketmessage.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;

class WebSocketMessageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void messageHasExactlyTheSizeAndItsIdComesBack_data();
    void messageHasExactlyTheSizeAndItsIdComesBack();
    void idIsFoundHoweverTheServerWritesTheEcho_data();
    void idIsFoundHoweverTheServerWritesTheEcho();
    void messagesOfOthersHaveNoId_data();
    void messagesOfOthersHaveNoId();
};

void WebSocketMessageTest::messageHasExactlyTheSizeAndItsIdComesBack_data()
{
    QTest::addColumn<quint64>("id");
    QTest::newRow("first") << quint64(0);
    QTest::newRow("small") << quint64(41);
    QTest::newRow("large") << quint64(78364164095); // 36^7 - 1
}

void WebSocketMessageTest::messageHasExactlyTheSizeAndItsIdComesBack()
{
    QFETCH(quint64, id);
    for (const int size : {32, 33, 34, 35, 36, 40, 41, 42, 43, 64, 512, 1048576}) {
        const QString text = echoMessage(id, size);
        QCOMPARE(text.toUtf8().size(), size);
        QJsonParseError error;
        const auto document = QJsonDocument::fromJson(text.toUtf8(), &error);
        QVERIFY2(error.error == QJsonParseError::NoError, qPrintable(text.left(80)));
        QCOMPARE(document.object()[u"type"].toString(), u"echo"_s);
        QCOMPARE(echoId(text), std::optional(id));
    }
}

void WebSocketMessageTest::idIsFoundHoweverTheServerWritesTheEcho_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("unchanged") << u"{\"type\":\"echo\",\"id\":\"lt15\",\"pad\":\"xx\"}"_s;
    QTest::newRow("spaces") << u"{\"type\": \"echo\", \"id\" : \"lt15\"}"_s;
    QTest::newRow("behind a text") << u"Echo: {\"type\":\"echo\",\"id\":\"lt15\"}"_s;
    QTest::newRow("as a string in a message")
        << uR"({"id":7,"data":"{\"type\":\"echo\",\"id\":\"lt15\"}"})"_s;
    QTest::newRow("behind another id") << u"{\"id\":\"x1\",\"data\":{\"id\":\"lt15\"}}"_s;
    QTest::newRow("leading zeros") << u"{\"id\":\"lt0015\"}"_s;
}

void WebSocketMessageTest::idIsFoundHoweverTheServerWritesTheEcho()
{
    QFETCH(QString, text);
    QCOMPARE(echoId(text), std::optional<quint64>(41)); // 1 * 36 + 5
}

void WebSocketMessageTest::messagesOfOthersHaveNoId_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << QString();
    QTest::newRow("number") << u"{\"id\":15}"_s;
    QTest::newRow("other's text id") << u"{\"id\":\"15\"}"_s;
    QTest::newRow("no digits") << u"{\"id\":\"lt\"}"_s;
    QTest::newRow("not of the base") << u"{\"id\":\"lt-1\"}"_s;
    QTest::newRow("cut in the key") << u"{\"id"_s;
    QTest::newRow("cut in the value") << u"{\"id\":\"lt1"_s;
    QTest::newRow("another key") << u"{\"idle\":\"lt15\"}"_s;
    QTest::newRow("as a value") << u"{\"x\":\"id\",\"y\":\"lt15\"}"_s;
}

void WebSocketMessageTest::messagesOfOthersHaveNoId()
{
    QFETCH(QString, text);
    QCOMPARE(echoId(text), std::nullopt);
}

QTEST_GUILESS_MAIN(WebSocketMessageTest)
#include "tst_websocketmessage.moc"
