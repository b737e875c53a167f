#pragma once

#include <QCoreApplication>
#include <QString>

namespace lowtide {

/// The translation context of everything that reports say to people, and how numbers look in it.
struct ReportText {
    Q_DECLARE_TR_FUNCTIONS(ReportText)

public:
    /// Three significant digits at least, no trailing zeros: "0.25", "8.5", "812".
    [[nodiscard]] static QString number(double value);
    [[nodiscard]] static QString number(qint64 value) { return QString::number(value); }
    /// "1:05" for 65 s, "1:02:05" for an hour more.
    [[nodiscard]] static QString clock(double seconds);
    /// To be put into a sentence that has its own full stop.
    [[nodiscard]] static QString withoutStop(const QString &text);
    /// In words: "41 s", "5 min 12 s", "1 h 2 min 5 s".
    [[nodiscard]] static QString span(double seconds);
};

} // namespace lowtide
