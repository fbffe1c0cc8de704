package hokku.core.ssh;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks every client now and then whether it is still there, and closes the connections of those that do not answer.
///
/// It keeps a silent build of an hour alive through firewalls, and lets a deploy go whose client's machine has died.
final class KeepAlive implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(KeepAlive.class);
    private static final String REQUEST = "keepalive@openssh.com";

    private final Supplier<? extends Collection<? extends Session>> sessions;
    private final Duration interval;
    private final int unanswered;
    /// How many questions in a row each has left unanswered. Used by one thread.
    private final Map<Session, AtomicInteger> counts = new WeakHashMap<>();

    KeepAlive(Supplier<? extends Collection<? extends Session>> sessions, Duration interval, int unanswered) {
        this.sessions = sessions;
        this.interval = interval;
        this.unanswered = unanswered;
    }

    /// Goes on until interrupted.
    @Override
    public void run() {
        try {
            while (true) {
                Thread.sleep(interval);
                sessions.get().stream().filter(Session::isAuthenticated).forEach(this::ask);
            }
        } catch (InterruptedException stopped) {
            LOG.debug("stopped");
        }
    }

    private void ask(Session session) {
        AtomicInteger count = counts.computeIfAbsent(session, unused -> new AtomicInteger());
        if (count.getAndIncrement() >= unanswered) {
            LOG.info("{} does not answer any more: closed", session);
            session.close(true);
            return;
        }
        try {
            Buffer question = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
            question.putString(REQUEST);
            question.putBoolean(true);
            session.request(question, REQUEST, (command, answer) -> count.set(0));
        } catch (IOException | RuntimeException gone) {
            LOG.debug("cannot ask {}", session, gone);
        }
    }
}
