#include "model/eventcodec.h"
#include "stats/latencyhistogram.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <cmath>

using namespace Qt::StringLiterals;
using namespace lowtide;

namespace {

struct Line {
    QString journal;
    int number = 0;
    QByteArray text;

    [[nodiscard]] QByteArray name() const
    {
        return (journal + u':' + QString::number(number)).toUtf8();
    }
};

/// Every whole line of the journals in tests/data/journals; they are made by tests/journals.
QList<Line> goldenLines()
{
    QList<Line> lines;
    const QDir folder(QStringLiteral(LOWTIDE_SOURCE_DIR "/tests/data/journals"));
    for (const QString &name : folder.entryList({u"*.ndjson"_s})) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        int number = 0;
        while (!file.atEnd()) {
            const QByteArray text = file.readLine();
            ++number;
            if (text.endsWith('\n'))
                lines.append({name, number, text.chopped(1)});
        }
    }
    return lines;
}

QString kindOf(const Line &line)
{
    return QJsonDocument::fromJson(line.text)["kind"_L1].toString();
}

QJsonObject schema()
{
    static const QJsonObject parsed = [] {
        QFile file(QStringLiteral(LOWTIDE_SOURCE_DIR "/resources/schema/event.schema.json"));
        return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                              : QJsonObject();
    }();
    return parsed;
}

/// What the schema says of events of one kind.
QJsonObject schemaOf(const QString &kind) { return schema()["$defs"_L1][kind].toObject(); }

/// The events of a kind with their lines, without those that are meant to be unreadable.
template <typename Payload> QList<std::pair<Line, RunEvent>> eventsOf()
{
    QList<std::pair<Line, RunEvent>> events;
    for (const Line &line : goldenLines()) {
        const auto event = decodeEvent(line.text);
        if (event && *event && std::holds_alternative<Payload>((*event)->payload))
            events.append({line, **event});
    }
    return events;
}

bool isNear(std::optional<double> ms, Nanoseconds duration)
{
    return ms && std::fabs(*ms - toMs(duration)) < 2e-6; // both are rounded to a nanosecond
}

} // namespace

class GoldenJournalsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyLineIsReadAndWrittenBackToTheByte()
    {
        const QList<Line> lines = goldenLines();
        QVERIFY(lines.size() > 300);
        for (const Line &line : lines) {
            if (kindOf(line) == u"weather")
                continue;
            const auto event = decodeEvent(line.text);
            QVERIFY2(event.has_value() && event->has_value(), line.name());
            QCOMPARE(encodeEvent(**event), line.text);
        }
    }

    void everyKindOccurs()
    {
        QSet<QString> seen;
        for (const Line &line : goldenLines())
            seen.insert(kindOf(line));
        for (const QString &kind : eventKinds())
            QVERIFY2(seen.contains(kind), qPrintable(kind));
    }

    void unknownKindIsSkipped()
    {
        int unknown = 0;
        for (const Line &line : goldenLines()) {
            const auto event = decodeEvent(line.text);
            QVERIFY2(event.has_value(), line.name());
            unknown += event->has_value() ? 0 : 1;
        }
        QCOMPARE(unknown, 1);
    }

    void cutLineIsAnError()
    {
        QFile file(QStringLiteral(LOWTIDE_SOURCE_DIR "/tests/data/journals/truncated.ndjson"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray all = file.readAll();
        QVERIFY(!all.endsWith('\n'));
        QVERIFY(!decodeEvent(all.sliced(all.lastIndexOf('\n') + 1)).has_value());
    }

    void memberIsRequiredByReaderAndSchemaAlike()
    {
        QSet<QString> tried;
        for (const Line &line : goldenLines()) {
            const QString kind = kindOf(line);
            const QJsonObject object = QJsonDocument::fromJson(line.text).object();
            const QJsonArray required = schemaOf(kind)["required"_L1].toArray();
            for (const QString &key : object.keys()) {
                if (kind == u"weather" || tried.contains(kind + u'/' + key))
                    continue;
                tried.insert(kind + u'/' + key);
                QJsonObject without = object;
                without.remove(key);
                const auto event =
                    decodeEvent(QJsonDocument(without).toJson(QJsonDocument::Compact));
                QVERIFY2(event.has_value() != required.contains(key),
                         line.name() + ' ' + key.toUtf8());
                if (!event)
                    QVERIFY2(event.error().where.endsWith(u'/' + key),
                             qPrintable(event.error().where));
            }
        }
        QVERIFY(tried.size() > 100);
    }

    void requiredMemberOfTheSchemaIsAlwaysWritten()
    {
        for (const Line &line : goldenLines()) {
            const QJsonObject object = QJsonDocument::fromJson(line.text).object();
            for (const QJsonValue &key : schemaOf(kindOf(line))["required"_L1].toArray())
                QVERIFY2(object.contains(key.toString()),
                         line.name() + ' ' + key.toString().toUtf8());
        }
    }

    void schemaKnowsEveryKindAndNoOther()
    {
        QStringList kinds;
        for (const auto &branch : schema()["oneOf"_L1].toArray())
            kinds.append(branch.toObject()["$ref"_L1].toString().section(u'/', -1));
        QCOMPARE(kinds, eventKinds());
        for (const QString &kind : kinds)
            QCOMPARE(schemaOf(kind)["properties"_L1]["kind"_L1]["const"_L1].toString(), kind);
    }

    void operationsAddUpInEveryInterval()
    {
        for (const auto &[line, event] : eventsOf<IntervalEvent>()) {
            const auto &interval = std::get<IntervalEvent>(event.payload);
            QVERIFY2(interval.counts.addUp(), line.name());
            QVERIFY2(interval.waiting <= interval.counts.inFlight, line.name());
        }
        for (const auto &[line, event] : eventsOf<ScenarioFinishedEvent>()) {
            const auto &finished = std::get<ScenarioFinishedEvent>(event.payload);
            QVERIFY2(finished.counts.addUp() && finished.counts.inFlight == 0, line.name());
        }
    }

    void figuresOfAnIntervalAreThoseOfItsHistogram()
    {
        int compared = 0;
        QHash<QString, LatencyFigures>
            figures; // journal, scenario, time and series -> what was said
        for (const auto &[line, event] : eventsOf<IntervalEvent>()) {
            const auto &interval = std::get<IntervalEvent>(event.payload);
            const QString key =
                line.journal + interval.scenario + QString::number(event.seconds, 'f', 6);
            figures.insert(key + u"response_time"_s, interval.responseTime);
            figures.insert(key + u"service_time"_s, interval.serviceTime);
        }
        for (const auto &[line, event] : eventsOf<HistogramEvent>()) {
            const auto &delta = std::get<HistogramEvent>(event.payload);
            LatencyHistogram histogram;
            QVERIFY2(histogram.addBase64(delta.data), line.name());
            if (!delta.request.isEmpty())
                continue;
            const LatencyFigures said =
                figures.take(line.journal + delta.scenario + QString::number(event.seconds, 'f', 6)
                             + delta.series);
            QVERIFY2(said.count == histogram.count(), line.name());
            QVERIFY2(isNear(said.p50Ms, histogram.valueAtPercentile(50)), line.name());
            QVERIFY2(isNear(said.p95Ms, histogram.valueAtPercentile(95)), line.name());
            QVERIFY2(isNear(said.p99Ms, histogram.valueAtPercentile(99)), line.name());
            QVERIFY2(isNear(said.maxMs, histogram.max()), line.name());
            QVERIFY2(isNear(said.meanMs, histogram.mean()), line.name());
            ++compared;
        }
        QVERIFY(compared > 60);
        for (const LatencyFigures &left : std::as_const(figures))
            QCOMPARE(left.count, 0);
    }
};

QTEST_GUILESS_MAIN(GoldenJournalsTest)
#include "tst_goldenjournals.moc"
