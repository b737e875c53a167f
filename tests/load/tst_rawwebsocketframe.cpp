#include "load/rawwebsocketframe.h"

#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {
QByteArray serverFrame(char first, const QByteArray &payload)
{
    QByteArray frame(1, first);
    const auto size = payload.size();
    if (size < 126) {
        frame += static_cast<char>(size);
    } else if (size <= 0xFFFF) {
        frame += static_cast<char>(126);
        frame += static_cast<char>(size >> 8);
        frame += static_cast<char>(size & 0xFF);
    } else {
        frame += static_cast<char>(127);
        for (int shift = 56; shift >= 0; shift -= 8)
            frame += static_cast<char>((size >> shift) & 0xFF);
    }
    return frame + payload;
}

/// What a parser makes of a stream that is cut at `cut`.
QList<WebSocketFrame> framesOf(const QByteArray &stream, qsizetype cut, bool *failed)
{
    WebSocketFrameParser parser;
    QList<WebSocketFrame> frames;
    *failed = false;
    for (const QByteArray &part : {stream.first(cut), stream.sliced(cut)}) {
        parser.append(part);
        for (;;) {
            const auto frame = parser.next();
            if (!frame) {
                *failed = true;
                return frames;
            }
            if (!frame->has_value())
                break;
            frames.append(**frame);
        }
    }
    return frames;
}

/// Independent of the encoder under test: takes a client's masked frame apart.
QByteArray unmasked(const QByteArray &frame, qsizetype headBytes)
{
    QByteArray payload = frame.sliced(headBytes + 4);
    for (qsizetype i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ frame[headBytes + i % 4]);
    return payload;
}

const QByteArray sampleKey = "dGhlIHNhbXBsZSBub25jZQ=="; // RFC 6455, 1.3
const QByteArray sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
} // namespace

class RawWebSocketFrameTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void framesComeOutWhereverTheStreamIsCut_data();
    void framesComeOutWhereverTheStreamIsCut();
    void brokenFramesAreRefusedWhereverTheStreamIsCut_data();
    void brokenFramesAreRefusedWhereverTheStreamIsCut();
    void fragmentsMakeOneMessage();
    void anErrorStays();
    void clientFramesAreMaskedAndSized_data();
    void clientFramesAreMaskedAndSized();
    void acceptKeyIsThatOfTheStandard();
    void handshakeIsReadWhereverItIsCut();
    void wrongHandshakesAreRefused_data();
    void wrongHandshakesAreRefused();
    void requestNamesHostPathAndAgent();
};

void RawWebSocketFrameTest::framesComeOutWhereverTheStreamIsCut_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QList<int>>("sizes");
    const auto text = [](int size) { return serverFrame('\x81', QByteArray(size, 'a')); };
    QTest::newRow("empty text") << text(0) << QList<int>{0};
    QTest::newRow("longest with a short length") << text(125) << QList<int>{125};
    QTest::newRow("shortest with a 16 bit length") << text(126) << QList<int>{126};
    QTest::newRow("longest with a 16 bit length") << text(65535) << QList<int>{65535};
    QTest::newRow("shortest with a 64 bit length") << text(65536) << QList<int>{65536};
    QTest::newRow("several in a row")
        << text(3) + text(200) + text(0) + text(1) << QList<int>{3, 200, 0, 1};
    QTest::newRow("ping between texts")
        << text(3) + serverFrame('\x89', "p") + text(4) << QList<int>{3, 1, 4};
    const auto first = serverFrame('\x01', "aa");
    const auto middle = serverFrame('\x00', "bbb");
    const auto last = serverFrame('\x80', "c");
    QTest::newRow("two fragments") << text(5) + first + last + text(4) << QList<int>{5, 3, 4};
    QTest::newRow("three fragments") << first + middle + last << QList<int>{6};
    QTest::newRow("empty fragments")
        << serverFrame('\x02', "") + serverFrame('\x80', "") << QList<int>{0};
    QTest::newRow("ping between fragments")
        << first + serverFrame('\x89', "p") + middle + last + text(7) << QList<int>{1, 6, 7};
}

void RawWebSocketFrameTest::framesComeOutWhereverTheStreamIsCut()
{
    QFETCH(QByteArray, stream);
    QFETCH(QList<int>, sizes);
    // Past the heads the payload is all alike: long streams are cut at both ends only.
    for (qsizetype cut = 0; cut <= stream.size(); ++cut) {
        if (cut > 400 && cut < stream.size() - 20)
            continue;
        bool failed = false;
        const auto frames = framesOf(stream, cut, &failed);
        QVERIFY(!failed);
        QCOMPARE(frames.size(), sizes.size());
        for (qsizetype i = 0; i < frames.size(); ++i)
            QCOMPARE(frames[i].payload.size(), sizes[i]);
    }
}

void RawWebSocketFrameTest::brokenFramesAreRefusedWhereverTheStreamIsCut_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::newRow("continuation of nothing") << serverFrame('\x80', "abc");
    QTest::newRow("text within fragments")
        << serverFrame('\x01', "abc") + serverFrame('\x81', "abc");
    QTest::newRow("second first fragment")
        << serverFrame('\x01', "abc") + serverFrame('\x02', "abc");
    QTest::newRow("fragments beyond 64 MB")
        << serverFrame('\x01', "abc") + QByteArray("\x80\x7F\0\0\0\0\x03\xFF\xFF\xFE", 10);
    QTest::newRow("reserved bit") << serverFrame('\xC1', "abc");
    QTest::newRow("unknown kind") << serverFrame('\x83', "abc");
    QTest::newRow("masked") << QByteArray("\x81\x81\x01\x02\x03\x04z", 7);
    QTest::newRow("split ping") << serverFrame('\x09', "abc");
    QTest::newRow("ping too long") << serverFrame('\x89', QByteArray(126, 'a'));
    QTest::newRow("length beyond any sense")
        << QByteArray("\x81\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10);
}

