#include "profile/jsontext.h"

#include "profile/jsonparser.h"
#include "profile/profilefixture.h"
#include "profile/redaction.h"

#include <QRandomGenerator>

#include <algorithm>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

JsonText parsed(const QByteArray &text)
{
    auto json = JsonText::parse(text);
    if (!json)
        qFatal("%s", qPrintable(allText(json.error())));
    return std::move(json).value();
}

void collectPointers(const JsonNode &node, const QString &pointer, QStringList &pointers)
{
    pointers.append(pointer);
    for (const JsonMember &member : node.members)
        collectPointers(member.value, pointer + jsonPointer({member.key}), pointers);
    for (std::size_t i = 0; i < node.items.size(); ++i)
        collectPointers(node.items[i], pointer + u'/' + QString::number(i), pointers);
}

/// Whether `part` is `whole` with bytes left out.
bool isSubsequence(const QByteArray &part, const QByteArray &whole)
{
    qsizetype at = 0;
    for (const char c : whole) {
        if (at < part.size() && part[at] == c)
            ++at;
    }
    return at == part.size();
}

const QByteArrayList documents{
    "{}",
    "{ /* empty */ }",
    "{\n  // only a comment\n}",
    "{\"a\":1,\"b\":{\"c\":[1,2,{\"d\":null}]},\"e\":\"x\"}",
    "{\n\t\"a\": 1, // one\n\t\"b\": {\n\t\t\"c\": true /* yes */\n\t}\n}\n",
    "\xEF\xBB\xBF{\r\n    \"a\" : 1.50,\r\n    \"b\" : [ ],\r\n    \"c\" : { }\r\n}\r\n",
    "// before\n{\n  \"k~/\": \"\\u00e4\\n\",\n  \"list\": [\n    1, // first\n    2\n  ]\n  // "
    "last\n}\n// after",
};

} // namespace

