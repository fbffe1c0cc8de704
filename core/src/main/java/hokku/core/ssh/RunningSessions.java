package hokku.core.ssh;

import hokku.api.UserError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What runs for clients that came through one door, and how all of it ends.
final class RunningSessions implements SessionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RunningSessions.class);
    private static final Duration GOODBYE = Duration.ofSeconds(10);

    private final SessionHandler handler;
    private final Set<SessionThread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    RunningSessions(SessionHandler handler) {
        this.handler = handler;
    }

    void add(SessionThread thread) {
        threads.add(thread);
    }

    void remove(SessionThread thread) {
        threads.remove(thread);
    }

    @Override
    public int handle(SshSession session) throws Exception {
        if (closing) {
            session.err().write(" !     The server is being stopped. Try again when it runs\n".getBytes(StandardCharsets.UTF_8));
            return UserError.UNAVAILABLE;
        }
        return handler.handle(session);
    }

    /// Interrupts everything, and waits a little for it to clean up and to tell its client.
    void end() throws InterruptedException {
        closing = true;
        threads.forEach(SessionThread::interrupt);
        long deadline = System.nanoTime() + GOODBYE.toNanos();
        for (SessionThread thread : threads) {
            if (!thread.await(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                LOG.warn("{} still runs", thread);
            }
        }
    }
}
