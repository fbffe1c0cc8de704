package hokku.core.ssh;

import hokku.api.Identity;
import hokku.api.UserError;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.global.NoMoreSessionsHandler;
import org.apache.sshd.server.session.ServerSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The door: an SSH server that lets registered public keys in as user `dokku`, and hands every command to one handler.
///
/// There is no shell, no password, no forwarding and no file transfer.
public final class SshDaemon implements AutoCloseable {
    /// The only user that there is; who somebody is follows from the key.
    public static final String USER = "dokku";

    private static final Logger LOG = LoggerFactory.getLogger(SshDaemon.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    /// How long, how many, how often.
    ///
    /// @param loginGrace the time that a connection has to log in
    /// @param waiting how many connections may be there that have not logged in
    /// @param waitingPerAddress how many of them from one address that is not this host
    /// @param keysTried how many keys a client may offer: agents offer all they have
    /// @param channels how many commands may run at once over one connection
    /// @param keepAlive how often a client is asked whether it is there
    /// @param unanswered how many questions in a row it may leave unanswered
    record Limits(Duration loginGrace, int waiting, int waitingPerAddress, int keysTried, int channels, Duration keepAlive, int unanswered) {
        static final Limits USUAL = new Limits(Duration.ofSeconds(30), 100, 20, 20, 100, Duration.ofSeconds(30), 4);
    }

    private final AuthorizedKeys keys;
    private final Path hostKeys;
    private final SshServer server;
    private final Thread keepAlive;
    private final RunningSessions running;

    /// @param address the address to listen at; empty for all of them
    /// @param port 0 for any that is free
    public SshDaemon(String address, int port, Path hostKeys, AuthorizedKeys keys, SessionHandler handler) {
        this(address, port, hostKeys, keys, handler, Limits.USUAL);
    }

    SshDaemon(String address, int port, Path hostKeys, AuthorizedKeys keys, SessionHandler handler, Limits limits) {
        this.keys = keys;
        this.running = new RunningSessions(handler);
        this.hostKeys = hostKeys;
        this.server = SshServer.setUpDefaultServer();
        if (!address.isEmpty()) {
            server.setHost(address);
        }
        server.setPort(port);
        encrypt();
        admit(limits);
        serve();
        this.keepAlive = Thread.ofVirtual().name("ssh-keep-alive")
                .unstarted(new KeepAlive(server::getActiveSessions, limits.keepAlive(), limits.unanswered()));
    }

    /// Listens, and returns.
    ///
    /// @throws UserError when the port is taken
    public void start() throws IOException {
        server.setKeyPairProvider(KeyPairProvider.wrap(HostKey.in(hostKeys)));
        try {
            server.start();
        } catch (BindException taken) {
            throw new UserError(UserError.UNAVAILABLE, "Port " + server.getPort() + " is taken. Stop what listens there, or choose"
                    + " another port for ssh", taken);
        }
        keepAlive.start();
        LOG.info("ssh listens at port {}", port());
    }

    /// The port that it listens at.
    public int port() {
        return server.getPort();
    }

    /// Ends what runs, waits a little for it to clean up and to tell its client, and closes every connection.
    @Override
    public void close() throws IOException {
        keepAlive.interrupt();
        try {
            running.end();
            // What they wrote last is on its way.
            server.close(false).await(LAST_WORDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        server.stop(true);
    }

    private void encrypt() {
        // Without sntrup761, which costs old clients 60 ms and new ones do not need.
        server.setKeyExchangeFactories(List.of(BuiltinDHFactories.mlkem768x25519, BuiltinDHFactories.curve25519,
                BuiltinDHFactories.curve25519_libssh, BuiltinDHFactories.ecdhp256, BuiltinDHFactories.ecdhp384,
                BuiltinDHFactories.ecdhp521).stream().map(ServerBuilder.DH2KEX).toList());
        server.setSignatureFactories(List.of(BuiltinSignatures.ed25519, BuiltinSignatures.sk_ssh_ed25519, BuiltinSignatures.nistp256,
                BuiltinSignatures.nistp384, BuiltinSignatures.nistp521, BuiltinSignatures.sk_ecdsa_sha2_nistp256,
                BuiltinSignatures.rsaSHA512, BuiltinSignatures.rsaSHA256));
        server.addSessionListener(new QuickAcknowledgement());
        // Else the exit code waits for the client to acknowledge the output before it, 40 ms.
        CoreModuleProperties.TCP_NODELAY.set(server, true);
    }

    private void admit(Limits limits) {
        server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        server.setPublickeyAuthenticator((user, key, session) -> user.equals(USER) && identify(key).isPresent());
        server.addSessionListener(new LoginLimit(limits.waiting(), limits.waitingPerAddress()));
        CoreModuleProperties.AUTH_TIMEOUT.set(server, limits.loginGrace());
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, limits.keysTried());
        CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(server, limits.channels());
    }

    private void serve() {
        ChannelFactory commands = new ChannelSessionFactory() {
            @Override
            public ChannelSession createChannel(Session session) {
                return new CommandChannel();
            }
        };
        server.setChannelFactories(List.of(commands));
        server.setGlobalRequestHandlers(List.of(KeepAliveHandler.INSTANCE, NoMoreSessionsHandler.INSTANCE));
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        server.setSubsystemFactories(List.of());
        server.setCommandFactory(this::command);
        server.setShellFactory(channel -> command(channel, ""));
        // A build may be silent for long: whether somebody is there is found out by asking.
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
        // A client that does not read (a pager) makes its command wait, as long as it answers the questions.
        CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(server, Duration.ofDays(365));
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "Hokku");
    }

    private Command command(ChannelSession channel, String line) {
        return new ChannelCommand(line, (CommandChannel) channel, new SessionThread(identity(channel.getSession()), running));
    }

    /// Asked anew for every command, since connections outlive the keys that opened them.
    private Optional<Identity> identity(ServerSession session) {
        return Optional.ofNullable(session.getAttribute(UserAuthPublicKey.AUTHENTICATED_KEYS)).stream().flatMap(List::stream)
                .findFirst().flatMap(this::identify);
    }

    private Optional<Identity> identify(PublicKey key) {
        return key instanceof OpenSshCertificate ? Optional.empty() : keys.identify(SshKey.fingerprint(key));
    }
}
