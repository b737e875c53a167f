#include "load/qnamclient.h"

#include "load/targetserver.h"

#include <QMutex>
#include <QSet>
#include <QTcpServer>
#include <QTest>

using namespace lowtide;
using namespace lowtide::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

using Handler = HttpServer::Handler;

Handler answering(const HttpResponse &response)
{
    return [response](const HttpRequest &, const HttpResponder &responder) {
        responder.send(response);
    };
}

Handler raw(const QByteArray &bytes)
{
    return
        [bytes](const HttpRequest &, const HttpResponder &responder) { responder.sendRaw(bytes); };
}

QUrl closedPort()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost))
        qFatal("cannot listen");
    return QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()));
}

} // namespace

/// The client behind HttpLoad, against a server that misbehaves in one way at a time.
class QnamClientTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void endsAreClassified_data();
    void endsAreClassified();
    void failureWithoutAnAnswerIsClassified_data();
    void failureWithoutAnAnswerIsClassified();
    void plainServerFailsTheHandshake();
    void verdictFollowsErrorAndStatus_data();
    void verdictFollowsErrorAndStatus();
    void bodySearchFindsTextAcrossParts();
    void requestCarriesWhatThePlanSays();
    void eachOperationReachesTheServerOnce();
    void repetitionByQtIsAReset_data();
    void repetitionByQtIsAReset();
    void closeOfAnIdleConnectionCostsNothing();
    void usersNeverShareAConnection();
    void redirectIsNotFollowed();
    void cookiesAreNotKept();
};

void QnamClientTest::endsAreClassified_data()
{
    QTest::addColumn<Handler>("handler");
    QTest::addColumn<RequestSpec>("request");
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("status");
    const RequestSpec plain{.timeout = 5s};
    const auto row = [](const char *name, const Handler &handler, const RequestSpec &request,
                        Outcome outcome, const QString &kind = {}, const QString &status = {}) {
        QTest::newRow(name) << handler << request << outcome << kind << status;
    };
    const auto withStatuses = [](const QList<int> &statuses) {
        return RequestSpec{.expectedStatuses = statuses, .timeout = 5s};
    };
    const auto withBody = [](const QByteArray &text) {
        return RequestSpec{.bodyContains = text, .timeout = 5s};
    };
    const HttpResponse large{.body = QByteArray(300000, 'x') + "needle" + QByteArray(300000, 'y')};

    row("200", answering({.body = "fine"}), plain, Outcome::Ok);
    row("204 without a body", answering({.status = 204}), plain, Outcome::Ok);
    row("large body", answering(large), plain, Outcome::Ok);
    row("text in a large body", answering(large), withBody("xneedley"), Outcome::Ok);
    row("text that is missing", answering(large), withBody("noodle"), Outcome::Failed, u"body"_s);
    row("404", answering({.status = 404}), plain, Outcome::Failed, u"status"_s, u"404"_s);
    row("404 as expected", answering({.status = 404}), withStatuses({404}), Outcome::Ok);
    row("200 where 404 is expected", answering({}), withStatuses({404}), Outcome::Failed,
        u"status"_s, u"200"_s);
    for (const int status :
         {301, 400, 401, 403, 405, 407, 409, 410, 418, 429, 500, 501, 502, 503, 504})
        row(qPrintable(u"status %1"_s.arg(status)), answering({.status = status}), plain,
            Outcome::Failed, u"status"_s, QString::number(status));
    row("503 with a text that is not asked for", answering({.status = 503, .body = "x"}),
        withBody("x"), Outcome::Failed, u"status"_s, u"503"_s);
    row("body up to the close", raw("HTTP/1.1 200 OK\r\n\r\nall of it"), withBody("of it"),
        Outcome::Ok);
    row(
        "no answer in time",
        [](const HttpRequest &, const HttpResponder &responder) {
            static QList<HttpResponder> kept; // else it answers 500 by itself
            kept.append(responder);
        },
        RequestSpec{.timeout = 200ms}, Outcome::TimedOut);
    row(
        "half a body in time",
        [](const HttpRequest &, const HttpResponder &responder) {
            responder.send({.body = QByteArray(50, 'x'), .headers = {{"Content-Length", "100"}}});
        },
        RequestSpec{.timeout = 300ms}, Outcome::TimedOut);
    row(
        "reset before the answer",
        [](const HttpRequest &, const HttpResponder &responder) { responder.abort(); }, plain,
        Outcome::Failed, u"reset"_s);
    row(
        "close before the answer",
        [](const HttpRequest &, const HttpResponder &responder) { responder.close(); }, plain,
        Outcome::Failed, u"reset"_s);
    row("close in the head", raw("HTTP/1.1 200 OK\r\nContent-Le"), plain, Outcome::Failed,
        u"reset"_s);
    row("close in the body", raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), plain,
        Outcome::Failed, u"reset"_s);
    row("close in the body of a 500", raw("HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\nhalf"),
        plain, Outcome::Failed, u"reset"_s);
}

