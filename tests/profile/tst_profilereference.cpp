#include "profile/profilereference.h"

#include "profile/bundledprofiles.h"

#include "profile/profilefixture.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

using namespace lowtide;
using namespace Qt::StringLiterals;

/// The generated files in the tree are what the field table generates.
class ProfileReferenceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void filesInTheTreeAreUpToDate_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("generated");
        QTest::newRow("schema") << u"/resources/schema/profile.schema.json"_s << profileSchema();
        QTest::newRow("reference") << u"/docs/settings.md"_s << settingsReference();
    }

    void filesInTheTreeAreUpToDate()
    {
        QFETCH(const QString, path);
        QFETCH(const QByteArray, generated);
        QFile file(QStringLiteral(LOWTIDE_SOURCE_DIR) + path);
        if (qEnvironmentVariableIsSet("LOWTIDE_REFRESH")) {
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write(generated), generated.size());
            return;
        }
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        QVERIFY2(
            file.readAll() == generated,
            qPrintable(path + u" differs; run this test with LOWTIDE_REFRESH=1 to refresh it"_s));
    }

    void schemaAcceptsEveryBundledProfileAndRefusesAnUnknownKey()
    {
        QProcess python;
        python.start(u"python3"_s, {u"-c"_s, u"import jsonschema"_s});
        if (!python.waitForFinished() || python.exitCode() != 0)
            QSKIP("python3-jsonschema is not installed");
        QTemporaryDir folder;
        QFile schema(folder.filePath(u"schema.json"_s));
        QVERIFY(schema.open(QIODevice::WriteOnly) && schema.write(profileSchema()) > 0);
        schema.close();
        const QString program = uR"(
import json, re, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
check = jsonschema.Draft202012Validator(schema)
profiles = [json.loads(re.sub(r'(?m)(^|\s)//.*$', '', open(name).read())) for name in sys.argv[2:]]
assert len(profiles) > 5
for profile in profiles:
    check.validate(profile)
assert not check.is_valid({'test_parameter': {}})
assert not check.is_valid({'test_parameters': {'concurrent_users': 0}})
assert not check.is_valid({'services': {'a': {}}, 'scenarios': {'a': {'type': 'http_lod'}}})
assert check.is_valid({'services': {'a': {}}, 'scenarios': {'a': {'type': 'http_load'}}})
assert not check.is_valid({'services': {'a': {}}, 'scenarios': {'baseline': {'type': 'http_load'}}})
assert not check.is_valid(dict(profiles[0], service_endpoints={}))
)"_s;
        QStringList arguments{u"-c"_s, program, schema.fileName()};
        for (const QString &name : bundledProfileNames())
            arguments.append(u"" LOWTIDE_SOURCE_DIR "/resources/profiles/"_s + name + u".json"_s);
        QFile starter(folder.filePath(u"starter.json"_s));
        QVERIFY(starter.open(QIODevice::WriteOnly) && starter.write(starterProfile()) > 0);
        starter.close();
        arguments.append(starter.fileName());
        python.start(u"python3"_s, arguments);
        QVERIFY(python.waitForFinished());
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
    }
};

QTEST_GUILESS_MAIN(ProfileReferenceTest)
#include "tst_profilereference.moc"
