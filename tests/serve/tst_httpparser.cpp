#include "serve/httpparser.h"

#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

/// What a stream of bytes was read as, in one line a request: METHOD TARGET [BODY].
QByteArrayList readAll(HttpParser &parser)
{
    QByteArrayList lines;
    for (;;) {
        const HttpParser::Outcome outcome = parser.next();
        if (const auto *error = std::get_if<HttpParseError>(&outcome)) {
            lines += "error " + QByteArray::number(error->status);
            return lines;
        }
        const auto *request = std::get_if<HttpRequest>(&outcome);
        if (request == nullptr)
            return lines;
        lines += request->method + ' ' + request->target
            + (request->body.isEmpty() ? QByteArray() : " " + request->body);
    }
}

HttpParserLimits smallLimits()
{
    return {.requestLineBytes = 64, .headerBytes = 128, .headerCount = 4, .bodyBytes = 16};
}

const QByteArray get = "GET / HTTP/1.1\r\nHost: a\r\n";

} // namespace

class HttpParserTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTheSameHoweverTheBytesArrive_data();
    void readsTheSameHoweverTheBytesArrive();
    void decodesPathAndKeepsQuery();
    void knowsWhetherTheConnectionStays_data();
    void knowsWhetherTheConnectionStays();
    void wishesContinueOnceAndOnlyWhileTheBodyIsMissing();
    void recognisesOnlyWellFormedHandshakes_data();
    void recognisesOnlyWellFormedHandshakes();
    void givesBackTheHandshakeForTheUpgrade();
    void headersAreFoundInAnyCase();
};

void HttpParserTest::readsTheSameHoweverTheBytesArrive_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArrayList>("expected");
    const QByteArray post = "POST /p HTTP/1.1\r\nHost: a\r\n";
    const auto row = [](const char *name, const QByteArray &stream,
                        const QByteArrayList &expected) {
        QTest::newRow(name) << stream << expected;
    };

    row("one request", get + "\r\n", {"GET /"});
    row("two in a pipeline", get + "\r\n" + get + "\r\n", {"GET /", "GET /"});
    row("empty lines before", "\r\n\r\n" + get + "\r\n", {"GET /"});
    row("absolute target", "GET http://h/x HTTP/1.1\r\nHost: h\r\n\r\n", {"GET http://h/x"});
    row("asterisk of OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", {"OPTIONS *"});
    row("version 1.0 without host", "GET / HTTP/1.0\r\n\r\n", {"GET /"});
    row("length, then another", post + "Content-Length: 5\r\n\r\nhello" + get + "\r\n",
        {"POST /p hello", "GET /"});
    row("empty body", post + "Content-Length: 0\r\n\r\n" + get + "\r\n", {"POST /p", "GET /"});
    row("chunks, then another",
        post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n, you all!\r\n0\r\n\r\n"
            + get + "\r\n",
        {"POST /p hello, you all!", "GET /"});
    row("trailer after chunks",
        post + "Transfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\nSum: 1\r\n\r\n" + get + "\r\n",
        {"POST /p hi", "GET /"});
    row("not complete", get, {});

    row("bare line feed", "GET / HTTP/1.1\nHost: a\r\n\r\n", {"error 400"});
    row("bare line feed ends the head", get + "\n", {"error 400"});
    row("no version", "GET /\r\n\r\n", {"error 400"});
    row("four words", "GET / a HTTP/1.1\r\n\r\n", {"error 400"});
    row("no HTTP at all", "\x16\x03\x01\x02\r\n", {"error 400"});
    row("version 2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", {"error 505"});
    row("target without slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", {"error 400"});
    row("method with a colon", "G:T / HTTP/1.1\r\nHost: a\r\n\r\n", {"error 400"});
    row("zero in a header", get + QByteArray("X: a\0b\r\n\r\n", 10), {"error 400"});
    row("space before the colon", get + "X : b\r\n\r\n", {"error 400"});
    row("folded header", get + " b\r\n\r\n", {"error 400"});
    row("header without colon", get + "X\r\n\r\n", {"error 400"});
    row("no host", "GET / HTTP/1.1\r\n\r\n", {"error 400"});
    row("two hosts", get + "Host: b\r\n\r\n", {"error 400"});
    row("length with a sign", post + "Content-Length: +5\r\n\r\nhello", {"error 400"});
    row("empty length", post + "Content-Length:\r\n\r\n", {"error 400"});
    row("two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", {"error 400"});
    row("length and chunks", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        {"error 400"});
    row("unknown coding", post + "Transfer-Encoding: gzip\r\n\r\n", {"error 501"});
    row("chunk size is no number", post + "Transfer-Encoding: chunked\r\n\r\nxy\r\n",
        {"error 400"});
    row("chunk longer than said", post + "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n",
        {"error 400"});
    row("unknown expectation", get + "Expect: tea\r\n\r\n", {"error 417"});

    row("line just fits", "GET /" + QByteArray(50, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n",
        {"GET /" + QByteArray(50, 'a')});
    row("line too long", "GET /" + QByteArray(51, 'a') + " HTTP/1.1\r\n", {"error 414"});
    row("endless line", "GET /" + QByteArray(300, 'a'), {"error 414"});
    row("header too long", get + "X: " + QByteArray(128, 'a'), {"error 431"});
    row("headers too long together",
        get + "X: " + QByteArray(60, 'a') + "\r\nY: " + QByteArray(60, 'a') + "\r\n",
        {"error 431"});
    row("too many headers", get + "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n", {"error 431"});
    row("body too long", post + "Content-Length: 17\r\n\r\n", {"error 413"});
    row("length beyond any number", post + "Content-Length: 99999999999999999999\r\n\r\n",
        {"error 413"});
    row("chunks too long together",
        post + "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n8\r\n", {"error 413"});
    row("good one before a bad one", get + "\r\nGET\r\n\r\n", {"GET /", "error 400"});
}