void QnamClientTest::endsAreClassified()
{
    QFETCH(const Handler, handler);
    QFETCH(const RequestSpec, request);
    QFETCH(const Outcome, outcome);
    QFETCH(const QString, kind);
    QFETCH(const QString, status);
    TargetServer server(handler);
    HttpLoadPlan plan = planOfCount(server.url(), 2);
    plan.requests = {request};
    RecordedLoad run(plan);
    QVERIFY(run.runToTheEnd());
    QVERIFY(run.endedWell());
    const OperationCounts &counts = run.counts();
    QCOMPARE(counts.planned, 2);
    QCOMPARE(counts.ok, outcome == Outcome::Ok ? 2 : 0);
    QCOMPARE(counts.failed, outcome == Outcome::Failed ? 2 : 0);
    QCOMPARE(counts.timedOut, outcome == Outcome::TimedOut ? 2 : 0);
    const QMap<QString, qint64> kinds =
        kind.isEmpty() ? QMap<QString, qint64>{} : QMap<QString, qint64>{{kind, 2}};
    const QMap<QString, qint64> statuses =
        status.isEmpty() ? QMap<QString, qint64>{} : QMap<QString, qint64>{{status, 2}};
    QCOMPARE(run.last.failedByKind, kinds);
    QCOMPARE(run.last.failedByStatus, statuses);
    QCOMPARE(run.last.firstOk.has_value(), outcome == Outcome::Ok);
}

void QnamClientTest::failureWithoutAnAnswerIsClassified_data()
{
    QTest::addColumn<QUrl>("url");
    QTest::addColumn<QString>("kind");
    QTest::newRow("unknown host") << QUrl(u"http://nonexistent.invalid"_s) << u"dns"_s;
    QTest::newRow("closed port") << closedPort() << u"refused"_s;
}

void QnamClientTest::failureWithoutAnAnswerIsClassified()
{
    QFETCH(const QUrl, url);
    QFETCH(const QString, kind);
    RecordedLoad run(planOfCount(url, 3));
    QVERIFY(run.runToTheEnd());
    QVERIFY(run.endedWell());
    const QMap<QString, qint64> kinds{{kind, 3}};
    QCOMPARE(run.last.failedByKind, kinds);
}

void QnamClientTest::plainServerFailsTheHandshake()
{
    TargetServer server(answering({}));
    QUrl url = server.url();
    url.setScheme(u"https"_s);
    RecordedLoad run(planOfCount(url, 2));
    QVERIFY(run.runToTheEnd());
    QVERIFY(run.endedWell());
    const QMap<QString, qint64> kinds{{u"tls"_s, 2}};
    QCOMPARE(run.last.failedByKind, kinds);
}

void QnamClientTest::verdictFollowsErrorAndStatus_data()
{
    QTest::addColumn<QNetworkReply::NetworkError>("error");
    QTest::addColumn<int>("status");
    QTest::addColumn<FailureKind>("kind");
    QTest::newRow("handshake") << QNetworkReply::SslHandshakeFailedError << 0 << FailureKind::Tls;
    QTest::newRow("protocol") << QNetworkReply::ProtocolFailure << 0 << FailureKind::Protocol;
    QTest::newRow("no status at all") << QNetworkReply::NoError << 0 << FailureKind::Protocol;
    QTest::newRow("unknown error") << QNetworkReply::UnknownNetworkError << 0 << FailureKind::Other;
    QTest::newRow("unknown error after a status")
        << QNetworkReply::UnknownNetworkError << 200 << FailureKind::Other;
    QTest::newRow("closed after a status of 404")
        << QNetworkReply::RemoteHostClosedError << 404 << FailureKind::Reset;
    QTest::newRow("404") << QNetworkReply::ContentNotFoundError << 404 << FailureKind::Status;
}

