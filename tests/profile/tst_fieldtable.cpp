#include "profile/fieldparser.h"
#include "profile/profilefixture.h"
#include "profile/profilereference.h"
#include "profile/scenariokind.h"
#include "profile/settingrows.h"
#include "profile/settingtable.h"

#include "profile/bundledprofiles.h"

#include <QDir>

using namespace lowtide;
using namespace Qt::StringLiterals;

namespace {

/// A kind that only this program knows.
struct ToySettings : ScenarioSettingsOf<ToySettings> {
    int bricks = 0;
};

const bool toyRegistered = registerScenarioTable({
    .type = u"toy"_s,
    .title = "Toy",
    .help = "A kind for the test.",
    .lengthShare = 10,
    .endpoint = ScenarioTable::Endpoint::None,
    .rows = {field(FieldType::Integer, u"bricks"_s, Unit::None, "Bricks", "How many.")
                 .range(1, 100)
                 .byDefault("7")
                 .into(&ToySettings::bricks)},
    .make = [] { return std::make_shared<ToySettings>(); },
});

/// A value that differs from the default and that the row takes.
QString otherValue(const Field &row)
{
    switch (row.type) {
    case FieldType::Boolean:
        return row.check ? u"false"_s : u"true"_s;
    case FieldType::Integer:
    case FieldType::Number:
    case FieldType::Duration:
    case FieldType::Size:
        return QString::number(std::max(row.minimum, std::min(row.maximum, 33.0)));
    case FieldType::Text:
        return u"/other"_s;
    case FieldType::Choice:
        return row.choices.back();
    case FieldType::HttpUrl:
        return u"http://other:1"_s;
    case FieldType::WebSocketUrl:
        return u"ws://other:1"_s;
    case FieldType::TextList:
        return u"[\"other\"]"_s;
    case FieldType::IntegerList:
        return u"[200]"_s;
    case FieldType::Headers:
        return u"{\"A\": \"b\"}"_s;
    case FieldType::Body:
        return u"other"_s;
    case FieldType::ObjectList:
        return row.key == u"stages" ? u"[{\"to\": 2, \"duration\": 3}]"_s
                                    : u"[{\"path\": \"/other\"}]"_s;
    }
    return {};
}

} // namespace

