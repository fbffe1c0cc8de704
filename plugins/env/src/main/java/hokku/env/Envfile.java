package hokku.env;

import hokku.api.UserError;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads the text of a dotenv file.
///
/// One `KEY=value` per line, `export` before it or not; blank lines and comments between them. A value without quotes ends with its
/// line or before ` #`. One in single quotes is taken as it is, one in double quotes with its escapes; both may have several lines,
/// and may be joined without a blank between, as in a shell: `'it'\''s'`. After quotes a further assignment may follow on the same
/// line, so that what `config:export` writes for shells and for docker can be read too. Nothing is expanded or executed.
final class Envfile {
    private static final int END = -1;
    private static final String ESCAPED = "\\\"'$`!";

    private final String text;
    private int at;

    Envfile(String text) {
        this.text = text;
    }

    /// The variables in their order; the last one of a name counts.
    Map<String, String> variables() {
        at = text.startsWith("\ufeff") ? 1 : 0;
        Map<String, String> variables = new LinkedHashMap<>();
        for (skipToAssignment(); peek() != END; skipToAssignment()) {
            String key = key();
            variables.put(key, value());
        }
        return variables;
    }

    private void skipToAssignment() {
        while (true) {
            skipBlanks();
            if (peek() == '#') {
                skipLine();
            } else if (peek() == '\n' || peek() == '\r') {
                at++;
            } else {
                return;
            }
        }
    }

    private String key() {
        int start = at;
        skipWord("export ");
        skipWord("export\t");
        if (!skipWord("--env=")) {
            skipWord("--env ");
        }
        skipBlanks();
        int from = at;
        while (peek() != '=' && peek() != ' ' && peek() != '\t' && peek() != '\n' && peek() != '\r' && peek() != END) {
            at++;
        }
        String key = text.substring(from, at);
        skipBlanks();
        if (peek() != '=' || key.isEmpty()) {
            // Not the line itself: it may be the rest of a secret whose quotes are missing.
            throw new UserError("Invalid env pair: line " + line(start) + " is not KEY=value");
        }
        at++;
        return key;
    }

    private String value() {
        int before = at;
        skipBlanks();
        if (peek() == '"' || peek() == '\'') {
            return quoted();
        }
        at = before;
        return plain();
    }

    private String plain() {
        int from = at;
        while (peek() != '\n' && peek() != END && !isCommentHere()) {
            at++;
        }
        String value = text.substring(from, at);
        skipLine();
        return value.strip();
    }

    private boolean isCommentHere() {
        return peek() == '#' && Character.isWhitespace(text.charAt(at - 1));
    }

    /// Parts in quotes, joined.
    private String quoted() {
        int start = at;
        StringBuilder value = new StringBuilder();
        while (true) {
            int c = peek();
            if (c == '\'') {
                at++;
                int end = text.indexOf('\'', at);
                if (end < 0) {
                    throw unclosed(start);
                }
                value.append(text, at, end);
                at = end + 1;
            } else if (c == '"') {
                at++;
                doubleQuoted(value, start);
            } else if (c == '\\' && at + 1 < text.length() && ESCAPED.indexOf(text.charAt(at + 1)) >= 0) {
                value.append(text.charAt(at + 1));
                at += 2;
            } else if (c == END || Character.isWhitespace(c)) {
                return value.toString();
            } else {
                throw new UserError("Line " + line(at) + ": nothing may follow a quoted value but a blank or a line end");
            }
        }
    }

    private void doubleQuoted(StringBuilder value, int start) {
        for (char c = next(start); c != '"'; c = next(start)) {
            if (c != '\\') {
                value.append(c);
                continue;
            }
            char escaped = next(start);
            switch (escaped) {
                case 'n' -> value.append('\n');
                case 'r' -> value.append('\r');
                case 't' -> value.append('\t');
                default -> {
                    if (ESCAPED.indexOf(escaped) < 0) {
                        value.append('\\');
                    }
                    value.append(escaped);
                }
            }
        }
    }

    private char next(int start) {
        if (at >= text.length()) {
            throw unclosed(start);
        }
        return text.charAt(at++);
    }

    private UserError unclosed(int start) {
        return new UserError("Line " + line(start) + ": the quotes of the value are not closed");
    }

    private boolean skipWord(String word) {
        boolean found = text.startsWith(word, at);
        at += found ? word.length() : 0;
        return found;
    }

    private void skipBlanks() {
        while (peek() == ' ' || peek() == '\t') {
            at++;
        }
    }

    private void skipLine() {
        while (peek() != '\n' && peek() != END) {
            at++;
        }
    }

    private int peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    /// The number of the line of a place, from 1.
    private int line(int place) {
        return 1 + (int) text.substring(0, place).chars().filter(c -> c == '\n').count();
    }
}
