#pragma once

#include "base/result.h"
#include "profile/jsonnode.h"

#include <QByteArray>
#include <QCoreApplication>
#include <QStringView>

#include <optional>

namespace lowtide {

/// Reads JSON with comments into a tree with places. Goes on after what it can step over (a key
/// twice, a trailing comma), so that all of these come at once. Used once.
class JsonParser {
    Q_DECLARE_TR_FUNCTIONS(lowtide::JsonParser)

public:
    /// `fileName` stands in front of each place; may be empty. `text` outlives the parser.
    JsonParser(const QByteArray &text, QString fileName);

    [[nodiscard]] Result<JsonNode, Errors> parse();

    /// How deep arrays and objects may be nested.
    static constexpr int maximumDepth = 64;

private:
    /// False after an error that nothing can be read behind.
    bool parseValue(JsonNode &node, int depth);
    bool parseObject(JsonNode &node, int depth);
    bool parseMember(JsonNode &object, int depth);
    bool parseArray(JsonNode &node, int depth);
    bool parseNumber(JsonNode &node);
    bool parseWord(JsonNode &node);
    bool parseEscape(QString &into);
    bool parseUnicodeEscape(QString &into);
    [[nodiscard]] std::optional<QString> parseString();
    [[nodiscard]] std::optional<char16_t> parseHexUnit();
    /// After a value: true at a comma (stepped over), false at `close` or after an error (`ok` says
    /// which).
    bool nextElement(char close, bool &ok);
    bool skipSpace();
    [[nodiscard]] bool utf8IsValid();

    [[nodiscard]] char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] QString found() const;
    bool fail(qsizetype at, const QString &message, const QString &hint = {});
    void moveMark(qsizetype to);
    void place(qsizetype at, int &line, int &column);

    const QByteArray &m_text;
    QString m_fileName;
    qsizetype m_at = 0;
    Errors m_errors;
    // Line and column of m_mark; moved forward only, so that a text is counted once.
    qsizetype m_mark = 0;
    int m_line = 1, m_column = 1;
};

/// "FILE:LINE:COLUMN", or "line LINE, column COLUMN" for a text without a name.
[[nodiscard]] QString textPlace(const QString &fileName, int line, int column);

} // namespace lowtide
