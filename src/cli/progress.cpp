#include "cli/progress.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("Progress", text); }

/// "0:07", "12:05", "1:02:05"
QString clock(double seconds)
{
    const auto whole = static_cast<qint64>(std::llround(std::max(0.0, seconds)));
    const QString tail = u"%1:%2"_s.arg(whole / 60 % 60).arg(whole % 60, 2, 10, QChar(u'0'));
    if (whole < 3600)
        return tail;
    return u"%1:%2"_s.arg(whole / 3600).arg(tail.rightJustified(5, u'0'));
}

/// Three digits are enough to read, and keep the columns still.
QString short3(double value)
{
    if (value >= 100.0)
        return QString::number(value, 'f', 0);
    return QString::number(value, 'f', value >= 10.0 ? 1 : 2);
}

QString milliseconds(const std::optional<double> &value)
{
    return value ? tr("%1 ms").arg(short3(*value)) : u"-"_s;
}

QString megabytes(qint64 bytes) { return QString::number(std::llround(Bytes(bytes).mb())); }

QString cut(const QString &line, int columns)
{
    return line.size() <= columns ? line : line.left(std::max(0, columns - 1)) + u'…';
}

QString phaseText(const QString &phase)
{
    if (phase == u"prepare"_s)
        return tr("preparing");
    if (phase == u"baseline"_s)
        return tr("baseline");
    if (phase == u"stress"_s)
        return tr("stress");
    if (phase == u"recovery"_s)
        return tr("recovery");
    if (phase == u"finish"_s)
        return tr("finishing");
    return phase;
}

} // namespace

void Progress::add(const RunEvent &event)
{
    m_seconds = std::max(m_seconds, event.seconds);
    if (const auto *started = std::get_if<RunStartedEvent>(&event.payload)) {
        m_runSeconds = started->plannedSeconds;
        for (const RunStartedEvent::Scenario &scenario : started->scenarios)
            m_scenarios.append(scenario.name);
    } else if (const auto *phase = std::get_if<PhaseEvent>(&event.payload)) {
        onPhase(*phase);
    } else if (const auto *cycle = std::get_if<CycleEvent>(&event.payload)) {
        m_cycle = cycle->index;
        m_cycles = cycle->of;
    } else if (const auto *interval = std::get_if<IntervalEvent>(&event.payload)) {
        onInterval(*interval);
    } else if (const auto *process = std::get_if<ProcessEvent>(&event.payload)) {
        m_memory[process->service] = Usage{process->memoryBytes, process->memoryLimitBytes};
    } else if (const auto *container = std::get_if<ContainerEvent>(&event.payload)) {
        const QString &name =
            container->service.isEmpty() ? container->container : container->service;
        m_memory[name] = Usage{container->memoryBytes, container->memoryLimitBytes};
    }
}

void Progress::onPhase(const PhaseEvent &event)
{
    if (!event.begins)
        return;
    if (event.scenario != m_scenario)
        m_figures = {};
    m_phase = event.phase;
    m_scenario = event.scenario;
    m_phaseBegan = m_seconds;
    m_phaseSeconds = event.plannedSeconds;
    m_cycle = m_cycles = 1;
}

void Progress::onInterval(const IntervalEvent &event)
{
    const OperationCounts before = m_before.value(event.scenario);
    m_before[event.scenario] = event.counts;
    if (!m_scenario.isEmpty() && event.scenario != m_scenario)
        return;
    const double seconds = event.intervalSeconds > 0.0 ? event.intervalSeconds : 1.0;
    const auto perSecond = [seconds](qint64 count) {
        return static_cast<double>(std::max<qint64>(0, count)) / seconds;
    };
    m_figures = Figures{perSecond(event.counts.planned - before.planned),
                        perSecond(event.counts.completed() - before.completed()), event.counts,
                        event.responseTime, true};
}

double Progress::runSecondsLeft() const { return m_runSeconds - m_seconds; }

