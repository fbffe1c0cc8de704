package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What comes to port 22, where OpenSSH has it: the same as on Hokku's own port, and nothing more.
class OpenSshIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static OpenSshHost host;
    private static TestServer server;
    private static Path admin;
    private static Path bob;
    private static Path stranger;

    @BeforeAll
    static void start() throws Exception {
        host = OpenSshHost.start();
        server = host.startServer();
        assertThat(host.hokku("openssh", "status").exit()).isEqualTo(3);
        Running.Result on = host.hokku("openssh", "on");
        assertThat(on.exit()).as(on.text()).isZero();
        assertThat(host.hokku("openssh", "status").out()).isEqualTo("openssh on, port 22\n");
        admin = server.work().resolve("key");
        bob = key("bob");
        stranger = key("stranger");
        assertThat(server.ssh(Files.readAllBytes(publicKey(bob)), "ssh-keys:add", "--access", "deploy", "bob").exit()).isZero();
    }

    @AfterAll
    static void end() throws Exception {
        try {
            server.close();
        } finally {
            host.close();
        }
    }

    private static Path key(String name) throws Exception {
        Path key = server.work().resolve(name);
        Running.demand("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key.toString());
        return key;
    }

    private static Path publicKey(Path key) {
        return Path.of(key + ".pub");
    }

    private static String fingerprint(Path key) throws Exception {
        return Running.demand("ssh-keygen", "-lf", key.toString()).split(" ")[1];
    }

    private static List<String> words(Path key, List<String> options, String... command) {
        List<String> words = host.client(key, options.toArray(String[]::new));
        words.add("dokku@127.0.0.1");
        words.addAll(List.of(command));
        return words;
    }

    private static Running.Result ssh(Path key, String... command) throws Exception {
        return Running.run(words(key, List.of(), command), new byte[0]);
    }

    private static Running.Result ssh(byte[] input, Path key, String... command) throws Exception {
        return Running.run(words(key, List.of(), command), input);
    }

    private static List<String> audited(String text) throws IOException {
        try (Stream<String> lines = Files.lines(server.home().resolve("audit.jsonl"))) {
            return lines.filter(line -> line.contains(text)).toList();
        }
    }

    // --- what works ---

    @Test
    void aPushToTheShortRemoteAndCommandsAreThoseOfTheRealKeys() throws Exception {
        WorkTree tree = WorkTree.init(Files.createTempDirectory(server.work(), "tree"), "dokku@127.0.0.1:hello", String.join(" ", host.client(bob)));
        tree.commit(Sources.page("one"));

        Running.Result pushed = tree.push();

        assertThat(pushed.exit()).as(pushed.text()).isZero();
        assertThat(pushed.err()).contains("remote: =====> Application deployed:");
        assertThat(server.get("hello")).isEqualTo(new Web.Answer(200, "one"));
        assertThat(ssh(admin, "config:set", "--no-restart", "hello", "A=1").exit()).isZero();
        assertThat(audited("\"app\":\"hello\"").getFirst()).contains("git-receive-pack", "\"who\":\"bob\"", "\"fingerprint\":\"" + fingerprint(bob) + "\"");
        assertThat(audited("config:set").getLast()).contains("\"who\":\"admin\"", "\"fingerprint\":\"" + fingerprint(admin) + "\"");
        assertThat(ssh(bob, "ssh-keys:add", "x").exit()).isEqualTo(77);
    }

    @Test
    void aLargePushArrivesWhole() throws Exception {
        WorkTree tree = WorkTree.init(Files.createTempDirectory(server.work(), "tree"), "dokku@127.0.0.1:large", String.join(" ", host.client(bob)));
        byte[] bytes = new byte[50_000_000];
        new Random(22).nextBytes(bytes);
        Files.write(tree.folder().resolve("blob"), bytes);
        tree.commit(Sources.page("large"));

        Running.Result pushed = tree.push();

        assertThat(pushed.exit()).as(pushed.text()).isZero();
        Path copy = server.work().resolve("copy");
        tree.git("clone", "-q", "dokku@127.0.0.1:large", copy.toString());
        assertThat(Arrays.equals(Files.readAllBytes(copy.resolve("blob")), bytes)).isTrue();
    }

    @Test
    void inputGoesToItsEndOutputComesWholeAndExitCodesAreTheCommands() throws Exception {
        server.deployed("tools", "one");
        byte[] bytes = "a line of it\n".repeat(400_000).getBytes(StandardCharsets.UTF_8);

        Running.Result echoed = ssh(bytes, bob, "run", "tools", "cat");

        assertThat(echoed.exit()).as(echoed.err()).isZero();
        assertThat(echoed.out()).hasSize(bytes.length);
        assertThat(ssh(bob, "run", "tools", "sh", "-c", "'echo to-err >&2; echo to-out; exit 42'")).satisfies(failed -> {
            assertThat(failed.exit()).isEqualTo(42);
            assertThat(failed.out()).isEqualTo("to-out\n");
            assertThat(failed.err()).contains("to-err");
        });
        assertThat(ssh(bob, "apps:info", "nobody").exit()).isEqualTo(server.ssh("apps:info", "nobody").exit());
    }

    @Test
    void theCommandArrivesByteForByte() throws Exception {
        server.dokku("apps:create", "bytes");
        String value = "a'b\"c $(id) `id` \\ ; && \n second line\t-x * é ~";

        Running.Result set = ssh(bob, "config:set", "--no-restart", "bytes", "'A=" + value.replace("'", "'\\''") + "'");

        assertThat(set.exit()).as(set.text()).isZero();
        assertThat(server.dokku("config:get", "bytes", "A")).isEqualTo(value + "\n");
        assertThat(ssh(bob, "--", "-v").out()).startsWith("hokku ");
        assertThat(ssh(bob, "--", "'$(id)'").err()).contains("`$(id)` is not a dokku command");
    }

    @Test
    void aTerminalPassesThroughAndFollowsTheWindow() throws Exception {
        server.deployed("screen", "one");
        Path tty = server.work().resolve("tty");
        String ssh = String.join(" ", words(bob, List.of("-tt"), "run", "screen", "sh", "-c",
                "\"'while [ \\\"\\$(stty size)\\\" != \\\"33 99\\\" ]; do stty size; sleep 0.1; done; exit 5'\""));
        Process script = new ProcessBuilder("script", "-qec", "stty cols 132 rows 43; tty > " + tty + "; exec " + ssh, "/dev/null").start();
        BufferedReader reader = script.inputReader();
        assertThat(await("the size").atMost(PATIENCE).until(reader::readLine, line -> line.endsWith("43 132"))).isNotEmpty();
        Running.demand("stty", "-F", Files.readString(tty).strip(), "cols", "99", "rows", "33");
        reader.transferTo(Writer.nullWriter());
        assertThat(script.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(script.exitValue()).isEqualTo(5);
    }

    @Test
    void keysAtATerminalReachTheProgramAsTheyAre() throws Exception {
        server.deployed("keyboard", "one");
        Process shell = new ProcessBuilder(words(bob, List.of("-tt", "-e", "none"), "run", "keyboard", "sh")).start();
        StringBuffer seen = new StringBuffer();
        Thread.ofVirtual().start(() -> {
            try {
                for (int c = shell.getInputStream().read(); c >= 0; c = shell.getInputStream().read()) {
                    seen.append((char) c);
                }
            } catch (IOException gone) {
                seen.append(gone);
            }
        });
        await("the prompt").atMost(PATIENCE).untilAsserted(() -> assertThat(seen.toString()).contains("# "));
        type(shell, "sleep 1000\r");
        await("the echo").atMost(PATIENCE).untilAsserted(() -> assertThat(seen.toString()).contains("sleep 1000\r\n"));
        // ^C goes to the program in the container, a tilde is no sign for anybody on the way, and ^D ends the shell.
        type(shell, "\003");
        await("the prompt").atMost(PATIENCE).untilAsserted(() -> assertThat(seen.substring(seen.indexOf("sleep 1000\r\n"))).contains("# "));
        type(shell, "~.\r");
        type(shell, "echo $((40 + 2))-done\r");
        await("the shell goes on").atMost(PATIENCE).untilAsserted(() -> assertThat(seen.toString()).contains("\n42-done\r\n"));
        type(shell, "\004");
        assertThat(shell.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private static void type(Process program, String keys) throws IOException {
        program.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        program.getOutputStream().flush();
    }

    @Test
    void withoutACommandThereIsHelp() throws Exception {
        assertThat(ssh(bob)).satisfies(help -> {
            assertThat(help.exit()).isZero();
            assertThat(help.out()).contains("Usage: dokku");
        });
        assertThat(Running.run(words(bob, List.of("-tt")), new byte[0]).out()).contains("Usage: dokku");
    }

    // --- clients that go away ---

    @Test
    void aClientThatIsGoneCancelsWhatItAskedFor() throws Exception {
        server.deployed("gone", "one");
        for (List<String> options : List.of(List.<String>of(), List.of("-tt"))) {
            Running client = Running.start(words(bob, options, "run", "gone", "sh", "-c", "'echo begun; exec sleep 1000'"), Map.of(), Path.of("."));
            client.said("begun");

            client.kill();

            await("the container is gone").atMost(PATIENCE).until(() -> server.engine().containers(server.instance()).stream()
                    .filter(each -> each.startsWith("gone.")).count() == 1);
        }
    }

    @Test
    void halfAnInputIsNotTakenForAWholeOne() throws Exception {
        server.dokku("apps:create", "half");
        Process client = new ProcessBuilder(words(admin, List.of(), "plugin:install")).start();
        client.getOutputStream().write(new byte[200_000]);
        client.getOutputStream().flush();
        await("it reads").atMost(PATIENCE).until(() -> client.errorReader().ready() || client.inputReader().ready());

        client.destroyForcibly();

        await("it is over").atMost(PATIENCE).until(() -> !audited("plugin:install").isEmpty());
        assertThat(audited("plugin:install")).singleElement().asString().doesNotContain("\"exit\":0");
    }

    // --- what nobody gets ---

    @Test
    void nobodyCanClaimToBeSomebodyElse() throws Exception {
        String socket = server.home().resolve("run/front.sock").toString();
        String claim = socket + " " + fingerprint(admin);
        long before = audited("\"who\":\"admin\"").size();
        // What a client sends as its command, or as variables, is a command, and nothing.
        assertThat(ssh(bob, claim).err()).contains("is not a dokku command");
        assertThat(Running.run(words(bob, List.of("-o", "SetEnv=SSH_ORIGINAL_COMMAND=ssh-keys:list"), "ssh-keys:add", "x"), new byte[0]).exit()).isEqualTo(77);
        assertThat(Running.run(words(bob, List.of("-o", "SetEnv=LC_ALL=" + fingerprint(admin) + " LC_HOKKU=" + fingerprint(admin)), "ssh-keys:add", "x"), new byte[0]).exit())
                .isEqualTo(77);
        assertThat(Running.run(words(bob, List.of("-s"), claim), new byte[0]).exit()).isNotZero();
        // A stranger is nobody, whatever user of the host he is.
        assertThat(ssh(stranger, "help").err()).contains("Permission denied (publickey)");
        for (String user : List.of("nobody", "bin")) {
            Running.Result shell = host.run("setpriv", "--reuid=" + user, "--clear-groups", "/opt/hokku/bin/openssh-session", "-c", claim);
            assertThat(shell.exit()).as(shell.text()).isEqualTo(69);
            assertThat(shell.out()).isEmpty();
        }
        // Not even the administrator of the host, by this door.
        assertThat(host.run("/opt/hokku/bin/openssh-session", "-c", claim).exit()).isNotZero();
        assertThat(audited("\"who\":\"admin\"")).hasSize((int) before);
    }

    @Test
    void aKeyThatSshdLetsInAndTheServerDoesNotKnowGetsNothing() throws Exception {
        String socket = server.home().resolve("run/front.sock").toString();
        Running.Result unknown = host.run("setpriv", "--reuid=dokku", "--clear-groups", "/opt/hokku/bin/openssh-session", "-c",
                socket + " " + fingerprint(stranger));
        assertThat(unknown.exit()).isEqualTo(77);
        assertThat(unknown.err()).contains("Access denied");

        Path carol = key("carol");
        assertThat(server.ssh(Files.readAllBytes(publicKey(carol)), "ssh-keys:add", "--access", "read", "carol").exit()).isZero();
        assertThat(ssh(carol, "version").exit()).isZero();
        server.dokku("ssh-keys:remove", "carol");
        assertThat(ssh(carol, "version").err()).contains("Permission denied (publickey)");
    }

    @Test
    void thereIsNoShellNoPasswordNoForwardingAndNoFileTransfer() throws Exception {
        assertThat(ssh(bob, "sh", "-c", "id").err()).contains("`sh` is not a dokku command");
        assertThat(Running.run(words(bob, List.of("-s"), "sftp"), new byte[0]).exit()).isNotZero();
        assertThat(Running.run(words(bob, List.of("-W", "127.0.0.1:22")), new byte[0]).exit()).isNotZero();
        Running.Result remote = Running.run(words(bob, List.of("-o", "ExitOnForwardFailure=yes", "-R", "127.0.0.1:0:127.0.0.1:22"), "version"), new byte[0]);
        assertThat(remote.exit()).isEqualTo(255);
        assertThat(Running.run(words(bob, List.of("-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=password,keyboard-interactive"), "version"),
                new byte[0]).err()).contains("Permission denied (publickey)");
        Running.Result shell = host.run("su", "-", "dokku", "-c", "id");
        assertThat(shell.exit()).isEqualTo(77);
        assertThat(shell.out()).isEmpty();
        assertThat(host.run("su", "-", "dokku").err()).contains("has no shell");
        assertThat(host.demand("getent", "shadow", "dokku")).startsWith("dokku:*:");
        // Keys elsewhere than where Hokku looks open nothing.
        host.demand("install", "-d", "-o", "dokku", "-m", "700", server.home() + "/.ssh");
        host.demand("install", "-o", "dokku", "-m", "600", publicKey(stranger).toString(), server.home() + "/.ssh/authorized_keys");
        assertThat(ssh(stranger, "version").err()).contains("Permission denied (publickey)");
    }

    @Test
    void theScriptThatFindsKeysSaysThoseOfTheFileAndNoOther() throws Exception {
        List<String> lines = List.of("# name=\"old\" ssh-ed25519 AAAAold x", "name=\"a\",access=\"read\" ssh-ed25519 AAAA+b/c== comment AAAAin", "ssh-rsa AAAArsa");
        Path keys = Files.write(server.work().resolve("keys"), lines);
        assertThat(found(keys, "ssh-ed25519", "AAAA+b/c==")).isEqualTo("restrict,pty,command=\"/s SHA256:x\" ssh-ed25519 AAAA+b/c==\n");
        assertThat(found(keys, "ssh-rsa", "AAAArsa")).contains("ssh-rsa AAAArsa");
        for (String[] none : new String[][] {{"ssh-ed25519", "AAAAold"}, {"ssh-ed25519", "AAAAin"}, {"ssh-ed25519", "AAAA"}, {"ssh-ed25519", ""},
                {"ssh-rsa", "AAAA+b/c=="}, {"ssh-ed25519", ".*"}, {"ssh-ed25519", "AAAA+b/c== x"}, {"ssh-ed25519\nssh-rsa", "AAAArsa"}, {"", "AAAArsa"}}) {
            assertThat(found(keys, none)).as(String.join(" ", none)).isEmpty();
        }
    }

    private static String found(Path keys, String... key) throws Exception {
        return host.demand("/opt/hokku/bin/openssh-keys", keys.toString(), "/s", key[0], key[1], "SHA256:x");
    }
}
