package hokku.core.ssh;

import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.sshd.common.channel.PtyMode;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.server.channel.ChannelSession;

/// A channel that tells the exit code before the end of the output.
///
/// The other way round, which is the library's, a client that shares one connection among its commands now and then leaves
/// before it has seen the code, and reports 255.
final class CommandChannel extends ChannelSession {
    private volatile OptionalInt exit = OptionalInt.empty();
    private volatile boolean terminal;

    /// Whether the client asked for a terminal.
    boolean hasTerminal() {
        return terminal;
    }

    @Override
    protected void closeShell(int exitValue, boolean closeImmediately) throws IOException {
        exit = OptionalInt.of(exitValue);
        super.closeShell(exitValue, closeImmediately);
    }

    @Override
    protected IoWriteFuture sendEof() throws IOException {
        if (exit.isPresent() && !isEofSent()) {
            sendExitStatus(exit.getAsInt());
        }
        return super.sendEof();
    }

    @Override
    protected RequestHandler.Result handlePtyReqParsed(String term, int columns, int rows, int width, int height, Map<PtyMode, Integer> modes)
            throws IOException {
        terminal = true;
        return super.handlePtyReqParsed(term, columns, rows, width, height, modes);
    }

    /// Variables from the client are not taken over.
    @Override
    protected RequestHandler.Result handleEnvParsed(String name, String value) {
        return RequestHandler.Result.ReplyFailure;
    }

    /// Subsystems such as sftp are not offered.
    @Override
    protected RequestHandler.Result handleSubsystemParsed(String request, String subsystem) {
        return RequestHandler.Result.ReplyFailure;
    }
}
