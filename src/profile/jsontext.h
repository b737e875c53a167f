#pragma once

#include "base/result.h"
#include "profile/jsonnode.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace lowtide {

/// A JSON text with comments and its tree. Lossless: an edit is a splice of the text that leaves
/// every other byte as it is. A value; edits return a new text.
class JsonText {
public:
    /// Every problem at once, as far as the reader can step over it. `fileName` is for messages.
    [[nodiscard]] static Result<JsonText, Errors> parse(const QByteArray &text,
                                                        const QString &fileName = {});

    [[nodiscard]] const QByteArray &text() const { return m_text; }
    [[nodiscard]] const JsonNode &root() const { return m_root; }
    /// The value at a JSON pointer (RFC 6901), or null. Valid as long as this object.
    [[nodiscard]] const JsonNode *at(const QString &pointer) const;

    /// This text with the value at `pointer` replaced by `json` (JSON text of one value). A missing
    /// member is added at the end of its object in the style around it, with missing objects above
    /// it; the index after the last, or "-", adds to an array.
    [[nodiscard]] Result<JsonText, Errors> withValue(const QString &pointer,
                                                     const QByteArray &json) const;

private:
    JsonText(QByteArray text, JsonNode root);
    [[nodiscard]] Result<JsonText, Errors> withInserted(const JsonNode &parent, QStringList missing,
                                                        const QByteArray &json) const;

    QByteArray m_text;
    JsonNode m_root;
};

/// "/a/b~1c" for {"a", "b/c"} and back.
[[nodiscard]] QString jsonPointer(const QStringList &steps);
[[nodiscard]] QStringList jsonPointerSteps(const QString &pointer);

/// `text` as a JSON string, with its quotation marks.
[[nodiscard]] QByteArray jsonQuoted(const QString &text);
/// A number as JSON text: shortest that reads back the same, without an exponent where that is
/// shorter.
[[nodiscard]] QByteArray jsonNumber(double number);

} // namespace lowtide
