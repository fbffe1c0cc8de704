package hokku.core.ssh;

import hokku.api.spi.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;

/// What a client asked for on a channel, handed to a thread of its own.
final class ChannelCommand implements Command {
    private final String line;
    private final CommandChannel channel;
    private final SessionThread thread;
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();
    private OutputStream err = OutputStream.nullOutputStream();
    private Optional<ExitCallback> callback = Optional.empty();

    ChannelCommand(String line, CommandChannel channel, SessionThread thread) {
        this.line = line;
        this.channel = channel;
        this.thread = thread;
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
        Optional<Terminal> terminal = channel.hasTerminal() ? Optional.of(new SshTerminal(environment)) : Optional.empty();
        environment.addSignalListener((from, signal) -> thread.interrupt(), Signal.INT, Signal.TERM, Signal.HUP, Signal.QUIT);
        thread.start(line, new SessionThread.Streams(in, out, err), terminal, code -> callback.ifPresent(exit -> exit.onExit(code)));
    }

    @Override
    public void destroy(ChannelSession unused) {
        thread.interrupt();
    }
}