QString Progress::title() const
{
    if (m_scenario.isEmpty())
        return m_phase.isEmpty() ? tr("starting") : phaseText(m_phase);
    QString text = m_scenario;
    if (const qsizetype index = m_scenarios.indexOf(m_scenario); index >= 0)
        text = u"[%1/%2] %3"_s.arg(index + 1).arg(m_scenarios.size()).arg(m_scenario);
    if (m_phase != u"stress"_s && m_phase != m_scenario)
        text += u" ("_s + phaseText(m_phase) + u')';
    if (m_cycles > 1)
        text += u' ' + tr("cycle %1 of %2").arg(m_cycle).arg(m_cycles);
    return text;
}

QString Progress::timeLeft() const
{
    QStringList parts;
    if (m_phaseSeconds > 0.0)
        parts.append(tr("%1 left").arg(clock(m_phaseBegan + m_phaseSeconds - m_seconds)));
    if (m_runSeconds > 0.0)
        parts.append(tr("%1 of the run").arg(clock(runSecondsLeft())));
    return parts.join(u", "_s);
}

QString Progress::load() const
{
    if (!m_figures.isKnown)
        return {};
    return tr("%1/s due, %2/s done  p95 %3")
        .arg(short3(m_figures.plannedPerSecond), short3(m_figures.endedPerSecond),
             milliseconds(m_figures.responseTime.p95Ms));
}

QString Progress::errors() const
{
    if (!m_figures.isKnown)
        return {};
    const OperationCounts &counts = m_figures.counts;
    const qint64 ended = counts.completed() + counts.dropped;
    const double percent =
        Percent::ofWhole(static_cast<double>(counts.notOk()), static_cast<double>(ended)).value();
    QString text = tr("errors %1 % (%2 of %3)")
                       .arg(QString::number(percent, 'f', 1))
                       .arg(counts.notOk())
                       .arg(ended);
    if (counts.dropped > 0)
        text += u", "_s + tr("%1 dropped").arg(counts.dropped);
    return text;
}

QString Progress::memory() const
{
    QStringList parts;
    for (auto service = m_memory.cbegin(); service != m_memory.cend(); ++service) {
        if (!service->bytes)
            continue;
        const QString used = megabytes(*service->bytes);
        parts.append(
            service->limitBytes
                ? tr("%1 %2/%3 MB").arg(service.key(), used, megabytes(*service->limitBytes))
                : tr("%1 %2 MB").arg(service.key(), used));
    }
    return parts.isEmpty() ? QString() : tr("memory") + u' ' + parts.join(u"  "_s);
}

QStringList Progress::lines(int columns, bool isColoured) const
{
    QStringList texts{title() + u"  "_s + timeLeft()};
    if (m_figures.isKnown)
        texts.append(u"  "_s + load() + u"  "_s + errors());
    if (const QString used = memory(); !used.isEmpty())
        texts.append(u"  "_s + used);
    for (qsizetype i = 0; i < texts.size(); ++i) {
        texts[i] = cut(texts[i].trimmed().isEmpty() ? QString() : texts[i], columns);
        const bool isBad = i == 1 && m_figures.isKnown && m_figures.counts.notOk() > 0;
        if (isColoured && (i == 0 || isBad))
            texts[i] = (i == 0 ? u"\x1b[1m"_s : u"\x1b[31m"_s) + texts[i] + u"\x1b[0m"_s;
    }
    return texts;
}

QString Progress::line() const
{
    QStringList parts{clock(m_seconds), title(), load(), errors(), memory(), timeLeft()};
    parts.removeAll(QString());
    return parts.join(u"  "_s);
}

QString Progress::notice(const RunEvent &event)
{
    if (const auto *alert = std::get_if<AlertEvent>(&event.payload)) {
        return (alert->raised ? tr("ALERT at %1: %2") : tr("over at %1: %2"))
            .arg(clock(event.seconds), alert->text);
    }
    if (const auto *log = std::get_if<LogEvent>(&event.payload)) {
        const bool isError = log->level == u"error"_s;
        return u"%1: %2"_s.arg(isError ? u"lowtide"_s : log->level, log->text);
    }
    return {};
}

} // namespace lowtide
