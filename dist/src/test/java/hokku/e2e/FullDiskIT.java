package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A home on a small file system that is full: what is asked fails with a reason, and what runs and what is stored stays whole.
class FullDiskIT {
    private static final long SIZE = 48L << 20;
    private static final String APP = "small";
    private static final String FULL = "The disk of the server is full";

    private Path work;
    private Path home;

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
    }

    @AfterEach
    void unmount() throws Exception {
        if (Files.exists(home.resolve("lost+found"))) {
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
            Path filler = home.resolve("filler");
            fill(filler);

            try (Watch watch = server.watch(APP)) {
                tree.commit(Sources.page("two"));
                Running.Result pushed = tree.push();
                assertThat(pushed.exit()).isNotZero();
                assertThat(pushed.err()).contains("No space left on device", "! [remote rejected] master -> master").doesNotContain("log id");
                refused(server.ssh("config:set", APP, "COLOUR=blue", "LONG=" + "x".repeat(10_000)));
                refused(server.ssh("apps:create", "another"));
                refused(server.ssh("domains:add", APP, "full.example.com"));
                assertThat(server.dokku("config:get", APP, "COLOUR").strip()).isEqualTo("red");
                assertThat(tree.remote("master")).isEqualTo(live);
                server.kill();
                watch.sawOnly("one");
            }
            assertThat(Files.readString(in.resolve("apps/" + APP + "/desired.json"))).isEqualTo(desired);
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
        }
    }

    private static void refused(Running.Result result) {
        assertThat(result.exit()).as(result.text()).isNotZero().isNotEqualTo(255);
        assertThat(result.err()).contains(" !  ").contains(FULL).doesNotContain("log id");
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
