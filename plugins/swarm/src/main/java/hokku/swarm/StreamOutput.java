package hokku.swarm;

import hokku.api.Output;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells what is done on a stream of a one-off task.
final class StreamOutput implements Output {
    private static final Logger LOG = LoggerFactory.getLogger(StreamOutput.class);

    private final OutputStream stream;
    private final String end;

    /// @param terminal whether a terminal shows it, which moves to the begin of a line only when it is told
    StreamOutput(OutputStream stream, boolean terminal) {
        this.stream = stream;
        this.end = terminal ? "\r\n" : "\n";
    }

    @Override
    public void step(String text) {
        line("-----> " + text);
    }

    @Override
    public void milestone(String text) {
        line("=====> " + text);
    }

    @Override
    public void detail(String text) {
        line("       " + text);
    }

    @Override
    public void warn(String text) {
        line(" !     " + text);
    }

    @Override
    public synchronized void line(String text) {
        try {
            stream.write((text + end).getBytes(StandardCharsets.UTF_8));
            stream.flush();
        } catch (IOException gone) {
            LOG.debug("Nobody reads what is told of a task", gone);
        }
    }
}
