#include "cli/progressdisplay.h"

using namespace Qt::StringLiterals;

namespace lowtide {

namespace {

/// Keeps what nobody reads from growing; also the most that one write takes.
constexpr qsizetype noticeBytesAtMost = 2048;

/// Moves up over the lines drawn last and clears from there to the end of the screen.
QByteArray eraser(int lines)
{
    return lines == 0 ? QByteArray() : "\x1b[" + QByteArray::number(lines) + "F\x1b[J";
}

/// Of the events that come once a second, the last: the figures before it belong to the same
/// second.
bool closesSecond(const RunEvent &event)
{
    return std::holds_alternative<GeneratorEvent>(event.payload);
}

} // namespace

ProgressDisplay::Options ProgressDisplay::optionsFor(const Console &console, bool isQuiet)
{
    if (isQuiet)
        return {.kind = Kind::None};
    const QByteArray terminal = qgetenv("TERM");
    if (!console.isTerminal() || terminal.isEmpty() || terminal == "dumb")
        return {.kind = Kind::Lines};
    return {.kind = Kind::Redrawn, .isColoured = qgetenv("NO_COLOR").isEmpty()};
}

ProgressDisplay::ProgressDisplay(Console &console, Options options)
    : m_console(console)
    , m_options(options)
{
}

void ProgressDisplay::add(const RunEvent &event)
{
    if (m_options.kind == Kind::None)
        return;
    m_progress.add(event);
    if (const QString notice = Progress::notice(event); !notice.isEmpty()) {
        const QByteArray text = notice.toUtf8() + '\n';
        if (m_notices.size() + text.size() <= noticeBytesAtMost)
            m_notices += text;
    }
    if (m_options.kind == Kind::Redrawn) {
        if (closesSecond(event) || std::holds_alternative<PhaseEvent>(event.payload)
            || !m_notices.isEmpty())
            redraw();
        return;
    }
    flushNotices();
    if (closesSecond(event) && event.seconds >= m_nextLine
        && m_console.tryToWrite(m_progress.line().toUtf8() + '\n'))
        m_nextLine = event.seconds + m_options.lineSeconds;
}

void ProgressDisplay::redraw()
{
    const QStringList lines = m_progress.lines(m_console.columns() - 1, m_options.isColoured);
    QByteArray text = eraser(m_drawnLines) + m_notices;
    for (const QString &line : lines)
        text += line.toUtf8() + '\n';
    if (!m_console.tryToWrite(text))
        return;
    m_notices.clear();
    m_drawnLines = static_cast<int>(lines.size());
}

void ProgressDisplay::flushNotices()
{
    if (!m_notices.isEmpty() && m_console.tryToWrite(m_notices))
        m_notices.clear();
}

void ProgressDisplay::finish()
{
    if (m_options.kind == Kind::Redrawn && m_console.tryToWrite(eraser(m_drawnLines) + m_notices)) {
        m_drawnLines = 0;
        m_notices.clear();
    }
    flushNotices();
}

} // namespace lowtide
