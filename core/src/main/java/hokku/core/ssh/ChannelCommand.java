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
import java.util.Set;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs what a client asked for on a virtual thread of its own.
final class ChannelCommand implements Command {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelCommand.class);
    private static final int CANCELLED = 130;
    private static final int DEFECT = 70;

    private final String line;
    private final CommandChannel channel;
    private final Optional<Identity> identity;
    private final SessionHandler handler;
    private final Set<ChannelCommand> running;
    private final Thread thread;
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();
    private OutputStream err = OutputStream.nullOutputStream();
    private Optional<ExitCallback> callback = Optional.empty();
    private Optional<Terminal> terminal = Optional.empty();
    /// Whether an interrupt has been sent, or would come too late. Guarded by this.
    private boolean settled;

    /// @param identity empty when the key was removed after the connection had been opened
    /// @param running holds it as long as it runs
    ChannelCommand(String line, CommandChannel channel, Optional<Identity> identity, SessionHandler handler,
            Set<ChannelCommand> running) {
        this.line = line;
        this.channel = channel;
        this.identity = identity;
        this.handler = handler;
        this.running = running;
        this.thread = Thread.ofVirtual().name("ssh-" + identity.map(Identity::name).orElse("unknown")).unstarted(this::run);
    }

    @Override
    public void setInputStream(InputStream in) {
        this.in = new ClientInput(in, channel::isEofSignalled);
    }

    @Override
    public void setOutputStream(OutputStream out) {
        this.out = new ClientOutput(out);
    }

    @Override
    public void setErrorStream(OutputStream err) {
        this.err = new ClientOutput(err);
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        this.callback = Optional.of(callback);
    }

    @Override
    public void start(ChannelSession unused, Environment environment) {
        if (channel.hasTerminal()) {
            terminal = Optional.of(new SshTerminal(environment));
        }
        environment.addSignalListener((from, signal) -> interrupt(), Signal.INT, Signal.TERM, Signal.HUP, Signal.QUIT);
        running.add(this);
        thread.start();
    }

    @Override
    public void destroy(ChannelSession unused) {
        interrupt();
    }

    /// Interrupts once: what cleans up after a first interrupt is not to be disturbed by a second.
    synchronized void interrupt() {
        if (!settled) {
            settled = true;
            thread.interrupt();
        }
    }

    /// Waits until everything was handed over to the client.
    ///
    /// @return whether that came true in time
    boolean await(Duration limit) throws InterruptedException {
        return thread.join(limit);
    }

    @Override
    public String toString() {
        return thread.getName();
    }

    private void run() {
        try {
            int code = handle();
            synchronized (this) {
                settled = true;
            }
            // An interrupt that came last is nobody's any more, and would spoil the goodbye.
            Thread.interrupted();
            flush(out);
            flush(err);
            callback.ifPresent(exit -> exit.onExit(code));
        } catch (RuntimeException gone) {
            LOG.debug("client is gone", gone);
        } finally {
            running.remove(this);
        }
    }

    private int handle() {
        try {
            if (identity.isEmpty()) {
                err.write(" !     Access denied: this key was removed\n".getBytes(StandardCharsets.UTF_8));
                return UserError.NO_PERMISSION;
            }
            return handler.handle(new SshSession(identity.get(), line, in, out, err, terminal));
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