void RawWebSocketFrameTest::brokenFramesAreRefusedWhereverTheStreamIsCut()
{
    QFETCH(QByteArray, stream);
    const QByteArray good = serverFrame('\x81', "ok");
    for (qsizetype cut = 0; cut <= stream.size(); ++cut) {
        bool failed = false;
        const auto frames = framesOf(good + stream, good.size() + cut, &failed);
        QVERIFY(failed);
        QCOMPARE(frames.size(), 1);
    }
}

void RawWebSocketFrameTest::fragmentsMakeOneMessage()
{
    bool failed = false;
    const QByteArray stream = serverFrame('\x01', "Wor") + serverFrame('\x8A', "pong")
        + serverFrame('\x00', "l") + serverFrame('\x80', "d");
    const auto frames = framesOf(stream, 4, &failed);
    QVERIFY(!failed);
    const QList<WebSocketFrame> expected = {{WebSocketOpcode::Pong, "pong"},
                                            {WebSocketOpcode::Text, "World"}};
    QCOMPARE(frames, expected);
}

void RawWebSocketFrameTest::anErrorStays()
{
    WebSocketFrameParser parser;
    parser.append(serverFrame('\x80', "abc"));
    QVERIFY(!parser.next().has_value());
    parser.append(serverFrame('\x81', "ok"));
    const auto again = parser.next();
    QVERIFY(!again.has_value());
    QCOMPARE(again.error().code, ErrorCode::Malformed);
    QVERIFY(!again.error().message.isEmpty());
}

void RawWebSocketFrameTest::clientFramesAreMaskedAndSized_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<QByteArray>("head");
    QTest::newRow("empty") << 0 << QByteArray("\x81\x80", 2);
    QTest::newRow("short") << 125 << QByteArray("\x81\xFD", 2);
    QTest::newRow("16 bit") << 512 << QByteArray("\x81\xFE\x02\x00", 4);
    QTest::newRow("64 bit") << 65536 << QByteArray("\x81\xFF\0\0\0\0\0\x01\0\0", 10);
}

void RawWebSocketFrameTest::clientFramesAreMaskedAndSized()
{
    QFETCH(int, size);
    QFETCH(QByteArray, head);
    const QByteArray payload(size, 'q');
    const QByteArray frame = maskedFrame(WebSocketOpcode::Text, payload, 0x12345678);
    QCOMPARE(frame.first(head.size()), head);
    QCOMPARE(frame.sliced(head.size(), 4), QByteArray("\x12\x34\x56\x78"));
    QCOMPARE(unmasked(frame, head.size()), payload);
}

void RawWebSocketFrameTest::acceptKeyIsThatOfTheStandard()
{
    QCOMPARE(acceptKey(sampleKey), sampleAccept);
}

void RawWebSocketFrameTest::handshakeIsReadWhereverItIsCut()
{
    const QByteArray answer = "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\n"
                              "CONNECTION: keep-alive, Upgrade\r\nSec-WebSocket-Accept: "
        + sampleAccept + "\r\n\r\n";
    for (qsizetype cut = 0; cut < answer.size(); ++cut) {
        const auto length = readHandshake(answer.first(cut), sampleKey);
        QVERIFY(length.has_value());
        QVERIFY(!length->has_value());
    }
    const auto length = readHandshake(answer + "\x81", sampleKey);
    QVERIFY(length.has_value());
    QCOMPARE(length->value_or(0), answer.size());
}

void RawWebSocketFrameTest::wrongHandshakesAreRefused_data()
{
    QTest::addColumn<QByteArray>("answer");
    const QByteArray headers = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    QTest::newRow("not found") << QByteArray("HTTP/1.1 404 Not Found\r\n\r\n");
    QTest::newRow("wrong accept key") << "HTTP/1.1 101 X\r\n" + headers
            + "Sec-WebSocket-Accept: " + sampleAccept.toLower() + "\r\n\r\n";
    QTest::newRow("no accept key") << "HTTP/1.1 101 X\r\n" + headers + "\r\n";
    QTest::newRow("other upgrade") << "HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"
                                      "Sec-WebSocket-Accept: "
            + sampleAccept + "\r\n\r\n";
    QTest::newRow("endless") << QByteArray(100 * 1024, 'x');
}

void RawWebSocketFrameTest::wrongHandshakesAreRefused()
{
    QFETCH(QByteArray, answer);
    const auto length = readHandshake(answer, sampleKey);
    QVERIFY(!length.has_value());
    QCOMPARE(length.error().code, ErrorCode::Malformed);
}

void RawWebSocketFrameTest::requestNamesHostPathAndAgent()
{
    const QByteArray request =
        handshakeRequest(QUrl(u"ws://[::1]:8000/ws?room=a%20b"_s), sampleKey, "lowtide/1 (load)");
    QVERIFY(request.startsWith("GET /ws?room=a%20b HTTP/1.1\r\nHost: [::1]:8000\r\n"));
    QVERIFY(request.contains("\r\nSec-WebSocket-Key: " + sampleKey + "\r\n"));
    QVERIFY(request.contains("\r\nUser-Agent: lowtide/1 (load)\r\n"));
    QVERIFY(request.endsWith("\r\n\r\n"));
    QVERIFY(handshakeRequest(QUrl(u"ws://localhost"_s), sampleKey, {})
                .startsWith("GET / HTTP/1.1\r\n"));
}

QTEST_GUILESS_MAIN(RawWebSocketFrameTest)
#include "tst_rawwebsocketframe.moc"