/// Reading with places, and edits that leave every other byte alone.
class JsonTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsOrderPlacesCommentsAndNumbersAsWritten()
    {
        const JsonText json =
            parsed("{\n  // note\n  \"z\": 1.50, \"\u00e4\": [1e3],\n  \"a\": -0\n}");
        const JsonNode &root = json.root();
        QCOMPARE(root.members.size(), std::size_t(3));
        QCOMPARE(root.members[0].key, u"z"_s);
        QCOMPARE(root.members[0].value.numberText, "1.50");
        QCOMPARE(root.members[1].value.line, 3);
        QCOMPARE(root.members[1].value.column, 19); // characters, not bytes
        QCOMPARE(json.at(u"/\u00e4/0"_s)->number, 1000.0);
        QCOMPARE(json.at(u"/\u00e4/0"_s)->numberText, "1e3");
        QVERIFY(!json.at(u"/\u00e4/00"_s));
        QVERIFY(!json.at(u"/a/b"_s));
        QCOMPARE(compactJson(root), "{\"z\":1.50,\"\u00e4\":[1e3],\"a\":-0}");
    }

    void unescapesTexts()
    {
        const JsonText json = parsed("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\"]");
        QCOMPARE(json.root().items[0].string, u"\"\\/\b\f\n\r\t\u00e4\U0001F600"_s);
        QCOMPARE(parsed(jsonQuoted(u"\"\\\n\t\r\u0001\u00e4"_s)).root().string,
                 u"\"\\\n\t\r\u0001\u00e4"_s);
    }

    void refusesWhatIsNoJson_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, const QByteArray &text, const QString &place,
                            const QString &message) {
            QTest::newRow(name) << text << place << message;
        };
        row("empty", "", u"f:1:1"_s, u"end of the text where a value"_s);
        row("key twice", "{\"a\":1,\n \"a\":2}", u"f:2:2"_s, u"second time"_s);
        row("comma after the last member", "{\"a\":1,}", u"f:1:7"_s, u"comma after the last"_s);
        row("comma after the last item", "[1,\n2,\n]", u"f:2:2"_s, u"comma after the last"_s);
        row("missing comma", "[1 2]", u"f:1:4"_s, u"'2' where a comma"_s);
        row("missing colon", "{\"a\" 1}", u"f:1:6"_s, u"'1' where ':'"_s);
        row("key without quotes", "{a:1}", u"f:1:2"_s, u"key in quotation marks"_s);
        row("single quotes", "['a']", u"f:1:2"_s, u"double quotation marks"_s);
        row("leading zero", "[01]", u"f:1:2"_s, u"not a number"_s);
        row("plus sign", "[+1]", u"f:1:2"_s, u"'+'"_s);
        row("bare fraction", "[1.]", u"f:1:2"_s, u"not a number"_s);
        row("number with a unit", "[30s]", u"f:1:2"_s, u"in quotation marks"_s);
        row("too large a number", "[1e999]", u"f:1:2"_s, u"too large"_s);
        row("text over two lines", "[\"a\nb\"]", u"f:1:2"_s, u"closing quotation mark"_s);
        row("text without end", "[\"a", u"f:1:2"_s, u"closing quotation mark"_s);
        row("control character", "[\"a\x01\"]", u"f:1:4"_s, u"control character"_s);
        row("unknown escape", "[\"\\x\"]", u"f:1:3"_s, u"unknown escape"_s);
        row("half a surrogate pair", "[\"\\ud83d\"]", u"f:1:3"_s, u"surrogate"_s);
        row("short unicode escape", "[\"\\u12g4\"]", u"f:1:3"_s, u"four hexadecimal"_s);
        row("comment without end", "{} /* x", u"f:1:4"_s, u"no end"_s);
        row("hash comment", "# x\n{}", u"f:1:1"_s, u"//"_s);
        row("something behind the end", "{} x", u"f:1:4"_s, u"'x' after the end"_s);
        row("bytes that are no UTF-8", "{\"a\": \"\xE4\"}", u"f:1:8"_s, u"UTF-8"_s);
        row("nested too deep", QByteArray(100, '[') + QByteArray(100, ']'), u"f:1:66"_s, u"deep"_s);
    }

    void refusesWhatIsNoJson()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QString, place);
        QFETCH(const QString, message);
        const auto json = JsonText::parse(text, u"f"_s);
        QVERIFY(!json);
        QCOMPARE(json.error().front().where, place);
        QVERIFY2(json.error().front().text().contains(message), qPrintable(allText(json.error())));
    }

    void severalSlipsComeAtOnce()
    {
        const auto json = JsonText::parse("{\"a\":1,\"a\":2,\"b\":[1,],}");
        QVERIFY(!json);
        QCOMPARE(json.error().size(), 3);
    }

    void everyCutOffTextIsAnErrorAndNoCrash()
    {
        for (const QByteArray &document : documents) {
            const qsizetype end = document.lastIndexOf('}') + 1;
            for (qsizetype length = 0; length < end; ++length)
                QVERIFY(!JsonText::parse(document.left(length)));
        }
    }

    void anEditReplacesNothingButTheValue()
    {
        for (const QByteArray &document : documents) {
            const JsonText json = parsed(document);
            QStringList pointers;
            collectPointers(json.root(), {}, pointers);
            for (const QString &pointer : pointers) {
                const JsonNode *node = json.at(pointer);
                const auto edited = json.withValue(pointer, "{\"new\":[1]}");
                QVERIFY2(edited, qPrintable(pointer));
                QCOMPARE(edited->text(),
                         document.left(node->begin) + "{\"new\":[1]}" + document.mid(node->end));
            }
        }
    }

    void anInsertionOnlyAddsBytesAndIsFoundAgain()
    {
        for (const QByteArray &document : documents) {
            const JsonText json = parsed(document);
            QStringList pointers;
            collectPointers(json.root(), {}, pointers);
            for (const QString &pointer : pointers) {
                const JsonNode *node = json.at(pointer);
                if (!node->isObject() && !node->isArray())
                    continue;
                const QString step =
                    node->isArray() ? QString::number(node->items.size()) : u"new/key"_s;
                const QString target = pointer + jsonPointer({step, u"deep"_s});
                const auto edited = json.withValue(target, "42");
                QVERIFY2(edited, qPrintable(target));
                QVERIFY2(isSubsequence(document, edited->text()), edited->text().constData());
                QVERIFY(edited->at(target));
                QCOMPARE(edited->at(target)->numberText, "42");
                for (const QString &other : pointers) {
                    const JsonNode *before = json.at(other);
                    if (before->members.empty() && before->items.empty() && other != pointer)
                        QCOMPARE(compactJson(*edited->at(other)), compactJson(*before));
                }
            }
        }
    }

    void anyNumberOfEditsKeepsTheComments()
    {
        QRandomGenerator random(7);
        for (const QByteArray &document : documents) {
            JsonText json = parsed(document);
            for (int i = 0; i < 50; ++i) {
                const QString key = u"key%1"_s.arg(random.bounded(8));
                const QString pointer = random.bounded(2) ? u'/' + key : u"/section/"_s + key;
                const QByteArray value = QByteArray::number(random.bounded(1000));
                auto edited = json.withValue(pointer, value);
                QVERIFY2(edited, json.text().constData());
                json = std::move(edited).value();
                QCOMPARE(json.at(pointer)->numberText, value);
            }
            for (const char *comment : {"// one", "/* yes */", "// first", "// last", "// before"})
                QCOMPARE(json.text().count(comment), document.count(comment));
        }
    }

    void insertsInTheStyleAround_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QByteArray>("after");
        QTest::newRow("one line") << QByteArray("{\"a\": 1}") << u"/b"_s
                                  << QByteArray("{\"a\": 1, \"b\": 9}");
        QTest::newRow("own lines") << QByteArray("{\n    \"a\": 1\n}") << u"/b"_s
                                   << QByteArray("{\n    \"a\": 1,\n    \"b\": 9\n}");
        QTest::newRow("behind a comment") << QByteArray("{\n  \"a\": 1 // one\n}") << u"/b"_s
                                          << QByteArray("{\n  \"a\": 1, // one\n  \"b\": 9\n}");
        QTest::newRow("missing section")
            << QByteArray("{\n  \"a\": 1\n}") << u"/s/t"_s
            << QByteArray("{\n  \"a\": 1,\n  \"s\": {\n    \"t\": 9\n  }\n}");
        QTest::newRow("into an empty object") << QByteArray("{\n\t\"a\": {}\n}") << u"/a/b"_s
                                              << QByteArray("{\n\t\"a\": {\n\t\t\"b\": 9\n\t}\n}");
        QTest::newRow("windows lines") << QByteArray("{\r\n  \"a\": 1\r\n}") << u"/b"_s
                                       << QByteArray("{\r\n  \"a\": 1,\r\n  \"b\": 9\r\n}");
        QTest::newRow("at the end of a list")
            << QByteArray("[1, 2]") << u"/-"_s << QByteArray("[1, 2, 9]");
    }

    void insertsInTheStyleAround()
    {
        QFETCH(const QByteArray, before);
        QFETCH(const QString, pointer);
        QFETCH(const QByteArray, after);
        const auto edited = parsed(before).withValue(pointer, "9");
        QVERIFY(edited);
        QCOMPARE(edited->text(), after);
    }

    void refusesAnEditThatMakesNoSense()
    {
        const JsonText json = parsed("{\"a\": 1, \"list\": [1]}");
        QVERIFY(!json.withValue(u"/a/b"_s, "1"));
        QVERIFY(!json.withValue(u"/list/5"_s, "1"));
        QVERIFY(!json.withValue(u"/a"_s, "1,2"));
        QVERIFY(!json.withValue(u"/a"_s, ""));
    }

    void replacesSecrets_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("shown");
        const auto row = [](const char *name, const QByteArray &json, const QByteArray &shown) {
            QTest::newRow(name) << json << shown;
        };
        row("header",
            "{\"Authorization\":\"Bearer "
            "x\",\"X-Api-Key\":\"k\",\"cookie\":\"c\",\"Accept\":\"*/*\"}",
            "{\"Authorization\":\"***\",\"X-Api-Key\":\"***\",\"cookie\":\"***\",\"Accept\":\"*/"
            "*\"}");
        row("password in an address", "[\"http://user:pw@host/x\"]", "[\"http://***@host/x\"]");
        row("token in a query", "[\"/x?a=1&access_token=abc&b=2\"]",
            "[\"/x?a=1&access_token=***&b=2\"]");
        row("command line", "[\"run\",\"--password\",\"abc\",\"--token=abc\",\"-v\"]",
            "[\"run\",\"--password\",\"***\",\"--token=***\",\"-v\"]");
        row("body as text", "[\"{\\\"password\\\":\\\"abc\\\"}\"]",
            "[\"{\\\"password\\\":\\\"***\\\"}\"]");
        row("body as JSON", "{\"body\":{\"client_secret\":\"abc\",\"n\":1}}",
            "{\"body\":{\"client_secret\":\"***\",\"n\":1}}");
    }

    void replacesSecrets()
    {
        QFETCH(const QByteArray, json);
        QFETCH(const QByteArray, shown);
        QCOMPARE(redactedJson(parsed(json).root()), shown);
    }
};

QTEST_GUILESS_MAIN(JsonTextTest)
#include "tst_jsontext.moc"
