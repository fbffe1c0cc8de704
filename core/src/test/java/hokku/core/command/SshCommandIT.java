package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Identity;
import hokku.core.plugin.TestPlugins;
import hokku.core.ssh.AuthorizedKeys;
import hokku.core.ssh.SshClient;
import hokku.core.ssh.SshDaemon;
import hokku.core.state.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands through the real `ssh` program.
class SshCommandIT {
    @TempDir
    private Path folder;
    private final SampleCommands samples = new SampleCommands();
    private AuthorizedKeys keys;
    private SshDaemon daemon;
    private SshClient admin;

    @BeforeEach
    void start() throws Exception {
        keys = new AuthorizedKeys(folder.resolve("authorized_keys"));
        TestPlugins plugins = new TestPlugins();
        samples.contribute(plugins.plugin("sample"));
        new KeyCommands(keys).contribute(null, plugins.plugin("core"));
        JsonText json = new JsonText();
        Dispatcher dispatcher = new Dispatcher(plugins, new OneApp(), new NoGit(), new Audit(folder.resolve("audit.jsonl"), json, () -> true), json, "1.2.3");
        daemon = new SshDaemon("127.0.0.1", 0, Files.createDirectory(folder.resolve("host_keys")), keys, dispatcher);
        daemon.start();
        admin = SshClient.create(folder, daemon.port(), "admin");
        keys.add("admin", Access.ADMIN, admin.publicKey());
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    @Test
    void exitCodesArriveAndBothStreams() throws Exception {
        SshClient.Result result = admin.ssh("sample:echo", "hello");
        assertThat(result).isEqualTo(new SshClient.Result(0, "-----> a step\n[hello]\nnumber 0\n", " !     a warning\n"));
        for (int code : new int[] {0, 1, 7, 20, 137, 255}) {
            assertThat(admin.ssh("sample:exit", String.valueOf(code)).exit()).isEqualTo(code);
        }
        assertThat(admin.ssh("sample:destroy", "other").exit()).isEqualTo(20);
    }

    @Test
    void aLongValueArrivesWhole() throws Exception {
        String value = "ä".repeat(40_000);
        assertThat(admin.ssh("sample:echo", "\"a  b=" + value + "\"").out()).contains("[a  b=" + value + "]\n");
    }

    @Test
    void withoutACommandThereIsHelpAndNoShell() throws Exception {
        SshClient.Result help = admin.ssh();
        assertThat(help.exit()).isZero();
        assertThat(help.out()).contains("Usage: dokku", "sample:echo");
        assertThat(admin.ssh("foo:bar")).isEqualTo(new SshClient.Result(1, "",
                " !     `foo:bar` is not a dokku command.\n !     See `dokku help` for a list of available commands.\n"));
    }

    @Test
    void theInputIsReadToItsEnd() throws Exception {
        assertThat(admin.ssh(new byte[10 * 1024 * 1024], "sample:count").out()).isEqualTo("counted 10485760\n");
        assertThat(admin.ssh("sample:count").out()).isEqualTo("counted 0\n");
    }

    @Test
    void inputThatNobodyReadsDoesNoHarm() throws Exception {
        assertThat(admin.ssh(new byte[10 * 1024 * 1024], "sample:exit", "7").exit()).isEqualTo(7);
    }

    @Test
    void aLostClientInterruptsWithinASecond() throws Exception {
        Process client = new ProcessBuilder(admin.command("dokku", List.of(), "sample:wait")).start();
        assertThat(samples.waiting.await(20, TimeUnit.SECONDS)).isTrue();
        client.destroyForcibly();
        assertThat(samples.interrupted.await(1, TimeUnit.SECONDS)).isTrue();
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(Files.readString(folder.resolve("audit.jsonl"))).contains("\"exit\":130"));
    }

