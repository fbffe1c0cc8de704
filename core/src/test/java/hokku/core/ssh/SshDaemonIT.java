package hokku.core.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.Access;
import hokku.api.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who gets in, and how long they stay, with the real `ssh` program.
class SshDaemonIT {
    private static final SshDaemon.Limits SHORT = new SshDaemon.Limits(Duration.ofSeconds(1), 3, 2, 20, 100, Duration.ofMillis(200), 3);
    @TempDir
    private Path folder;
    private AuthorizedKeys keys;
    private SshDaemon daemon;
    private SshClient alice;
    private final CountDownLatch waiting = new CountDownLatch(1);
    private final CountDownLatch taken = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @BeforeEach
    void start() throws Exception {
        keys = new AuthorizedKeys(folder.resolve("authorized_keys"));
        Files.createDirectory(hostKeys());
        daemon = new SshDaemon("127.0.0.1", 0, hostKeys(), keys, this::handle, SHORT);
        daemon.start();
        alice = SshClient.create(folder, daemon.port(), "alice");
        keys.add("alice", Access.DEPLOY, alice.publicKey());
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private int handle(SshSession session) throws Exception {
        if (session.line().equals("wait")) {
            waiting.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException ended) {
                interrupted.countDown();
                session.err().write("ended by the server".getBytes(StandardCharsets.UTF_8));
                return 3;
            }
        }
        if (session.line().equals("take")) {
            waiting.countDown();
            try {
                session.in().readAllBytes();
                taken.countDown();
            } catch (IOException lost) {
                interrupted.countDown();
            }
        }
        session.out().write((session.identity().name() + " says " + session.line()).getBytes(StandardCharsets.UTF_8));
        return session.line().equals("break") ? Integer.parseInt("x") : 0;
    }

    @Test
    void aRegisteredKeyGetsInAndIsKnownByItsName() throws Exception {
        assertThat(alice.ssh("hello")).isEqualTo(new SshClient.Result(0, "alice says hello", ""));
        assertThat(alice.ssh("break").exit()).isEqualTo(70);
    }

    @Test
    void otherKeysUsersAndPasswordsAreRefused() throws Exception {
        assertRefused(SshClient.create(folder, daemon.port(), "bob").ssh("hello"), "Permission denied (publickey)");
        for (String user : new String[] {"root", "git", "alice", ""}) {
            assertRefused(SshClient.run(new byte[0], alice.command(user.isEmpty() ? "nobody" : user, List.of(), "hello")), "Permission denied (publickey)");
        }
        assertRefused(SshClient.run(new byte[0], alice.command("dokku",
                List.of("-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=password,keyboard-interactive"), "hello")), "Permission denied (publickey)");
    }

    @Test
    void nothingIsForwardedOrTransferred() throws Exception {
        SshClient.Result forwarded = SshClient.run(new byte[0], alice.command("dokku", List.of("-W", "127.0.0.1:" + daemon.port())));
        assertThat(forwarded.exit()).isNotZero();
        assertThat(forwarded.out()).isEmpty();
        SshClient.Result remote = SshClient.run(new byte[0], alice.command("dokku",
                List.of("-o", "ExitOnForwardFailure=yes", "-R", "127.0.0.1:0:127.0.0.1:22"), "hello"));
        assertThat(remote.exit()).isEqualTo(255);
        assertThat(remote.err()).contains("remote port forwarding failed");
        assertThat(SshClient.run(new byte[0], alice.command("dokku", List.of("-s"), "sftp")).exit()).isNotZero();
        // An agent is asked for and not given: the command runs all the same.
        assertThat(SshClient.run(new byte[0], alice.command("dokku", List.of("-A", "-X"), "hello")).out()).isEqualTo("alice says hello");
    }

    @Test
    void theHostKeyIsKept() throws Exception {
        Path key = hostKeys().resolve("ssh_host_ed25519_key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key))).isEqualTo("rw-------");
        assertThat(SshClient.run(new byte[0], List.of("ssh-keygen", "-y", "-f", key.toString())).out()).startsWith("ssh-ed25519 ");
        String before = Files.readString(key);
        daemon.close();
        daemon = new SshDaemon("127.0.0.1", 0, hostKeys(), keys, this::handle, SHORT);
        daemon.start();
        assertThat(Files.readString(key)).isEqualTo(before);
        Files.writeString(key, "rubbish");
        SshDaemon third = new SshDaemon("127.0.0.1", 0, hostKeys(), keys, this::handle);
        assertThatThrownBy(third::start).isInstanceOf(IOException.class).hasMessageContaining("host key");
    }

    @Test
    void aPortThatIsTakenIsToldSo() throws Exception {
        try (SshDaemon second = new SshDaemon("127.0.0.1", daemon.port(), hostKeys(), keys, this::handle)) {
            assertThatThrownBy(second::start).isInstanceOf(UserError.class).hasMessageContaining("Port " + daemon.port() + " is taken");
        }
    }

    @Test
    void aConnectionThatDoesNotLogInIsClosed() throws Exception {
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), daemon.port())) {
            silent.setSoTimeout(10_000);
            assertThat(new String(silent.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)).startsWith("SSH-2.0-Hokku");
        }
    }

    @Test
    void strangersCannotUseUpTheServer() throws Exception {
        try (Socket first = connect(); Socket second = connect(); Socket third = connect(); Socket fourth = connect()) {
            fourth.setSoTimeout(900);
            assertThat(fourth.getInputStream().readAllBytes()).isEmpty();
            assertThat(List.of(first, second, third)).allMatch(Socket::isConnected);
        }
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(alice.ssh("hello").exit()).isZero());
    }

    @Test
    void aSilentCommandStaysAndADeadClientIsNoticed() throws Exception {
        Process client = new ProcessBuilder(alice.command("dokku", List.of(), "wait")).start();
        assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
        // Several times the time after which a client counts as dead.
        assertThat(interrupted.await(2, TimeUnit.SECONDS)).isFalse();
        assertThat(client.isAlive()).isTrue();
        SshClient.run(new byte[0], List.of("kill", "-STOP", String.valueOf(client.pid())));
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
        client.destroyForcibly();
    }

    @Test
    void halfAnInputIsNotTakenForAWholeOne() throws Exception {
        Process client = new ProcessBuilder(alice.command("dokku", List.of(), "take")).start();
        client.getOutputStream().write(new byte[100_000]);
        client.getOutputStream().flush();
        assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
        client.destroyForcibly();
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(taken.getCount()).isEqualTo(1);
        assertThat(alice.ssh(new byte[100_000], "take").exit()).isZero();
        assertThat(taken.getCount()).isZero();
    }

    @Test
    void closingInterruptsWhatRunsAndLetsItTellItsClient() throws Exception {
        Process client = new ProcessBuilder(alice.command("dokku", List.of(), "wait")).start();
        assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
        daemon.close();
        assertThat(interrupted.getCount()).isZero();
        assertThat(client.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(client.getErrorStream().readAllBytes(), StandardCharsets.UTF_8)).startsWith("ended by the server");
        assertThat(client.exitValue()).isEqualTo(3);
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), daemon.port());
    }

    private Path hostKeys() {
        return folder.resolve("host_keys");
    }

    private static void assertRefused(SshClient.Result result, String why) {
        assertThat(result.exit()).isEqualTo(255);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(why);
    }
}