void QnamClientTest::verdictFollowsErrorAndStatus()
{
    QFETCH(const QNetworkReply::NetworkError, error);
    QFETCH(const int, status);
    QFETCH(const FailureKind, kind);
    const HttpVerdict verdict =
        judge({.error = error, .status = status > 0 ? std::optional(status) : std::nullopt},
              RequestSpec{});
    QVERIFY(verdict.outcome == Outcome::Failed);
    QCOMPARE(failureKindId(verdict.failure), failureKindId(kind));
}

void QnamClientTest::bodySearchFindsTextAcrossParts()
{
    BodySearch search;
    search.restart("abcab");
    for (const char *part : {"xxab", "", "c", "a", "b"}) {
        QVERIFY(!search.isFound());
        search.feed(part);
    }
    QVERIFY(search.isFound());
    search.restart("a");
    search.feed("bbb");
    QVERIFY(!search.isFound());
    search.restart({});
    QVERIFY(search.isFound());
}

void QnamClientTest::requestCarriesWhatThePlanSays()
{
    QList<HttpRequest> seen;
    TargetServer server([&](const HttpRequest &request, const HttpResponder &responder) {
        seen.append(request);
        responder.send({});
    });
    QUrl base = server.url();
    base.setPath(u"/base/"_s);
    HttpLoadPlan plan = planOfCount(base, 1);
    plan.requestIdPrefix = "run7";
    plan.firstOperationId = 41;
    const auto send = [&](const RequestSpec &request) {
        plan.requests = {request};
        RecordedLoad run(plan);
        return run.runToTheEnd() && run.counts().ok == 1;
    };
    QVERIFY(send({.method = "POST",
                  .path = u"/orders?side=b%20y&x=ü"_s,
                  .headers = {{"X-Own", "1"}},
                  .body = R"({"a":1})"}));
    QVERIFY(send(
        {.method = "DELETE", .path = u"orders/7"_s, .headers = {{"Accept-Encoding", "gzip"}}}));
    QVERIFY(send({.method = "HEAD", .path = {}}));
    QVERIFY(send({.method = "PATCH", .headers = {{"Content-Type", "text/x"}}, .body = "b"}));
    QVERIFY(send({.method = "GET", .body = "b=1"}));
    server.stop();

    QCOMPARE(seen.size(), 5);
    const HttpRequest &post = seen.at(0);
    QCOMPARE(post.method, "POST");
    QCOMPARE(post.target, "/base/orders?side=b%20y&x=%C3%BC");
    QCOMPARE(post.body, R"({"a":1})");
    QCOMPARE(post.header("X-Own").value_or(""), "1");
    QCOMPARE(post.header("User-Agent").value_or(""), "lowtide/test (load)");
    QCOMPARE(post.header("Accept-Encoding").value_or(""), "identity");
    QCOMPARE(post.header("Content-Type").value_or(""), "application/json");
    QCOMPARE(post.header("X-Request-Id").value_or(""), "run7-41");
    QVERIFY(!post.header("Cookie"));
    QCOMPARE(seen.at(1).method, "DELETE");
    QCOMPARE(seen.at(1).target, "/base/orders/7");
    QCOMPARE(seen.at(1).header("Accept-Encoding").value_or(""), "gzip");
    QCOMPARE(seen.at(2).method, "HEAD");
    QCOMPARE(seen.at(2).target, "/base");
    QCOMPARE(seen.at(3).method, "PATCH");
    QCOMPARE(seen.at(3).header("Content-Type").value_or(""), "text/x");
    QCOMPARE(seen.at(4).method, "GET");
    QCOMPARE(seen.at(4).body, "b=1");
}

void QnamClientTest::eachOperationReachesTheServerOnce()
{
    QHash<QByteArray, int> okById;
    int requests = 0, planted = 0;
    TargetServer server([&](const HttpRequest &request, const HttpResponder &responder) {
        const bool fails = ++requests % 5 == 0;
        planted += fails ? 1 : 0;
        if (!fails)
            ++okById[request.header("X-Request-Id").value_or("")];
        responder.send({.status = fails ? 500 : 200});
    });
    HttpLoadPlan plan = planOf(server.url(), 200, 3s, 20);
    plan.seed = 0xabc;
    RecordedLoad run(plan);
    QVERIFY(run.runToTheEnd());
    server.stop();
    QVERIFY(run.endedWell());
    QVERIFY(run.intervals >= 3);
    QCOMPARE(run.counts().planned, 600);
    QCOMPARE(run.counts().failed, planted);
    QCOMPARE(run.counts().failed, 120);
    QCOMPARE(run.last.failedByStatus.value(u"500"_s), 120);
    QCOMPARE(run.counts().ok, 480);
    QCOMPARE(okById.size(), 480);
    for (auto it = okById.cbegin(); it != okById.cend(); ++it) {
        QCOMPARE(it.value(), 1);
        QVERIFY(it.key().startsWith("abc-"));
    }
}

