package hokku.buildstep;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes what a program says, and keeps the end of it for the case that it fails.
final class LastLines extends OutputStream {
    private static final int KEPT = 8;
    private static final int LONGEST = 2000;
    private static final Pattern STAGE = Pattern.compile("I: ((?:Resolving|Installing|Unpacking|Configuring) .*(?:packages|base system))\\.\\.\\.");

    private final Consumer<String> lines;
    /// Both guarded by this.
    private final Deque<String> last = new ArrayDeque<>();
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

    LastLines() {
        this(line -> {});
    }

    /// @param lines is told each line
    LastLines(Consumer<String> lines) {
        this.lines = lines;
    }

    /// What debootstrap says once in a while.
    static Optional<String> stage(String line) {
        Matcher stage = STAGE.matcher(line);
        return stage.matches() ? Optional.of(stage.group(1)) : Optional.empty();
    }

    @Override
    public synchronized void write(int b) {
        if (b == '\n') {
            end();
        } else if (partial.size() < LONGEST) {
            partial.write(b);
        }
    }

    private void end() {
        String line = partial.toString(StandardCharsets.UTF_8).stripTrailing();
        partial.reset();
        if (!line.isEmpty()) {
            last.addLast(line);
            if (last.size() > KEPT) {
                last.removeFirst();
            }
            lines.accept(line);
        }
    }

    synchronized String text() {
        end();
        return String.join("\n", last);
    }
}
