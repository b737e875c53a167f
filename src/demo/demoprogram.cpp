#include "demo/demoprogram.h"

#include "demo/bluefinservice.h"
#include "demo/botservice.h"
#include "demo/dashboardservice.h"
#include "demo/demofleet.h"
#include "demo/demooptions.h"
#include "demo/endsignals.h"

#include <QCoreApplication>

#include <cstdio>
#include <memory>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

constexpr int badArguments = 2;
constexpr int couldNotRun = 3;

void print(std::FILE *stream, const QByteArray &text)
{
    std::fwrite(text.constData(), 1, std::size_t(text.size()), stream);
    std::fflush(stream);
}

void note(const QString &text) { print(stderr, "lowtide-demo: " + text.toUtf8() + '\n'); }

std::unique_ptr<DemoService> makeService(const DemoOptions &options)
{
    switch (options.service) {
    case DemoOptions::Service::Bluefin:
        return std::make_unique<BluefinService>();
    case DemoOptions::Service::Dashboard:
        return std::make_unique<DashboardService>(options.connections);
    case DemoOptions::Service::Bot:
        return std::make_unique<BotService>(options.bluefin, options.dashboard);
    case DemoOptions::Service::All:
        break;
    }
    Q_UNREACHABLE();
}

/// One JSON object on a line, its keys in the order in which people read them.
QByteArray announcement(const DemoOptions &options, const DemoService &service)
{
    QString line =
        uR"({"service":"%1","url":"%2",)"_s.arg(DemoOptions::name(options.service), service.url());
    if (!service.webSocketUrl().isEmpty())
        line += uR"("websocket_url":"%1",)"_s.arg(service.webSocketUrl());
    line += uR"("pid":%1})"_s.arg(QCoreApplication::applicationPid());
    return line.toUtf8() + '\n';
}

int runService(const DemoOptions &options, EndSignals &endSignals)
{
    const std::unique_ptr<DemoService> service = makeService(options);
    const Result<void> started = service->start(
        options.host, options.port.value_or(DemoOptions::defaultPort(options.service)));
    if (!started) {
        note(started.error().text());
        return couldNotRun;
    }
    print(stdout, announcement(options, *service));
    const Errors errors = service->faults().change(options.faults);
    Q_ASSERT(errors.isEmpty()); // checked when the arguments were read
    if (options.lifeline)
        endSignals.watchLifeline();
    return QCoreApplication::exec();
}

int runFleet(const DemoOptions &options, EndSignals &endSignals)
{
    DemoFleet fleet(QCoreApplication::applicationFilePath(), options.host,
                    options.port ? DemoFleet::Ports::Free : DemoFleet::Ports::Default);
    QObject::disconnect(&endSignals, nullptr, QCoreApplication::instance(), nullptr);
    QObject::connect(&endSignals, &EndSignals::endAsked, &fleet, &DemoFleet::stop);
    QObject::connect(&fleet, &DemoFleet::announced, &fleet,
                     [](const QByteArray &line) { print(stdout, line); });
    QObject::connect(&fleet, &DemoFleet::noted, &fleet, &note);
    // Queued: the last child may fail before the loop runs.
    QObject::connect(&fleet, &DemoFleet::finished, QCoreApplication::instance(),
                     &QCoreApplication::exit, Qt::QueuedConnection);
    if (options.lifeline)
        endSignals.watchLifeline();
    fleet.start();
    return QCoreApplication::exec();
}

} // namespace

int runDemoProgram(const QStringList &arguments)
{
    const Result<DemoOptions> options = DemoOptions::parse(arguments);
    if (!options) {
        note(options.error().text());
        return badArguments;
    }
    if (!options->help.isEmpty()) {
        print(stdout, options->help.toUtf8());
        return 0;
    }
    EndSignals endSignals;
    QObject::connect(&endSignals, &EndSignals::endAsked, QCoreApplication::instance(),
                     &QCoreApplication::quit);
    return options->service == DemoOptions::Service::All ? runFleet(*options, endSignals)
                                                         : runService(*options, endSignals);
}

} // namespace lowtide