void HttpParserTest::readsTheSameHoweverTheBytesArrive()
{
    QFETCH(QByteArray, stream);
    QFETCH(QByteArrayList, expected);
    HttpParser whole(smallLimits());
    whole.feed(stream);
    QCOMPARE(readAll(whole), expected);
    for (qsizetype cut = 1; cut < stream.size(); ++cut) {
        HttpParser parser(smallLimits());
        parser.feed(QByteArrayView(stream).first(cut));
        QByteArrayList lines = readAll(parser);
        if (lines.isEmpty() || !lines.last().startsWith("error")) {
            parser.feed(QByteArrayView(stream).sliced(cut));
            lines += readAll(parser);
        }
        QCOMPARE(lines, expected);
    }
    HttpParser byByte(smallLimits());
    QByteArrayList lines;
    for (const char byte : stream) {
        byByte.feed(QByteArrayView(&byte, 1));
        if (lines.isEmpty() || !lines.last().startsWith("error"))
            lines += readAll(byByte);
    }
    QCOMPARE(lines, expected);
}

void HttpParserTest::decodesPathAndKeepsQuery()
{
    HttpParser parser;
    parser.feed("GET /a%20b?c=%20 HTTP/1.1\r\nHost: a\r\n\r\n");
    const HttpParser::Outcome outcome = parser.next();
    const auto *request = std::get_if<HttpRequest>(&outcome);
    QVERIFY(request != nullptr);
    QCOMPARE(request->path, "/a b"_ba);
    QCOMPARE(request->query, "c=%20"_ba);
}

void HttpParserTest::knowsWhetherTheConnectionStays_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<bool>("stays");
    QTest::newRow("1.1") << get << true;
    QTest::newRow("1.1 close") << get + "Connection: Close\r\n" << false;
    QTest::newRow("1.1 close in a list") << get + "Connection: x, close\r\n" << false;
    QTest::newRow("1.0") << "GET / HTTP/1.0\r\n"_ba << false;
    QTest::newRow("1.0 keep-alive") << "GET / HTTP/1.0\r\nConnection: keep-alive\r\n"_ba << true;
}

void HttpParserTest::knowsWhetherTheConnectionStays()
{
    QFETCH(QByteArray, head);
    HttpParser parser;
    parser.feed(head + "\r\n");
    const HttpParser::Outcome outcome = parser.next();
    const auto *request = std::get_if<HttpRequest>(&outcome);
    QVERIFY(request != nullptr);
    QTEST(request->keepAlive, "stays");
}

void HttpParserTest::wishesContinueOnceAndOnlyWhileTheBodyIsMissing()
{
    const QByteArray head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n"
                            "Content-Length: 2\r\n\r\n";
    HttpParser parser;
    parser.feed(head);
    QVERIFY(std::holds_alternative<HttpParser::NeedsMore>(parser.next()));
    QVERIFY(parser.takeContinueWish());
    QVERIFY(!parser.takeContinueWish());
    parser.feed("hi");
    QVERIFY(std::holds_alternative<HttpRequest>(parser.next()));

    parser.feed(head + "hi");
    QVERIFY(std::holds_alternative<HttpRequest>(parser.next()));
    QVERIFY(!parser.takeContinueWish());
}

void HttpParserTest::recognisesOnlyWellFormedHandshakes_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<bool>("isHandshake");
    const QByteArray upgrade = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n";
    const QByteArray version = "Sec-WebSocket-Version: 13\r\n";
    const QByteArray key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    QTest::newRow("complete") << get + upgrade + version + key << true;
    QTest::newRow("no key") << get + upgrade + version << false;
    QTest::newRow("short key") << get + upgrade + version + "Sec-WebSocket-Key: YQ==\r\n" << false;
    QTest::newRow("no version") << get + upgrade + key << false;
    QTest::newRow("other protocol")
        << get + "Connection: upgrade\r\nUpgrade: h2c\r\n" + version + key << false;
    QTest::newRow("no upgrade in connection")
        << get + "Upgrade: websocket\r\n" + version + key << false;
}

void HttpParserTest::recognisesOnlyWellFormedHandshakes()
{
    QFETCH(QByteArray, head);
    HttpParser parser;
    parser.feed(head + "\r\n");
    const HttpParser::Outcome outcome = parser.next();
    const auto *request = std::get_if<HttpRequest>(&outcome);
    QVERIFY(request != nullptr);
    QTEST(request->isUpgrade, "isHandshake");
}

void HttpParserTest::givesBackTheHandshakeForTheUpgrade()
{
    const QByteArray handshake = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
                                 "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    HttpParser parser;
    parser.feed(get + "\r\n" + handshake + "frame");
    QVERIFY(std::holds_alternative<HttpRequest>(parser.next()));
    QVERIFY(std::holds_alternative<HttpRequest>(parser.next()));
    QCOMPARE(parser.takeUpgradeBytes(), handshake + "frame");
    QVERIFY(!parser.isInsideRequest());
}

void HttpParserTest::headersAreFoundInAnyCase()
{
    HttpParser parser;
    parser.feed(get + "X-Id:   7  \r\n\r\n");
    const HttpParser::Outcome outcome = parser.next();
    const auto *request = std::get_if<HttpRequest>(&outcome);
    QVERIFY(request != nullptr);
    QCOMPARE(request->header("x-iD"), std::optional("7"_ba));
    QCOMPARE(request->header("Y"), std::nullopt);
}

QTEST_GUILESS_MAIN(HttpParserTest)
#include "tst_httpparser.moc"
