package hokku.core.docker;

import hokku.api.EngineAddress;
import hokku.api.UserError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way to one engine, and what is wrong with it when there is none. Safe for use by several threads.
final class EngineReach {
    /// How long an engine may take to take a connection, to agree on TLS, and to say that it is there.
    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(EngineReach.class);
    private static final int BAD_REQUEST = 400;

    private final EngineAddress address;
    private final Optional<EngineCertificates> certificates;

    EngineReach(EngineAddress address) {
        this.address = address;
        this.certificates = address.certificates().map(EngineCertificates::new);
    }

    URI host() {
        return address.host();
    }

    /// Whether the engine is on this machine for sure.
    boolean isSocket() {
        return host().getScheme().equals("unix");
    }

    /// Empty where no TLS is spoken; else the same object until the certificates change.
    ///
    /// @throws UserError when the certificates cannot be used
    Optional<SSLContext> security() {
        try {
            return certificates.map(EngineCertificates::context);
        } catch (UserError unusable) {
            throw new UserError(unusable.exitCode(), "The Docker engine at " + address + " cannot be reached. " + unusable.getMessage(), unusable);
        }
    }

    EngineConnection open() throws IOException {
        if (isSocket()) {
            return new EngineConnection(new PlainWire(SocketChannel.open(UnixDomainSocketAddress.of(host().getPath()))));
        }
        Optional<SSLContext> security = security();
        String name = host().getHost().replaceAll("[\\[\\]]", "");
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(new InetSocketAddress(name, host().getPort()), (int) PATIENCE.toMillis());
            return new EngineConnection(security.isPresent() ? TlsWire.over(channel, security.get(), name, host().getPort(), PATIENCE)
                    : new PlainWire(channel));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Asks the engine whether it is there.
    ///
    /// @throws UserError when it is not
    /// @throws CancellationException when the thread was interrupted; it still is
    void ping() {
        Thread watchdog = null;
        try (EngineConnection connection = open()) {
            watchdog = Thread.ofVirtual().name("docker-ping").start(() -> closeLater(connection));
            int status = connection.request("GET", "/_ping");
            if (status == BAD_REQUEST && connection.body().contains("HTTPS")) {
                throw new EngineRefusal("It speaks TLS only. Give a folder with the certificates for it");
            }
            if (status >= 500) {
                throw new IOException("status " + status);
            }
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                CancellationException cancelled = new CancellationException("interrupted while the engine was asked");
                cancelled.initCause(e);
                throw cancelled;
            }
            throw unavailable(e);
        } finally {
            if (watchdog != null) {
                watchdog.interrupt();
            }
        }
    }

    /// An engine that hangs accepts connections but answers none.
    private static void closeLater(EngineConnection connection) {
        try {
            Thread.sleep(PATIENCE);
            connection.close();
        } catch (InterruptedException e) {
            // It answered in time.
        } catch (IOException e) {
            LOG.debug("Cannot close a connection", e);
        }
    }

    UserError unavailable(Throwable cause) {
        Optional<String> refusal = EngineRefusal.in(cause, host(), certificates);
        if (refusal.isPresent()) {
            return new UserError(UserError.UNAVAILABLE, "The Docker engine at " + address + " cannot be used. " + refusal.get(), cause);
        }
        String why = isSocket()
                ? "Look with: systemctl status docker. Start it with: systemctl start docker."
                        + " The server's user must be a member of the group docker"
                : "Look whether an engine listens there, and whether a firewall is between";
        return new UserError(UserError.UNAVAILABLE, "The Docker engine does not answer at " + address + ". " + why, cause);
    }
}
