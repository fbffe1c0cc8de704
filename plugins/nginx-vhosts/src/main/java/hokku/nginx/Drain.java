package hokku.nginx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;

/// Waits until no request is led to containers that have been replaced.
final class Drain {
    private static final Duration PAUSE = Duration.ofMillis(50);
    /// A worker may have looked up the address and not have connected yet; that takes it much less than this.
    private static final int QUIET_LOOKS = 5;

    private final Sockets sockets;

    Drain(Sockets sockets) {
        this.sockets = sockets;
    }

    /// @param former where they answered, `host:port`
    /// @return whether it came true in time
    boolean await(Set<String> former, Duration limit) throws InterruptedException {
        if (former.isEmpty()) {
            return true;
        }
        long deadline = System.nanoTime() + limit.toNanos();
        int quiet = 0;
        while (true) {
            quiet = isConnected(former) ? 0 : quiet + 1;
            if (quiet >= QUIET_LOOKS) {
                return true;
            }
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(PAUSE);
        }
    }

    private boolean isConnected(Set<String> former) {
        try {
            return sockets.connectedTo(former);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
