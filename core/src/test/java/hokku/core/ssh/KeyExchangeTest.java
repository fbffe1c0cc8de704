package hokku.core.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Access;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients of all ages get in: which key exchange is used depends on theirs, and the one on a developer's machine shows one alone.
class KeyExchangeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private SshDaemon daemon;
    private KeyPair key;

    @BeforeEach
    void start() throws Exception {
        key = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        AuthorizedKeys keys = new AuthorizedKeys(folder.resolve("authorized_keys"));
        keys.add("alice", Access.DEPLOY, PublicKeyEntry.toString(key.getPublic()));
        daemon = new SshDaemon("127.0.0.1", 0, Files.createDirectory(folder.resolve("host_keys")), keys, session -> 0);
        daemon.start();
    }

    @AfterEach
    void stop() throws Exception {
        daemon.close();
    }

    @Test
    void everyKeyExchangeThatIsOfferedWorks() throws Exception {
        List<BuiltinDHFactories> offered = offered();

        assertThat(offered).contains(BuiltinDHFactories.mlkem768x25519, BuiltinDHFactories.curve25519, BuiltinDHFactories.ecdhp256);
        for (BuiltinDHFactories exchange : offered) {
            try (SshClient client = client(List.of(exchange)); ClientSession session = connect(client)) {
                assertThat(session.auth().verify(PATIENCE).isSuccess()).as(exchange.getName()).isTrue();
            }
        }
    }

    private List<BuiltinDHFactories> offered() throws Exception {
        try (SshClient client = client(List.of(BuiltinDHFactories.curve25519)); ClientSession session = connect(client)) {
            session.auth().verify(PATIENCE);
            return Stream.of(session.getServerKexProposals().get(KexProposalOption.ALGORITHMS).split(","))
                    .map(BuiltinDHFactories::fromFactoryName).filter(found -> found != null).toList();
        }
    }

    private ClientSession connect(SshClient client) throws Exception {
        ClientSession session = client.connect("dokku", "127.0.0.1", daemon.port()).verify(PATIENCE).getSession();
        session.addPublicKeyIdentity(key);
        return session;
    }

    private static SshClient client(List<BuiltinDHFactories> exchanges) {
        SshClient client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        client.setKeyExchangeFactories(exchanges.stream().map(ClientBuilder.DH2KEX).toList());
        client.start();
        return client;
    }
}
