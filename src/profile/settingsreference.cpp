// Reference of all settings in Markdown, from the field table.
#include "profile/profilereference.h"

#include "profile/fieldparser.h"
#include "profile/scenariokind.h"
#include "profile/seedspelling.h"
#include "profile/settingrows.h"
#include "profile/settingtable.h"

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

const QString introduction = uR"(# Settings

Made from the program's field table; do not edit by hand.

A value is taken, highest first, from a flag (`--set PATH=VALUE`), from the environment, from the profile,
from the default. `lowtide validate --effective PROFILE` prints each value with where it came from. A
variable that is set but empty is an error.

A profile is JSON with comments in one of two spellings. The general one names its own `services` and
`scenarios`. The seed's has `service_endpoints` and `test_scenarios` instead and is laid over the bundled
profile `%1`, so that a file may hold only what differs; both cannot be mixed in one file.

Durations are numbers in the unit of the key's name (seconds where it names none) or texts like `"500ms"`,
`"30s"`, `"1h30m"`; sizes likewise or `"64MiB"`; counts likewise or `"10k"`. MB and MiB are both 1024 x 1024
bytes, as docker counts limits.
)"_s;

QString cell(QString text) { return text.replace(u'|', u"\\|"_s); }

QString defaultText(const Field &row)
{
    if (row.required)
        return u"needed"_s;
    if (row.followsLoad) {
        const QString otherwise =
            row.absentText().isEmpty() ? QString() : u"; else "_s + row.absentText();
        return u"as the profile's HTTP load on the same service"_s + otherwise;
    }
    if (!row.follows.isEmpty())
        return u"as `%1`"_s.arg(row.follows);
    if (!row.defaultJson.isEmpty())
        return u'`' + QString::fromUtf8(row.defaultJson) + u'`';
    return row.absentText().isEmpty() ? u"none"_s : row.absentText();
}

QString table(const QList<Field> &rows, bool withVariables)
{
    QString text = withVariables
        ? u"\n| setting | takes | default | variable | meaning |\n"
          "|---|---|---|---|---|\n"_s
        : u"\n| setting | takes | default | meaning |\n|---|---|---|---|\n"_s;
    for (const Field &row : rows) {
        QStringList variables = row.environment;
        if (variables.isEmpty() && row.key != u"$schema")
            variables.append(settingVariable(row.key));
        text +=
            u"| `%1` | %2 | %3 |"_s.arg(row.key, cell(allowedText(row)), cell(defaultText(row)));
        if (withVariables)
            text += variables.isEmpty() ? u" |"_s : u" `%1` |"_s.arg(variables.join(u"`, `"_s));
        text += u" %1 |\n"_s.arg(cell(row.helpText()));
    }
    return text;
}

QString endpointTable()
{
    QString text = u"\n| setting | variable | stands for |\n|---|---|---|\n"_s;
    for (const SeedEndpoint &endpoint : seedEndpoints())
        text += u"| `%1.%2` | `%3` | `services.%4.%5` |\n"_s.arg(seedEndpointSection.toString(),
                                                                 endpoint.key, endpoint.variable,
                                                                 endpoint.service, endpoint.row);
    return text;
}

} // namespace

QByteArray settingsReference()
{
    QString text = introduction.arg(castProfileName());
    text += u"\n## The test\n"_s + table(profileRows(), true);
    text +=
        u"\n## Services: `services.NAME`\n\nVariables: `LOWTIDE_SERVICES_NAME_` and the setting in "
        "capitals.\n"_s
        + table(serviceRows(), false);
    text +=
        u"\n## Scenarios: `scenarios.NAME`, `test_scenarios.NAME`\n\nThey run in the order of the "
        "file. No scenario can be called `baseline`: what is measured before the stress has that "
        "name. "
        "Variables: `LOWTIDE_SCENARIOS_NAME_` and the setting in capitals.\n"_s
        + table(scenarioRows(), false);
    for (const QString &type : scenarioTypes()) {
        const ScenarioTable *kind = scenarioTable(type);
        text += u"\n### `\"type\": \"%1\"`: %2\n\n%3"_s.arg(type, settingsText(kind->title),
                                                            settingsText(kind->help));
        if (kind->lengthShare > 0)
            text += u" Its weight in sharing the test's length is %1."_s.arg(kind->lengthShare);
        if (!kind->defaultMaxErrorRate.isEmpty())
            text += u" `max_error_rate_percent` is %1 by default."_s.arg(
                QString::fromUtf8(kind->defaultMaxErrorRate));
        if (!kind->defaultTargetResponse.isEmpty())
            text += u" `target_response_time_ms` is %1 by default."_s.arg(
                QString::fromUtf8(kind->defaultTargetResponse));
        text += u'\n' + table(kind->rows, false);
    }
    text += u"\n### A request in `requests`\n"_s + table(requestRows(), false);
    text += u"\n### A stage in `stages`\n"_s + table(stageRows(), false);
    text += u"\n## Endpoints in the seed's spelling\n"_s + endpointTable();
    return text.toUtf8();
}

} // namespace lowtide
