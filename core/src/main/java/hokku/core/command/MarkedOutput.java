package hokku.core.command;

import hokku.api.Output;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes marked lines to two streams, each line at once. A client that is gone is written to no more.
public final class MarkedOutput implements Output {
    private static final String STEP = "-----> ";
    private static final String MILESTONE = "=====> ";
    private static final String DETAIL = "       ";
    private static final String WARNING = " !     ";

    private final OutputStream out;
    private final OutputStream err;
    private final boolean quiet;
    /// Guarded by this, as are the streams.
    private boolean gone;

    /// @param err where warnings go; can be the same stream
    /// @param quiet whether steps, milestones and details are left out
    public MarkedOutput(OutputStream out, OutputStream err, boolean quiet) {
        this.out = out;
        this.err = err;
        this.quiet = quiet;
    }

    @Override
    public void step(String text) {
        told(STEP, text);
    }

    @Override
    public void milestone(String text) {
        told(MILESTONE, text);
    }

    @Override
    public void detail(String text) {
        told(DETAIL, text);
    }

    @Override
    public void warn(String text) {
        write(err, marked(WARNING, text));
    }

    @Override
    public void line(String text) {
        write(out, text + "\n");
    }

    /// Text on the error stream as it is, without an end of line of its own.
    void prompt(String text) {
        write(err, text);
    }

    private void told(String mark, String text) {
        if (!quiet) {
            write(out, marked(mark, text));
        }
    }

    private static String marked(String mark, String text) {
        StringBuilder lines = new StringBuilder();
        text.lines().forEach(line -> lines.append(mark).append(line).append('\n'));
        return lines.isEmpty() ? mark.stripTrailing() + "\n" : lines.toString();
    }

    private synchronized void write(OutputStream to, String text) {
        if (gone) {
            return;
        }
        try {
            to.write(text.getBytes(StandardCharsets.UTF_8));
            to.flush();
        } catch (InterruptedIOException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException closed) {
            gone = true;
        }
    }
}