void QnamClientTest::repetitionByQtIsAReset_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::newRow("GET") << QByteArray("GET");
    QTest::newRow("POST") << QByteArray("POST");
}

void QnamClientTest::repetitionByQtIsAReset()
{
    // Each connection answers its first request and drops its second: Qt would send that one again
    // on a new connection and report an answer, though the server had dropped it.
    QFETCH(const QByteArray, method);
    QSet<QByteArray> dropped;
    int answered = 0;
    TargetServer server([&](const HttpRequest &request, const HttpResponder &responder) {
        const QByteArray id = request.header("X-Request-Id").value_or("");
        if (answered % 2 == 0 || dropped.contains(id)) {
            ++answered;
            responder.send({});
            return;
        }
        ++answered;
        dropped.insert(id);
        responder.close();
    });
    HttpLoadPlan plan = planOfCount(server.url(), 20);
    plan.requests[0].method = method;
    plan.requests[0].body = method == "POST" ? "a=1" : "";
    RecordedLoad run(plan);
    QVERIFY(run.runToTheEnd());
    server.stop();
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().planned, 20);
    QVERIFY(!dropped.isEmpty());
    QCOMPARE(run.last.failedByKind.value(u"reset"_s), dropped.size());
    // Depending on what comes first, Qt reports the close or sends again.
    QVERIFY(run.last.counters.value(u"requests_resent"_s) > 0);
    QVERIFY(run.last.counters.value(u"requests_resent"_s) <= dropped.size());
    QCOMPARE(run.counts().ok, 20 - dropped.size());
}

void QnamClientTest::closeOfAnIdleConnectionCostsNothing()
{
    // After each answer the server closes without saying so; the pause lets the close arrive.
    TargetServer server(raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    HttpLoadPlan plan = planOfCount(server.url(), 10);
    plan.shape.thinkTime = 50ms;
    RecordedLoad run(plan);
    QVERIFY(run.runToTheEnd());
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().ok, 10);
    QCOMPARE(server.connections(), 10U);
}

void QnamClientTest::usersNeverShareAConnection()
{
    // All users are held until the last has come: were one queued inside Qt, none would be
    // answered.
    constexpr int users = 20;
    QList<HttpResponder> held;
    TargetServer server([&](const HttpRequest &, const HttpResponder &responder) {
        held.append(responder);
        if (held.size() < users)
            return;
        for (const HttpResponder &each : std::exchange(held, {}))
            each.send({});
    });
    HttpLoadPlan plan = planOfCount(server.url(), 3 * users, users);
    plan.requests[0].timeout = 20s;
    RecordedLoad run(plan);
    QVERIFY(run.runToTheEnd());
    QVERIFY(run.endedWell());
    QCOMPARE(run.counts().ok, 3 * users);
    QCOMPARE(server.connections(), quint64(users));
}

void QnamClientTest::redirectIsNotFollowed()
{
    QList<QByteArray> targets;
    TargetServer server([&](const HttpRequest &request, const HttpResponder &responder) {
        targets.append(request.target);
        responder.send({.status = 302, .headers = {{"Location", "/elsewhere"}}});
    });
    HttpLoadPlan plan = planOfCount(server.url(), 3);
    plan.requests[0].expectedStatuses = {302};
    RecordedLoad run(plan);
    QVERIFY(run.runToTheEnd());
    server.stop();
    QCOMPARE(run.counts().ok, 3);
    QCOMPARE(targets, QList<QByteArray>(3, "/"));
}

void QnamClientTest::cookiesAreNotKept()
{
    int withCookie = 0, requests = 0;
    TargetServer server([&](const HttpRequest &request, const HttpResponder &responder) {
        ++requests;
        withCookie += request.header("Cookie") ? 1 : 0;
        responder.send(
            {.headers = {{"Set-Cookie", "session=1; Path=/"}, {"Cache-Control", "max-age=1000"}}});
    });
    RecordedLoad run(planOfCount(server.url(), 5));
    QVERIFY(run.runToTheEnd());
    server.stop();
    QCOMPARE(requests, 5);
    QCOMPARE(withCookie, 0);
}

QTEST_GUILESS_MAIN(QnamClientTest)

#include "tst_qnamclient.moc"
