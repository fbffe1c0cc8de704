package hokku.core.ssh;

import java.io.IOException;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.List;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Acknowledges a client's packets at once while it logs in.
///
/// A client with Nagle's algorithm waits for the acknowledgement of a small packet before it sends the next; delayed ones cost
/// each new connection 80 ms. The option does not stay, so it is set again at every step.
final class QuickAcknowledgement implements SessionListener {
    private static final Logger LOG = LoggerFactory.getLogger(QuickAcknowledgement.class);

    @Override
    public void sessionCreated(Session session) {
        apply(session);
    }

    @Override
    public void sessionPeerIdentificationSend(Session session, String version, List<String> extraLines) {
        apply(session);
    }

    @Override
    public void sessionPeerIdentificationReceived(Session session, String version, List<String> extraLines) {
        apply(session);
    }

    @Override
    public void sessionNegotiationStart(Session session, Map<KexProposalOption, String> client, Map<KexProposalOption, String> server) {
        apply(session);
    }

    @Override
    public void sessionNegotiationEnd(Session session, Map<KexProposalOption, String> client, Map<KexProposalOption, String> server,
            Map<KexProposalOption, String> negotiated, Throwable reason) {
        apply(session);
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        apply(session);
    }

    private static void apply(Session session) {
        if (session.getIoSession() instanceof Nio2Session io) {
            AsynchronousSocketChannel socket = io.getSocket();
            try {
                if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK)) {
                    socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
                }
            } catch (IOException closed) {
                LOG.debug("no quick acknowledgement for {}", session, closed);
            }
        }
    }
}
