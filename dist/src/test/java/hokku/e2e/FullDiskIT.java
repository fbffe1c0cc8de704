package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A home on a small file system that is full: what is asked fails with a reason, and what runs and what is stored stays whole.
class FullDiskIT {
    private static final long SIZE = 48L << 20;
    private static final String APP = "small";
    private static final String FULL = "The disk of the server is full";

    /// What is free while the disk is nearly full, in bytes.
    private static final int LITTLE = 3 << 19;

    private final List<String> table = new ArrayList<>();
    private Path work;
    private Path home;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        work = Files.createTempDirectory("hokku-e2e-disk");
        Path image = work.resolve("disk");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE);
        }
        home = Files.createDirectory(work.resolve("mount"));
        Running.demand("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        Running.demand("mount", "-o", "loop", image.toString(), home.toString());
        mounted = true;
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            Running.demand("umount", home.toString());
        }
        TestServer.deleteTree(work);
    }

    @Test
    void aFullDiskRefusesChangesAndBreaksNothing() throws Exception {
        Path in = Files.createDirectory(home.resolve("home"));
        try (TestServer server = TestServer.start(TestServer.Place.HERE, Files.createTempDirectory("hokku-e2e"), in)) {
            WorkTree tree = server.deployed(APP, "one");
            server.dokku("config:set", APP, "COLOUR=red");
            String live = tree.remote("master");
            String desired = Files.readString(in.resolve("apps/" + APP + "/desired.json"));
            String keys = Files.readString(in.resolve("authorized_keys"));
            Path filler = home.resolve("filler");

            try (Watch watch = server.watch(APP)) {
                leave(filler, LITTLE);
                tree.commit(Sources.page("two"));
                told("a push while little is left", tree.push(), "The disk of the server is nearly full: ", "cleanup", "min-free-space");
                server.dokku("builds:set", "--global", "min-free-space", "0");
                byte[] noise = new byte[4 * LITTLE];
                new java.util.Random(1).nextBytes(noise);
                Files.write(tree.folder().resolve("noise"), noise);
                tree.commit(Sources.page("large"));
                told("a push that does not fit", tree.push(), FULL);
                tree.git("reset", "-q", "--hard", "HEAD~1");
                fill(filler);
                told("a push", tree.push(), FULL);
                String settings = Files.readString(in.resolve("settings.json"));
                refused("the journal: ps:rebuild", server.ssh("ps:rebuild", APP));
                refused("desired.json: config:set", server.ssh("config:set", APP, "COLOUR=blue", "LONG=" + "x".repeat(10_000)));
                refused("a new app: apps:create", server.ssh("apps:create", "another"));
                refused("the proxy: domains:add", server.ssh("domains:add", APP, "full.example.com"));
                refused("settings.json: nginx:set --global", server.ssh("nginx:set", "--global", "client-max-body-size", "2m"));
                refused("authorized_keys: ssh-keys:add", server.ssh(publicKey(), "ssh-keys:add", "bob"));
                told("a plugin: plugin:install", server.ssh(new byte[200_000], "plugin:install"), "could not be stored", "Is the disk full?");
                String audited = Files.readString(in.resolve("audit.jsonl"));
                for (int read = 0; read < 30; read++) {
                    assertThat(server.dokku("config:get", APP, "COLOUR").strip()).isEqualTo("red");
                }
                assertThat(Files.readString(in.resolve("audit.jsonl"))).startsWith(audited).endsWith("}\n");
                assertThat(server.logged("audit.jsonl could not be written")).isPositive();
                row("the audit log: 30 commands", "answered; their lines are in the server's log");
                assertThat(tree.remote("master")).isEqualTo(live);
                server.kill();
                server.launch("");
                server.awaitSettled();
                assertThat(server.dokku("config:get", APP, "COLOUR").strip()).isEqualTo("red");
                assertThat(server.get(APP)).isEqualTo(new Web.Answer(200, "one"));
                row("a restart", "answers, the app too");
                assertThat(server.dokku("cleanup")).contains("are free at");
                row("cleanup", "works");
                assertThat(Files.readString(in.resolve("settings.json"))).isEqualTo(settings);
                fill(filler);
                firstStartIsRefused();
                server.kill();
                watch.sawOnly("one");
            }
            assertThat(Files.readString(in.resolve("apps/" + APP + "/desired.json"))).isEqualTo(desired);
            assertThat(Files.readString(in.resolve("authorized_keys"))).isEqualTo(keys);
            assertThat(in.resolve("apps/another")).doesNotExist();

            Files.delete(filler);
            server.launch("");
            server.awaitSettled();
            assertThat(server.dokku("config:get", APP, "COLOUR").strip()).isEqualTo("red");
            assertThat(server.get(APP)).isEqualTo(new Web.Answer(200, "one"));
            Running.Result pushed = tree.push();
            assertThat(pushed.exit()).as(pushed.text()).isZero();
            assertThat(server.get(APP)).isEqualTo(new Web.Answer(200, "two"));
            server.dokku("config:set", APP, "COLOUR=blue");
            server.dokku("apps:create", "another");
            assertThat(server.dokku("config:get", APP, "COLOUR").strip()).isEqualTo("blue");
        } finally {
            table.forEach(System.out::println);
        }
    }

    @Test
    void aFullDiskOfTheEngineRefusesPushesAndBreaksNothing() throws Exception {
        Path data = Files.createDirectories(engineFolder().resolve("data"));
        Running.demand("mount", "--bind", home.toString(), data.toString());
        try (PrivateEngine engine = PrivateEngine.start(engineFolder()); TestServer server = TestServer.start(engine.place())) {
            WorkTree tree = server.deployed(APP, "one");
            Path filler = home.resolve("filler");
            try (Watch watch = server.watch(APP)) {
                leave(filler, LITTLE);
                String noise = "dd if=/dev/urandom of=/noise bs=64k count=64 && sync";
                tree.commit(Sources.page("two", noise));
                told("a push while little is left to the engine", tree.push(), "The disk of the server is nearly full: ", " at " + data);
                server.dokku("builds:set", "--global", "min-free-space", "0");
                Running.Result pushed = tree.push();
                assertThat(pushed.exit()).as(pushed.text()).isNotZero();
                assertThat(pushed.err()).containsIgnoringCase("no space left on device").contains("the former release keeps serving");
                row("a build that does not fit", "refused");
                watch.sawOnly("one");
            }
            Files.delete(filler);
            tree.commit(Sources.page("three"));
            Running.Result pushed = tree.push();
            assertThat(pushed.exit()).as(pushed.text()).isZero();
            assertThat(server.get(APP)).isEqualTo(new Web.Answer(200, "three"));
        } finally {
            Running.demand("umount", data.toString());
            table.forEach(System.out::println);
        }
    }

    private Path engineFolder() {
        return work.resolve("engine");
    }

    /// Without a host key, an instance and folders of its own there is no server.
    private void firstStartIsRefused() throws IOException, InterruptedException {
        Running.Result start = Running.start(List.of(TestServer.program().resolve("bin/hokku").toString(), "run"),
                Map.of("HOKKU_CONF", "/dev/null", "HOKKU_HOME", home.resolve("fresh").toString(), "HOKKU_SSH_PORT",
                        String.valueOf(TestServer.freePort()), "HOKKU_FAULT", ""), work).end();
        assertThat(start.exit()).as(start.text()).isEqualTo(1);
        assertThat(start.text()).contains("The server could not start, since a disk is full", "Free some space");
        row("a first start: the host key", "refused");
    }

    private byte[] publicKey() throws IOException, InterruptedException {
        Running.demand("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bob", "-f", work.resolve("bob").toString());
        return Files.readAllBytes(work.resolve("bob.pub"));
    }

    private void refused(String place, Running.Result result) {
        told(place, result, " !  ", FULL);
    }

    private void told(String place, Running.Result result, String... words) {
        assertThat(result.exit()).as("%s: %s", place, result.text()).isNotZero().isNotEqualTo(255);
        assertThat(result.err()).as(place).contains(words).doesNotContain("log id");
        row(place, "refused: " + words[words.length > 1 ? 1 : 0]);
    }

    private void row(String place, String outcome) {
        table.add("%-34s %s".formatted(place, outcome));
    }

    /// Takes all but some bytes of what is left.
    private void leave(Path file, long bytes) throws IOException {
        byte[] block = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (Files.getFileStore(home).getUsableSpace() > bytes + block.length) {
                out.write(block);
                out.flush();
            }
        }
    }

    /// Takes every block that is left.
    private static void fill(Path file) throws IOException {
        for (int size = 1 << 20; size >= 1; size /= 4) {
            try (OutputStream out = Files.newOutputStream(file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND)) {
                byte[] block = new byte[size];
                while (true) {
                    out.write(block);
                }
            } catch (IOException full) {
                // That is what was wanted.
            }
        }
    }
}