    @Test
    void aClientThatLeavesASharedConnectionInterruptsToo() throws Exception {
        try (Shared shared = new Shared()) {
            Process client = new ProcessBuilder(shared.command("sample:wait")).start();
            assertThat(samples.waiting.await(20, TimeUnit.SECONDS)).isTrue();
            client.destroyForcibly();
            // The owner of the connection may tell of it only when it has something else to do: another command, or the server's
            // question whether it is still there.
            assertThat(SshClient.run(new byte[0], shared.command("sample:exit", "7")).exit()).isEqualTo(7);
            assertThat(samples.interrupted.await(1, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void noExitCodeIsLostOnASharedConnection() throws Exception {
        try (Shared shared = new Shared()) {
            List<Integer> codes = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                codes.add(SshClient.run(new byte[0], shared.command("sample:exit", "7")).exit());
            }
            assertThat(codes).hasSize(300).containsOnly(7);
        }
    }

    @Test
    void aTerminalHasASizeThatFollowsTheWindow() throws Exception {
        Path tty = folder.resolve("tty");
        String ssh = quoted(admin.command("dokku", List.of("-tt"), "sample:size"));
        Process script = new ProcessBuilder("script", "-qec", "stty cols 132 rows 43; tty > " + tty + "; exec " + ssh, "/dev/null").start();
        BufferedReader reader = script.inputReader();
        assertThat(reader.readLine()).endsWith(" 132x43");
        assertThat(SshClient.run(new byte[0], List.of("stty", "-F", Files.readString(tty).strip(), "cols", "99", "rows", "33")).exit()).isZero();
        assertThat(reader.readLine()).isEqualTo("now 99x33");
        assertThat(script.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(script.exitValue()).isZero();
    }

    @Test
    void controlCAtATerminalInterrupts() throws Exception {
        Process client = new ProcessBuilder(admin.command("dokku", List.of("-tt"), "sample:wait")).start();
        assertThat(client.inputReader().readLine()).isEqualTo("waiting");
        client.getOutputStream().write(3);
        client.getOutputStream().flush();
        assertThat(samples.interrupted.await(1, TimeUnit.SECONDS)).isTrue();
        assertThat(client.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(client.exitValue()).isEqualTo(130);
    }

    @Test
    void atATerminalLinesEndWithACarriageReturn() throws Exception {
        Process client = new ProcessBuilder(admin.command("dokku", List.of("-tt"), "sample:echo", "x")).start();
        String out = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(out).isEqualTo("-----> a step\r\n[x]\r\nnumber 0\r\n");
    }

    @Test
    void keysAreAddedListedAndRemoved() throws Exception {
        SshClient alice = SshClient.create(folder, daemon.port(), "alice");
        assertThat(alice.ssh("help").exit()).isEqualTo(255);
        SshClient.Result added = admin.ssh(alice.publicKey().getBytes(StandardCharsets.UTF_8), "ssh-keys:add", "alice", "--access", "read");
        assertThat(added.exit()).isZero();
        assertThat(added.out()).startsWith("SHA256:");
        assertThat(alice.ssh("sample:exit", "7").exit()).isEqualTo(7);
        assertThat(alice.ssh("ssh-keys:list").exit()).isEqualTo(77);
        assertThat(admin.ssh("ssh-keys:list").out()).contains("NAME=\"admin\"", added.out().strip() + " NAME=\"alice\" SSHCOMMAND_ALLOWED_KEYS=\"", "ACCESS=\"read\"");
        assertThat(admin.ssh("ssh-keys:list", "--format", "json", "alice").out()).contains("\"name\" : \"alice\"", "\"public-key\" : \"ssh-ed25519 ");
        assertThat(admin.ssh(alice.publicKey().getBytes(StandardCharsets.UTF_8), "ssh-keys:add", "bob").err())
                .isEqualTo(" !     Duplicate ssh public key specified\n");
        assertThat(admin.ssh("ssh-keys:add", "bob").err()).isEqualTo(" !     No key specified via file or pipe\n");
        assertThat(admin.ssh("ssh-keys:add", "bob", "/etc/passwd").exit()).isEqualTo(2);
        assertThat(admin.ssh("ssh-keys:remove", "alice").exit()).isZero();
        assertThat(alice.ssh("help").exit()).isEqualTo(255);
        assertThat(admin.ssh("ssh-keys:remove", "admin").exit()).isEqualTo(1);
    }

    @Test
    void aKeyThatWasRemovedDoesNothingOnAConnectionThatIsStillOpen() throws Exception {
        try (Shared shared = new Shared()) {
            keys.add("other", Access.ADMIN, SshClient.create(folder, daemon.port(), "other").publicKey());
            keys.remove(key -> key.name().equals("admin"));
            SshClient.Result refused = SshClient.run(new byte[0], shared.command("sample:exit", "7"));
            assertThat(refused.exit()).isEqualTo(77);
            assertThat(refused.err()).contains("this key was removed");
        }
    }

    private static String quoted(List<String> words) {
        return String.join(" ", words.stream().map(word -> "'" + word + "'").toList());
    }

    /// A connection that many commands share.
    private final class Shared implements AutoCloseable {
        private final String socket = folder.resolve("control").toString();

        Shared() throws IOException, InterruptedException {
            Process master = new ProcessBuilder(admin.command("dokku", List.of("-M", "-N", "-f", "-S", socket)))
                    .redirectErrorStream(true).redirectOutput(folder.resolve("master.log").toFile()).start();
            assertThat(master.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(master.exitValue()).isZero();
        }

        List<String> command(String... words) {
            return admin.command("dokku", List.of("-S", socket), words);
        }

        @Override
        public void close() throws IOException {
            new ProcessBuilder(admin.command("dokku", List.of("-S", socket, "-O", "exit"))).start().onExit().join();
        }
    }

    private static final class NoGit implements GitService {
        @Override
        public int receive(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) {
            return 1;
        }

        @Override
        public int upload(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) {
            return 1;
        }
    }
}
