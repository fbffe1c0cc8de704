package hokku.core.ssh;

import hokku.api.Identity;
import hokku.api.UserError;
import hokku.api.spi.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does what a client asked for on a virtual thread of its own, whichever door the client came through.
final class SessionThread {
    private static final Logger LOG = LoggerFactory.getLogger(SessionThread.class);
    private static final int CANCELLED = 130;
    private static final int DEFECT = 70;

    private final Optional<Identity> identity;
    private final RunningSessions running;
    private final String name;
    /// Guarded by this.
    private Optional<Thread> thread = Optional.empty();
    /// Whether an interrupt has been sent, or would come too late. Guarded by this.
    private boolean settled;

    /// @param identity empty when the key was removed after the connection had been opened
    /// @param running holds it as long as it runs
    SessionThread(Optional<Identity> identity, RunningSessions running) {
        this.identity = identity;
        this.running = running;
        this.name = "ssh-" + identity.map(Identity::name).orElse("unknown");
    }

    /// What goes to and fro.
    record Streams(InputStream in, OutputStream out, OutputStream err) {}

    /// Starts it. A client that was gone before is noticed all the same.
    ///
    /// @param exit is given the exit code when all output has been handed over
    synchronized void start(String line, Streams streams, Optional<Terminal> terminal, IntConsumer exit) {
        running.add(this);
        Thread started = Thread.ofVirtual().name(name).unstarted(() -> run(line, streams, terminal, exit));
        thread = Optional.of(started);
        started.start();
        if (settled) {
            started.interrupt();
        }
    }

    /// Interrupts once: what cleans up after a first interrupt is not to be disturbed by a second.
    synchronized void interrupt() {
        if (!settled) {
            settled = true;
            thread.ifPresent(Thread::interrupt);
        }
    }

    /// Waits until everything was handed over to the client.
    ///
    /// @return whether that came true in time
    boolean await(Duration limit) throws InterruptedException {
        Optional<Thread> awaited;
        synchronized (this) {
            awaited = thread;
        }
        return awaited.isEmpty() || awaited.get().join(limit);
    }

    @Override
    public String toString() {
        return name;
    }

    private void run(String line, Streams streams, Optional<Terminal> terminal, IntConsumer exit) {
        try {
            int code = handle(line, streams, terminal);
            synchronized (this) {
                settled = true;
            }
            // An interrupt that came last is nobody's any more, and would spoil the goodbye.
            Thread.interrupted();
            flush(streams.out());
            flush(streams.err());
            exit.accept(code);
        } catch (RuntimeException gone) {
            LOG.debug("client is gone", gone);
        } finally {
            running.remove(this);
        }
    }

    private int handle(String line, Streams streams, Optional<Terminal> terminal) {
        try {
            if (identity.isEmpty()) {
                streams.err().write(" !     Access denied: this key was removed\n".getBytes(StandardCharsets.UTF_8));
                return UserError.NO_PERMISSION;
            }
            return running.handle(new SshSession(identity.get(), line, streams.in(), streams.out(), streams.err(), terminal));
        } catch (InterruptedException cancelled) {
            return CANCELLED;
        } catch (Throwable defect) {
            LOG.error("a session of {} failed", identity, defect);
            return DEFECT;
        }
    }

    private static void flush(OutputStream stream) {
        try {
            stream.flush();
        } catch (IOException gone) {
            LOG.debug("client is gone", gone);
        }
    }
}
