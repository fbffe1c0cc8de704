package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A database that an app writes to, by the commands that people use.
@Timeout(600)
class DatabaseIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /// How soon a database that somebody killed is there again.
    private static final Duration HEALED = Duration.ofSeconds(10);
    private static final int MILLION = 1_000_000;

    private static Process start(TestServer server, ProcessBuilder.Redirect in, ProcessBuilder.Redirect out, String... command) throws IOException {
        return new ProcessBuilder(new ArrayList<>(server.words(command))).redirectInput(in).redirectOutput(out)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static int exit(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static void export(TestServer server, Path to) throws Exception {
        Process export = start(server, ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()), ProcessBuilder.Redirect.to(to.toFile()), "postgres:export", "db");
        assertThat(exit(export)).isZero();
    }

    private static int restore(TestServer server, Path from) throws Exception {
        return exit(start(server, ProcessBuilder.Redirect.from(from.toFile()), ProcessBuilder.Redirect.DISCARD, "postgres:import", "db"));
    }

    @Test
    void aMillionRowsSurviveTheirDatabase() throws Exception {
        try (TestServer server = TestServer.start()) {
            server.dokku("postgres:create", "db");
            DatabaseApp app = DatabaseApp.deploy(server);
            server.dokku("postgres:link", "db", "notes");
            app.write(MILLION);
            String written = app.checksum();
            assertThat(written).startsWith(MILLION + "|");
            Running.Result refused = server.ssh("postgres:destroy", "db", "--force");
            assertThat(refused.exit()).isNotZero();
            assertThat(refused.err()).contains("notes");

            Path dump = server.work().resolve("db.dump");
            long begin = System.nanoTime();
            export(server, dump);
            long exported = System.nanoTime();
            assertThat(new String(Arrays.copyOf(Files.readAllBytes(dump), 5))).isEqualTo("PGDMP");
            server.dokku("postgres:unlink", "db", "notes");
            server.dokku("postgres:destroy", "db", "--force");
            assertThat(server.engine().owned(server.instance())).noneMatch(each -> each.startsWith("volume"));

            server.dokku("postgres:create", "db");
            long created = System.nanoTime();
            assertThat(restore(server, dump)).isZero();
            System.out.printf("%d rows: %.1f MB, exported in %.1f s, imported in %.1f s%n", MILLION, Files.size(dump) / 1e6, (exported - begin) / 1e9,
                    (System.nanoTime() - created) / 1e9);
            server.dokku("postgres:link", "db", "notes");
            assertThat(app.checksum()).isEqualTo(written);

            Running.Result asked = server.ssh("SELECT count(*) FROM notes;\n".getBytes(StandardCharsets.UTF_8), "postgres:connect", "db");
            assertThat(asked.out()).contains(String.valueOf(MILLION));

            Path cut = server.work().resolve("cut.dump");
            Files.write(cut, Arrays.copyOf(Files.readAllBytes(dump), (int) Files.size(dump) - 1000));
            assertThat(restore(server, cut)).isNotZero();
            assertThat(restore(server, Path.of("/etc/os-release"))).isNotZero();
            assertThat(app.checksum()).isEqualTo(written);

            assertThat(server.dokku("postgres:info", "db", "--status")).contains("running");
            server.dokku("postgres:unlink", "db", "notes");
            server.dokku("postgres:destroy", "db", "--force");
        }
    }

    @Test
    void theDataIsThereAgainAfterTheDatabaseOrTheEngineWasKilled() throws Exception {
        try (PrivateEngine engine = PrivateEngine.start()) {
            engine.copyImage(DatabaseApp.POSTGRES);
            try (TestServer server = TestServer.start(engine.place())) {
                server.dokku("postgres:create", "db");
                DatabaseApp app = DatabaseApp.deploy(server);
                server.dokku("postgres:link", "db", "notes");
                app.write(1000);
                String written = app.checksum();

                long killed = System.nanoTime();
                engine.docker().run("kill", database(server));
                awaitBack(app, written, HEALED);
                System.out.printf("back %.1f s after docker kill%n", (System.nanoTime() - killed) / 1e9);

                engine.kill();
                engine.launch();
                long launched = System.nanoTime();
                awaitBack(app, written, PATIENCE);
                System.out.printf("back %.1f s after the engine was%n", (System.nanoTime() - launched) / 1e9);
                app.write(1);

                server.dokku("postgres:unlink", "db", "notes");
                server.dokku("postgres:destroy", "db", "--force");
            }
        }
    }

    private static String database(TestServer server) throws Exception {
        return server.engine().run("ps", "-q", "--filter", "label=hokku.datastore=postgres").strip();
    }

    private static void awaitBack(DatabaseApp app, String written, Duration patience) {
        await("the app has its data again").atMost(patience).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> assertThat(app.checksum()).isEqualTo(written));
    }
}
