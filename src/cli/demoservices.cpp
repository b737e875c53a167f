#include "cli/demoservices.h"

#include "profile/nearestname.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

const QString origin = u"--demo"_s;

QString tr(const char *text) { return QCoreApplication::translate("DemoServices", text); }

/// Beside this program, as built and as installed.
QString demoProgram() { return QCoreApplication::applicationDirPath() + u"/lowtide-demo"_s; }

QJsonObject plannedServices()
{
    QFile file(u":/lowtide/demo/services.json"_s);
    const bool isOpen = file.open(QIODevice::ReadOnly);
    Q_ASSERT(isOpen);
    return isOpen ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

struct Fault {
    QString service;
    QString setting; ///< "key=value"
};

Result<Fault> readFault(const QString &text, const QStringList &services)
{
    const qsizetype colon = text.indexOf(u':');
    const Fault fault{.service = text.left(colon), .setting = text.mid(colon + 1)};
    const QString where = u"--demo-fault %1"_s.arg(text);
    if (colon < 1 || fault.setting.indexOf(u'=') < 1) {
        return Unexpected(Error{ErrorCode::BadInput, tr("is not of the form SERVICE:key=value."),
                                where, tr("For example bluefin:error_percent=20.")});
    }
    if (services.contains(fault.service))
        return fault;
    const auto nearest = nearestName(fault.service, services);
    return Unexpected(Error{ErrorCode::BadInput,
                            tr("there is no demo service '%1'.").arg(fault.service), where,
                            nearest ? tr("Did you mean %1?").arg(*nearest)
                                    : tr("There are %1.").arg(services.join(u", "_s))});
}

} // namespace

Result<DemoServices, Errors> DemoServices::plan(const QStringList &faults)
{
    const QJsonObject planned = plannedServices();
    Errors errors;
    QHash<QString, QStringList> faultsOf;
    for (const QString &text : faults) {
        const Result<Fault> fault = readFault(text, planned.keys());
        if (fault)
            faultsOf[fault->service] << u"--fault"_s << fault->setting;
        else
            errors.append(fault.error());
    }
    if (!QFileInfo(demoProgram()).isExecutable()) {
        errors.append(Error{ErrorCode::Io, tr("the demo services are not there."), demoProgram(),
                            tr("Build or install lowtide-demo beside lowtide.")});
    }
    if (!errors.isEmpty())
        return Unexpected(errors);

    DemoServices demo;
    demo.m_names = planned.keys();
    for (const QString &name : demo.m_names) {
        const QJsonObject settings = planned[name].toObject();
        for (const QString &key : settings.keys()) {
            QJsonArray list = settings[key].toArray();
            if (key == u"command"_s) {
                list[0] = demoProgram();
                for (const QString &argument : faultsOf[name])
                    list.append(argument);
            }
            const QByteArray value = QJsonDocument(list).toJson(QJsonDocument::Compact);
            demo.m_settings.append(
                Assignment{u"services.%1.%2"_s.arg(name, key), QString::fromUtf8(value), origin});
        }
    }
    return demo;
}

} // namespace lowtide
