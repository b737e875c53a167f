#include "serve/httpparser.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr qsizetype chunkLineBytes = 1024;
constexpr qsizetype keptBufferBytes = 16384;

QString tr(const char *text) { return QCoreApplication::translate("HttpParser", text); }

/// RFC 9110, section 5.6.2.
bool isToken(QByteArrayView text)
{
    const auto isTokenCharacter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
    };
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), isTokenCharacter);
}

bool hasControls(QByteArrayView text)
{
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return (code < 0x20 && c != '\t') || code == 0x7f;
    });
}

/// The members of a list header (RFC 9110, section 5.6.1), in lower case.
QList<QByteArray> listMembers(const HttpRequest &request, const QByteArray &name)
{
    QList<QByteArray> members;
    for (const HttpHeader &each : request.headers) {
        if (each.name.compare(name, Qt::CaseInsensitive) != 0)
            continue;
        for (const QByteArray &member : each.value.toLower().split(','))
            members.append(member.trimmed());
    }
    return members;
}

/// RFC 6455, section 4.2.1; what differs is answered as plain HTTP.
bool isHandshake(const HttpRequest &request, bool isHttp10)
{
    const QByteArray key = request.header("Sec-WebSocket-Key").value_or(QByteArray());
    return !isHttp10 && request.method == "GET" && !request.header("Content-Length")
        && !request.header("Transfer-Encoding")
        && listMembers(request, "Connection").contains("upgrade")
        && listMembers(request, "Upgrade").contains("websocket")
        && request.header("Sec-WebSocket-Version") == QByteArray("13")
        && QByteArray::fromBase64(key).size() == 16;
}

} // namespace

HttpParser::HttpParser(const HttpParserLimits &limits)
    : m_limits(limits)
{
}

void HttpParser::feed(QByteArrayView bytes) { m_buffer.append(bytes); }

HttpParser::Outcome HttpParser::next()
{
    for (;;) {
        const Step step = advance();
        if (step == Step::Failed)
            return m_error;
        if (step == Step::Complete)
            return takeRequest();
        if (step == Step::Starved)
            return NeedsMore{};
    }
}

bool HttpParser::isInsideRequest() const
{
    return m_state != State::RequestLine || m_position < m_buffer.size();
}

bool HttpParser::takeContinueWish()
{
    return std::exchange(m_continueWish, false) && m_position == m_buffer.size();
}

QByteArray HttpParser::takeUpgradeBytes()
{
    return std::exchange(m_lastHead, {})
        + std::exchange(m_buffer, {}).sliced(std::exchange(m_position, 0));
}

HttpParser::Step HttpParser::advance()
{
    switch (m_state) {
    case State::RequestLine:
        return readRequestLine();
    case State::Headers:
        return readHeader();
    case State::Body:
        return readBody();
    case State::ChunkSize:
        return readChunkSize();
    case State::ChunkData:
        return readChunkData();
    case State::ChunkEnd:
        return readChunkEnd();
    case State::Trailers:
        return readTrailer();
    case State::Failed:
        break;
    }
    return Step::Failed;
}

HttpParser::Step HttpParser::takeLine(QByteArray &line, qsizetype limit, int statusBeyond)
{
    const qsizetype feed = m_buffer.indexOf('\n', std::max(m_position, m_searched));
    const qsizetype length = (feed < 0 ? m_buffer.size() : feed) - m_position;
    if (length > limit + 1)
        return fail(statusBeyond, tr("A line or all headers together are too long."));
    if (feed < 0) {
        m_searched = m_buffer.size();
        return Step::Starved;
    }
    if (length == 0 || m_buffer.at(feed - 1) != '\r')
        return fail(400, tr("A line does not end with CR LF."));
    line = m_buffer.sliced(m_position, length - 1);
    m_position = feed + 1;
    if (hasControls(line))
        return fail(400, tr("A line holds a control character."));
    return Step::Advanced;
}

HttpParser::Step HttpParser::readRequestLine()
{
    compact();
    QByteArray line;
    if (const Step step = takeLine(line, m_limits.requestLineBytes, 414); step != Step::Advanced)
        return step;
    if (line.isEmpty())
        return Step::Advanced; // RFC 9112, section 2.2: empty lines before a request are ignored
    m_headStart = m_position - line.size() - 2;
    const QList<QByteArray> parts = line.split(' ');
    if (parts.size() != 3 || !isToken(parts.at(0)))
        return fail(400, tr("The request line is not METHOD TARGET VERSION."));
    const QByteArray &version = parts.at(2);
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        return version.startsWith("HTTP/")
            ? fail(505, tr("Only HTTP/1.1 and HTTP/1.0 are served."))
            : fail(400, tr("The request line is not METHOD TARGET VERSION."));
    }
    m_request = {};
    m_isHttp10 = version == "HTTP/1.0";
    m_request.method = parts.at(0);
    m_headerBytes = 0;
    m_state = State::Headers;
    return setTarget(parts.at(1));
}

HttpParser::Step HttpParser::setTarget(const QByteArray &target)
{
    QByteArray origin = target;
    if (origin.startsWith("http://")) {
        const qsizetype slash = origin.indexOf('/', 7);
        origin = slash < 0 ? QByteArray("/") : origin.sliced(slash);
    }
    if (!origin.startsWith('/') && (origin != "*" || m_request.method != "OPTIONS"))
        return fail(400, tr("The request's target is not a path."));
    const qsizetype question = origin.indexOf('?');
    m_request.target = target;
    m_request.path =
        QByteArray::fromPercentEncoding(question < 0 ? origin : origin.first(question));
    if (question >= 0)
        m_request.query = origin.sliced(question + 1);
    return Step::Advanced;
}

