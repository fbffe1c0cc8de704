package hokku.core.ssh;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The second door, for sessions that the host's own OpenSSH has let in: `bin/openssh-session` hands them over through a socket.
///
/// Whoever comes in here says by the fingerprint of which key, and is believed, so the socket is for one user of this host: the
/// server's own, as whom `sshd` starts that program and nothing else. The kernel tells who is at the other end.
public final class FrontDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Path socket;
    private final AuthorizedKeys keys;
    private final RunningSessions running;
    private final Set<FrontSession> sessions = ConcurrentHashMap.newKeySet();
    private Optional<ServerSocketChannel> server = Optional.empty();

    /// @param socket a path in a folder that no other user may enter
    public FrontDoor(Path socket, AuthorizedKeys keys, SessionHandler handler) {
        this.socket = socket;
        this.keys = keys;
        this.running = new RunningSessions(handler);
    }

    /// Listens, and returns. A server without this door is a server all the same: what keeps it shut is logged.
    public void start() {
        try {
            Files.deleteIfExists(socket);
            ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server = Optional.of(listening);
            listening.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            UserPrincipal owner = Files.getOwner(socket);
            Thread.ofVirtual().name("front-door").start(() -> accept(listening, owner));
        } catch (IOException | IllegalArgumentException failed) {
            LOG.error("{} does not listen, so nobody comes in through the host's OpenSSH", socket, failed);
        }
    }

    private void accept(ServerSocketChannel listening, UserPrincipal owner) {
        while (listening.isOpen()) {
            try {
                admit(listening.accept(), owner);
            } catch (ClosedChannelException closed) {
                LOG.debug("closed", closed);
            } catch (IOException failed) {
                LOG.warn("a session could not be taken over", failed);
            }
        }
    }

    private void admit(SocketChannel channel, UserPrincipal owner) throws IOException {
        UserPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        if (!peer.equals(owner)) {
            LOG.warn("turned away a process of {} at {}", peer, socket);
            channel.close();
            return;
        }
        FrontSession session = new FrontSession(channel, keys, running);
        sessions.add(session);
        session.start(() -> sessions.remove(session));
    }

    /// Ends what runs, waits a little for it to clean up and to tell its client, and closes every connection.
    @Override
    public void close() throws IOException {
        if (server.isPresent()) {
            server.get().close();
            Files.deleteIfExists(socket);
        }
        try {
            running.end();
            long deadline = System.nanoTime() + LAST_WORDS.toNanos();
            for (FrontSession session : sessions) {
                session.await(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        for (FrontSession session : sessions) {
            session.close();
        }
    }
}