/// The table itself: every row can be set, every default can be read, kinds need no shared file.
class FieldTableTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFlagReachesEveryRow_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        const auto cast = JsonText::parse(bundledProfile(u"trading-bot"_s).value_or({}));
        QVERIFY(cast);
        Errors errors;
        const SettingTable table(outlineOf(*cast, *cast, {}, ProfilePlaces({}), errors));
        QVERIFY(errors.isEmpty());
        for (const Setting &setting : table.settings()) {
            const QString key = setting.field.key;
            // Refused on purpose, or impossible together with what else the profile says.
            if (key == u"$schema" || key == u"type" || key == u"pid" || key == u"think_time"
                || (key == u"duration_seconds" && setting.name == u"recovery_test"))
                continue;
            const QString value = key == u"service" ? u"dashboard"_s : otherValue(setting.field);
            QTest::newRow(qPrintable(setting.path)) << setting.path << value;
        }
    }

    void aFlagReachesEveryRow()
    {
        QFETCH(const QString, path);
        QFETCH(const QString, value);
        const QByteArray file = bundledProfile(u"trading-bot"_s).value_or({});
        READ_OR_FAIL(read, file, {}, {{path, value, u"--set"_s}});
        const EffectiveValue effective = valueAt(read, path);
        QCOMPARE(valueSourceId(effective.source), u"flag"_s);
        READ_OR_FAIL(again, file, {},
                     {{path,
                       effective.value.startsWith(u'"') ? effective.value.mid(1).chopped(1)
                                                        : effective.value,
                       u"--set"_s}});
        QCOMPARE(valueAt(again, path).value, effective.value);
    }

    void valuesOutsideARowsRangeAreRefused()
    {
        QList<Field> rows = profileRows() + serviceRows() + requestRows() + stageRows();
        for (const QString &type : scenarioTypes())
            rows += scenarioRowsOf(type);
        int tried = 0;
        for (const Field &row : rows) {
            const bool isNumeric = row.type == FieldType::Integer || row.type == FieldType::Number
                || row.type == FieldType::Duration || row.type == FieldType::Size;
            if (!isNumeric)
                continue;
            QList<double> outside{row.minimum - 1, row.maximum * 1.001 + 1};
            if (row.minimum > 0)
                outside += {0, row.minimum * 0.999};
            for (const double number : outside) {
                JsonNode node;
                node.kind = JsonNode::Kind::Number;
                node.number = number;
                node.numberText = QByteArray::number(number, 'g', 17);
                QVERIFY2(!fieldValue(row, node),
                         qPrintable(row.key + u' ' + QString::fromLatin1(node.numberText)));
                ++tried;
            }
            for (const double number : {row.minimum, row.maximum}) {
                const QString text = QString::number(number, 'f', 6);
                QVERIFY2(row.check || fieldValue(row, text), qPrintable(row.key + u' ' + text));
            }
        }
        QVERIFY(tried > 100);
    }

    void theKindOfAScenarioCanBeChangedByAFlag()
    {
        READ_OR_FAIL(read, "{}", {},
                     {{u"test_scenarios.recovery_test.type"_s, u"http_load"_s, u"--set"_s}});
        QCOMPARE(read.profile.scenarios.back().type, u"http_load"_s);
        QVERIFY(!valueAt(read, u"test_scenarios.recovery_test.rate"_s).path.isEmpty());
        QVERIFY(
            !readText("{}", {}, {{u"test_scenarios.recovery_test.type"_s, u"x"_s, u"--set"_s}}));
    }

    void everyRowHasTextsAndAReadableDefault()
    {
        QList<Field> rows = profileRows() + serviceRows() + requestRows() + stageRows();
        for (const QString &type : scenarioTypes())
            rows += scenarioRowsOf(type);
        for (const Field &row : rows) {
            QVERIFY2(!row.titleText().isEmpty() && !row.helpText().isEmpty(), qPrintable(row.key));
            QVERIFY2(!allowedText(row).isEmpty(), qPrintable(row.key));
            if (row.defaultJson.isEmpty())
                continue;
            const auto json = JsonText::parse(row.defaultJson);
            QVERIFY2(json && fieldValue(row, json->root()), qPrintable(row.key));
        }
    }

    void everyKindOfTheFolderIsRegisteredAndNoOther()
    {
        QStringList files;
        for (const QString &file : QDir(u"" LOWTIDE_SOURCE_DIR "/src/profile/scenarios"_s)
                                       .entryList({u"*.cpp"_s}, QDir::Files))
            files.append(file.chopped(4));
        QStringList types = scenarioTypes();
        QVERIFY(types.removeOne(u"toy"_s));
        for (QString &type : types)
            type.remove(u'_');
        types.sort();
        files.sort();
        QCOMPARE(types, files);
    }

    void aKindOfItsOwnWorksEverywhere()
    {
        const QByteArray text = R"({ "services": { "box": { "command": ["box"] } },
                                     "scenarios": { "play": { "type": "toy", "bricks": 9 } } })";
        READ_OR_FAIL(read, text);
        const auto &settings =
            dynamic_cast<const ToySettings &>(*read.profile.scenarios.front().settings);
        QCOMPARE(settings.bricks, 9);
        QCOMPARE(read.profile.scenarios.front().lengthShare, 10.0);
        READ_OR_FAIL(flagged, text, {}, {{u"scenarios.play.bricks"_s, u"11"_s, u"--set"_s}});
        QCOMPARE(valueAt(flagged, u"scenarios.play.bricks"_s).value, u"11"_s);
        READ_OR_FAIL(variable, text, {{u"LOWTIDE_SCENARIOS_PLAY_BRICKS"_s, u"12"_s}});
        QCOMPARE(valueAt(variable, u"scenarios.play.bricks"_s).value, u"12"_s);
        QVERIFY(!readText(text, {}, {{u"scenarios.play.bricks"_s, u"101"_s, u"--set"_s}}));
        QVERIFY(profileSchema().contains("\"bricks\""));
        QVERIFY(settingsReference().contains("`bricks`"));
    }
};

QTEST_GUILESS_MAIN(FieldTableTest)
#include "tst_fieldtable.moc"
