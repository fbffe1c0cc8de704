package hokku.core.ssh;

/// Does what a client asked for.
public interface SessionHandler {
    /// Runs on a thread of its own, which is interrupted once when the client is gone.
    ///
    /// @return the exit code for the client
    int handle(SshSession session) throws Exception;
}
