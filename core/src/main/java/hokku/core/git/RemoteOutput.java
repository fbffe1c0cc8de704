package hokku.core.git;

import hokku.api.Output;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Marked lines for the one who pushes: git shows each as `remote: …`, at once.
final class RemoteOutput implements Output {
    /// A packet without content for the channel that git shows.
    private static final byte[] EMPTY_PACKET = {'0', '0', '0', '5', 2};

    private final OutputStream messages;
    private final OutputStream connection;

    /// @param messages what git shows
    /// @param connection what carries those messages
    RemoteOutput(OutputStream messages, OutputStream connection) {
        this.messages = messages;
        this.connection = connection;
    }

    @Override
    public void step(String text) {
        write("-----> ", text);
    }

    @Override
    public void milestone(String text) {
        write("=====> ", text);
    }

    @Override
    public void detail(String text) {
        write("       ", text);
    }

    @Override
    public void warn(String text) {
        write(" !     ", text);
    }

    @Override
    public void line(String text) {
        write("", text);
    }

    /// Sends something that shows nothing, so that no one between takes a silent build for a dead connection.
    synchronized void keepAlive() {
        try {
            connection.write(EMPTY_PACKET);
            connection.flush();
        } catch (IOException gone) {
            // the client is gone: whoever works for it is interrupted
        }
    }

    private synchronized void write(String mark, String text) {
        StringBuilder lines = new StringBuilder();
        text.lines().forEach(line -> lines.append(mark).append(line).append('\n'));
        if (lines.isEmpty()) {
            lines.append(mark.stripTrailing()).append('\n');
        }
        try {
            messages.write(lines.toString().getBytes(StandardCharsets.UTF_8));
            messages.flush();
        } catch (IOException gone) {
            // the client is gone: whoever works for it is interrupted
        }
    }
}
