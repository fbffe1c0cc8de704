package hokku.core.ssh;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns connections away while too many others have not logged in, so that strangers cannot use up the server.
final class LoginLimit implements SessionListener {
    private static final Logger LOG = LoggerFactory.getLogger(LoginLimit.class);

    private final int total;
    private final int perAddress;
    /// The connections that have not logged in. Guarded by itself.
    private final Map<Session, InetAddress> waiting = new HashMap<>();

    LoginLimit(int total, int perAddress) {
        this.total = total;
        this.perAddress = perAddress;
    }

    @Override
    public void sessionCreated(Session session) {
        if (session.getIoSession().getRemoteAddress() instanceof InetSocketAddress remote && !admit(session, remote.getAddress())) {
            LOG.warn("turned {} away: too many connections that have not logged in", remote);
            session.getIoSession().close(true);
        }
    }

    private boolean admit(Session session, InetAddress address) {
        synchronized (waiting) {
            long same = waiting.values().stream().filter(address::equals).count();
            // Scripts on this host may well open many at once.
            if (waiting.size() >= total || same >= perAddress && !address.isLoopbackAddress()) {
                return false;
            }
            waiting.put(session, address);
            return true;
        }
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        if (event == Event.Authenticated) {
            release(session);
        }
    }

    @Override
    public void sessionClosed(Session session) {
        release(session);
    }

    private void release(Session session) {
        synchronized (waiting) {
            waiting.remove(session);
        }
    }
}
