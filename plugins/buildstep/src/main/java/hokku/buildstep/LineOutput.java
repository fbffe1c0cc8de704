package hokku.buildstep;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Makes lines of what is written. Of a line that is written over and over, as bars of progress are, it passes on what it showed last.
final class LineOutput extends OutputStream {
    /// A line that never ends is cut here.
    private static final int LONGEST = 1 << 16;

    private final Consumer<String> lines;
    /// Guarded by this.
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

    LineOutput(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public synchronized void write(int value) {
        if (value == '\n' || partial.size() >= LONGEST) {
            pass();
        }
        if (value != '\n') {
            partial.write(value);
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            write(bytes[i]);
        }
    }

    private void pass() {
        String line = partial.toString(StandardCharsets.UTF_8).stripTrailing();
        partial.reset();
        lines.accept(line.substring(line.lastIndexOf('\r') + 1));
    }

    /// Passes on a line that was not ended.
    @Override
    public synchronized void close() {
        if (partial.size() > 0) {
            pass();
        }
    }
}
