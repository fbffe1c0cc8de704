package hokku.core.command;

import hokku.api.UserError;
import java.util.ArrayList;
import java.util.List;

/// Splits a line into words by the quoting rules of a POSIX shell, and by nothing else of it.
///
/// There are no variables, no patterns and no operators: `$HOME`, `*` and `;` are text like any other.
final class Words {
    private final String line;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean begun;
    private int at;

    private Words(String line) {
        this.line = line;
    }

    /// @throws UserError with exit code 2 when a quote is not closed
    static List<String> split(String line) {
        return new Words(line).split();
    }

    private List<String> split() {
        while (at < line.length()) {
            char c = line.charAt(at++);
            switch (c) {
                case ' ', '\t', '\n', '\r' -> end();
                case '\'' -> single();
                case '"' -> twofold();
                case '\\' -> escaped();
                default -> add(c);
            }
        }
        end();
        return List.copyOf(words);
    }

    private void add(char c) {
        word.append(c);
        begun = true;
    }

    private void end() {
        if (begun) {
            words.add(word.toString());
            word.setLength(0);
            begun = false;
        }
    }

    private void single() {
        int close = line.indexOf('\'', at);
        if (close < 0) {
            throw unclosed();
        }
        word.append(line, at, close);
        begun = true;
        at = close + 1;
    }

    private void twofold() {
        begun = true;
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == '"') {
                return;
            }
            if (c == '\\' && at < line.length() && "$`\"\\\n".indexOf(line.charAt(at)) >= 0) {
                char kept = line.charAt(at++);
                if (kept != '\n') {
                    word.append(kept);
                }
            } else {
                word.append(c);
            }
        }
        throw unclosed();
    }

    private void escaped() {
        if (at == line.length()) {
            throw UserError.usage("The command ends with a backslash. Quote it, or leave it out");
        }
        char c = line.charAt(at++);
        // A backslash before the end of a line joins it with the next.
        if (c != '\n') {
            add(c);
        }
    }

    private static UserError unclosed() {
        return UserError.usage("A quote in the command is not closed");
    }
}