HttpParser::Step HttpParser::readHeader()
{
    QByteArray line;
    const qsizetype left = m_limits.headerBytes - m_headerBytes;
    if (const Step step = takeLine(line, left, 431); step != Step::Advanced)
        return step;
    if (line.isEmpty())
        return finishHead();
    m_headerBytes += line.size() + 2;
    const qsizetype colon = line.indexOf(':');
    if (colon < 0 || !isToken(QByteArrayView(line).first(colon)))
        return fail(400, tr("A header line is not NAME: VALUE."));
    if (m_request.headers.size() == m_limits.headerCount)
        return fail(431, tr("The request has too many headers."));
    m_request.headers.append({line.first(colon), line.sliced(colon + 1).trimmed()});
    return Step::Advanced;
}

HttpParser::Step HttpParser::finishHead()
{
    const QList<QByteArray> connection = listMembers(m_request, "Connection");
    m_request.keepAlive =
        !connection.contains("close") && (!m_isHttp10 || connection.contains("keep-alive"));
    m_request.isUpgrade = isHandshake(m_request, m_isHttp10);
    if (!m_isHttp10 && listMembers(m_request, "Host").size() != 1)
        return fail(400, tr("The request needs exactly one Host header."));
    if (const auto expectation = m_request.header("Expect"); expectation && !m_isHttp10) {
        if (expectation->compare("100-continue", Qt::CaseInsensitive) != 0)
            return fail(417, tr("Only the expectation 100-continue can be met."));
        m_continueWish = true;
    }
    m_lastHead =
        m_request.isUpgrade ? m_buffer.sliced(m_headStart, m_position - m_headStart) : QByteArray();
    return chooseBody();
}

HttpParser::Step HttpParser::chooseBody()
{
    const QList<QByteArray> lengths = listMembers(m_request, "Content-Length");
    const QList<QByteArray> codings = listMembers(m_request, "Transfer-Encoding");
    if (!codings.isEmpty()) {
        // Two lengths, or a coding where there is none, are how requests get smuggled.
        if (!lengths.isEmpty() || m_isHttp10)
            return fail(400, tr("The length of the body is stated in two ways."));
        if (codings.size() != 1 || codings.first() != "chunked")
            return fail(501, tr("Only the transfer coding \"chunked\" is understood."));
        m_headerBytes = 0;
        m_state = State::ChunkSize;
        return Step::Advanced;
    }
    if (lengths.isEmpty())
        return Step::Complete;
    const QByteArray &digits = lengths.first();
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    if (lengths.size() != 1 || digits.isEmpty()
        || !std::all_of(digits.begin(), digits.end(), isDigit))
        return fail(400, tr("Content-Length is not one whole number."));
    bool fits = false;
    m_bodyLeft = digits.toLongLong(&fits);
    if (!fits || m_bodyLeft > m_limits.bodyBytes)
        return fail(413, tr("The body is too large."));
    m_state = State::Body;
    return Step::Advanced;
}

HttpParser::Step HttpParser::readBody()
{
    const qsizetype count = std::min(m_bodyLeft, m_buffer.size() - m_position);
    m_request.body.append(QByteArrayView(m_buffer).sliced(m_position, count));
    m_position += count;
    m_bodyLeft -= count;
    if (m_bodyLeft == 0)
        return Step::Complete;
    compact();
    return Step::Starved;
}

HttpParser::Step HttpParser::readChunkSize()
{
    QByteArray line;
    if (const Step step = takeLine(line, chunkLineBytes, 400); step != Step::Advanced)
        return step;
    const qsizetype semicolon = line.indexOf(';');
    const QByteArray digits = (semicolon < 0 ? line : line.first(semicolon)).trimmed();
    const auto isHexDigit = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    if (digits.isEmpty() || digits.size() > 15
        || !std::all_of(digits.begin(), digits.end(), isHexDigit))
        return fail(400, tr("The size of a chunk is not a hexadecimal number."));
    m_bodyLeft = digits.toLongLong(nullptr, 16);
    if (m_bodyLeft > m_limits.bodyBytes - m_request.body.size())
        return fail(413, tr("The body is too large."));
    m_state = m_bodyLeft == 0 ? State::Trailers : State::ChunkData;
    return Step::Advanced;
}

HttpParser::Step HttpParser::readChunkData()
{
    const Step step = readBody();
    if (step != Step::Complete)
        return step;
    m_state = State::ChunkEnd;
    return Step::Advanced;
}

HttpParser::Step HttpParser::readChunkEnd()
{
    QByteArray line;
    if (const Step step = takeLine(line, 0, 400); step != Step::Advanced)
        return step;
    m_state = State::ChunkSize;
    return Step::Advanced;
}

HttpParser::Step HttpParser::readTrailer()
{
    QByteArray line;
    const qsizetype left = m_limits.headerBytes - m_headerBytes;
    if (const Step step = takeLine(line, left, 431); step != Step::Advanced)
        return step;
    m_headerBytes += line.size() + 2;
    return line.isEmpty() ? Step::Complete : Step::Advanced;
}

HttpParser::Step HttpParser::fail(int status, const QString &message)
{
    m_error = {status, message};
    m_state = State::Failed;
    m_buffer.clear();
    m_position = 0;
    m_searched = 0;
    return Step::Failed;
}

HttpRequest HttpParser::takeRequest()
{
    m_state = State::RequestLine;
    m_continueWish = false;
    return std::exchange(m_request, {});
}

void HttpParser::compact()
{
    if (m_position == 0)
        return;
    if (m_position < m_buffer.size())
        m_buffer.remove(0, m_position);
    else if (m_buffer.capacity() > keptBufferBytes)
        m_buffer.clear();
    else
        m_buffer.resize(0); // keeps its memory for the next request
    m_position = 0;
    m_searched = 0;
}

} // namespace lowtide
