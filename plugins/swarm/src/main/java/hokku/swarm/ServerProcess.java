package hokku.swarm;

import java.time.Instant;

/// This process of the server, whichever object of the plugin asks.
final class ServerProcess {
    /// Its pid and when it began, as pids come again.
    static final String MARK = ProcessHandle.current().pid() + "-"
            + ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L);

    private ServerProcess() {}
}
