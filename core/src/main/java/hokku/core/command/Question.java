package hokku.core.command;

import hokku.api.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads the one line that somebody answers.
final class Question {
    private static final int LONGEST = 1024;
    private static final int END = 4;
    private static final int BACKSPACE = 8;
    private static final int CLEAR = 21;
    private static final int DELETE = 127;
    private static final int CANCELLED = 130;

    private final InputStream in;
    private final MarkedOutput out;
    private final boolean terminal;

    /// @param terminal whether the other end is a raw terminal, where nobody but us shows and edits what is typed
    Question(InputStream in, MarkedOutput out, boolean terminal) {
        this.in = in;
        this.out = out;
        this.terminal = terminal;
    }

    /// The answer without the end of line, and nothing of what follows it; empty at the end of the input.
    Optional<String> ask(String prompt) {
        out.prompt(prompt);
        try {
            Optional<String> answer = terminal ? typed() : line();
            if (answer.isEmpty() && !terminal) {
                out.prompt("\n");
            }
            return answer.map(String::strip);
        } catch (IOException gone) {
            throw new UserError(CANCELLED, "Aborted", gone);
        } finally {
            if (terminal) {
                out.prompt("\n");
            }
        }
    }

    private Optional<String> line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return line.size() == 0 ? Optional.empty() : Optional.of(line.toString(StandardCharsets.UTF_8));
            }
            if (line.size() < LONGEST) {
                line.write(c);
            }
        }
        return Optional.of(line.toString(StandardCharsets.UTF_8));
    }

    private Optional<String> typed() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int c = in.read();
            switch (c) {
                case '\r', '\n' -> {
                    return Optional.of(line.toString());
                }
                case -1 -> {
                    return Optional.empty();
                }
                case END -> {
                    if (line.isEmpty()) {
                        return Optional.empty();
                    }
                }
                case Keyboard.INTERRUPT -> throw new UserError(CANCELLED, "Aborted");
                case BACKSPACE, DELETE -> erase(line, Math.min(1, line.length()));
                case CLEAR -> erase(line, line.length());
                default -> {
                    // Names are ASCII: whatever else comes can only be a mistake, and cannot be erased by one column.
                    if (c >= ' ' && c < DELETE && line.length() < LONGEST) {
                        line.append((char) c);
                        out.prompt(String.valueOf((char) c));
                    }
                }
            }
        }
    }

    private void erase(StringBuilder line, int count) {
        line.setLength(line.length() - count);
        out.prompt("\b \b".repeat(count));
    }
}
