#pragma once

#include "cli/console.h"
#include "cli/progress.h"

#include <QByteArray>

namespace lowtide {

/// Writes the progress of a run to stderr: redrawn lines on a terminal, else one line every few
/// seconds. Never waits for a reader: what does not fit now is drawn with the next event. Main
/// thread.
class ProgressDisplay {
public:
    enum class Kind { None, Lines, Redrawn };
    struct Options {
        Kind kind = Kind::Lines;
        bool isColoured = false;
        double lineSeconds = 5.0; ///< Kind::Lines: between two lines.
    };

    /// As the terminal and the environment (NO_COLOR, TERM) allow.
    [[nodiscard]] static Options optionsFor(const Console &console, bool isQuiet);

    /// `console` outlives it.
    ProgressDisplay(Console &console, Options options);

    void add(const RunEvent &event);
    /// Takes redrawn lines away, so that what follows stands below the notices.
    void finish();

private:
    void redraw();
    void flushNotices();

    Console &m_console;
    Options m_options;
    Progress m_progress;
    QByteArray m_notices; ///< Not written yet; bounded.
    int m_drawnLines = 0;
    double m_nextLine = 0.0; ///< Seconds of the run.
};

} // namespace lowtide
