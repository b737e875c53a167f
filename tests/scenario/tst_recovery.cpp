#include "model/scenarios/recovery.h"
#include "scenario/scenariokinds.h"

#include <QSet>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace lowtide;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Answers every request at once and keeps the ids it was sent.
class IdServer : public QTcpServer {
public:
    IdServer()
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { answer(socket); });
        });
    }
    QList<QByteArray> ids;

private:
    void answer(QTcpSocket *socket)
    {
        QByteArray &text = m_unread[socket];
        text += socket->readAll();
        for (qsizetype end = 0; (end = text.indexOf("\r\n\r\n")) >= 0; text.remove(0, end + 4)) {
            for (const QByteArray &line : text.left(end).split('\n')) {
                if (line.toLower().startsWith("x-request-id:"))
                    ids.append(line.mid(line.indexOf(':') + 1).trimmed());
            }
            socket->write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
    }
    QHash<QTcpSocket *, QByteArray> m_unread;
};

} // namespace

class RecoveryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void baselineAndRecoveryShareNoRequestId();
};

void RecoveryTest::baselineAndRecoveryShareNoRequestId()
{
    IdServer server;
    auto settings = std::make_shared<RecoverySettings>();
    settings->requests = {RequestSpec{.name = u"GET /"_s}};
    settings->shape.stages = {{.from = Rate::perSecond(20), .to = Rate::perSecond(20)}};
    ScenarioSetup setup;
    setup.plan.name = u"recovery"_s;
    setup.plan.type = u"recovery"_s;
    setup.plan.settings = settings;
    setup.service.name = u"web"_s;
    setup.service.url = QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()));
    const auto scenario = ScenarioKind::make(setup);
    QVERIFY(scenario);
    QSignalSpy ended(scenario.get(), &Scenario::ended);
    scenario->run(u"baseline"_s, 300ms);
    QTRY_COMPARE(ended.count(), 1);
    const qsizetype ofBaseline = server.ids.size();
    QVERIFY(ofBaseline > 0);
    scenario->run(u"recovery"_s, 1s);
    QTRY_VERIFY(server.ids.size() > ofBaseline);
    scenario->stop(StopMode::Now);
    QTRY_COMPARE(ended.count(), 2);
    QCOMPARE(QSet<QByteArray>(server.ids.cbegin(), server.ids.cend()).size(), server.ids.size());
}

QTEST_GUILESS_MAIN(RecoveryTest)
#include "tst_recovery.moc"
