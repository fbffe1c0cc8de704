package hokku.core.deploy;

import hokku.api.Output;
import hokku.core.state.FullDisk;
import hokku.core.state.Home;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what a push told its pusher in a file of its own, and lets others follow it.
///
/// A disk that takes no more ends the file, not the deploy; the pusher is told.
final class BuildLog implements Output, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BuildLog.class);

    private final Output pusher;
    private final Path path;
    private final long limit;
    /// These are guarded by this.
    private OutputStream file = OutputStream.nullOutputStream();
    private boolean writes;
    private long written;
    private boolean closed;

    private BuildLog(Output pusher, Path path, long limit) {
        this.pusher = pusher;
        this.path = path;
        this.limit = limit;
    }

    /// @param limit how many bytes of it are kept
    static BuildLog open(Path path, long limit, Output pusher) {
        BuildLog log = new BuildLog(pusher, path, limit);
        try {
            Home.createPrivate(path.getParent());
            log.file = new FileOutputStream(path.toFile());
            log.writes = true;
        } catch (IOException failed) {
            log.tellNotKept(failed);
        }
        return log;
    }

    private void tellNotKept(IOException why) {
        LOG.warn("The output of the build is not kept in {}: {}", path, why.getMessage());
        pusher.warn("The output is shown here, but not kept on the server from here on: "
                + (FullDisk.isReasonOf(why) ? "its disk is full" : why.getMessage()));
    }

    /// Whether it grew beyond so many bytes, which is waited for, or ended.
    synchronized boolean awaitMore(long seen) throws InterruptedException {
        while (written <= seen && !closed) {
            wait();
        }
        return written > seen;
    }

    @Override
    public void step(String text) {
        write("-----> ", text);
        pusher.step(text);
    }

    @Override
    public void milestone(String text) {
        write("=====> ", text);
        pusher.milestone(text);
    }

    @Override
    public void detail(String text) {
        write("       ", text);
        pusher.detail(text);
    }

    @Override
    public void warn(String text) {
        write(" !     ", text);
        pusher.warn(text);
    }

    @Override
    public void line(String text) {
        write("", text);
        pusher.line(text);
    }

    /// Written to the file alone.
    void note(String text) {
        write(" !     ", text);
    }

    private void write(String mark, String text) {
        StringBuilder lines = new StringBuilder();
        text.lines().forEach(line -> lines.append(mark).append(line).append('\n'));
        if (lines.isEmpty()) {
            lines.append(mark.stripTrailing()).append('\n');
        }
        try {
            write(lines.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            tellNotKept(failed);
        }
    }

    private synchronized void write(byte[] bytes) throws IOException {
        if (!writes) {
            return;
        }
        boolean ends = written + bytes.length > limit;
        byte[] kept = ends ? " !     The rest of the output is not kept: see builds:set max-size\n".getBytes(StandardCharsets.UTF_8) : bytes;
        try {
            file.write(kept);
            written += kept.length;
            writes = !ends;
        } catch (IOException failed) {
            writes = false;
            throw failed;
        } finally {
            notifyAll();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        writes = false;
        notifyAll();
        try {
            file.close();
        } catch (IOException failed) {
            LOG.warn("{} was not closed well: {}", path, failed.getMessage());
        }
    }
}
