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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A database that an app writes to, by the commands that people use.
@Timeout(600)
class DatabaseIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String POSTGRES = "postgres:17";
    private static final int MILLION = 1_000_000;

    /// An app whose pages ask the database at `DATABASE_URL`. It has the client of the database's image, but neither its volume nor its port.
    private static final String DOCKERFILE = """
            FROM scratch
            LABEL %s
            COPY --from=%s / /
            COPY --from=busybox:latest /bin/busybox /usr/local/bin/busybox
            COPY cgi-bin /www/cgi-bin
            RUN chmod 755 /www/cgi-bin/*
            ENV PATH=/usr/lib/postgresql/17/bin:/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8
            EXPOSE 5000
            STOPSIGNAL SIGKILL
            CMD ["busybox", "httpd", "-f", "-p", "5000", "-h", "/www"]
            """.formatted(Sources.MARK, POSTGRES);
    private static final String PAGE = """
            #!/bin/sh
            printf 'Content-Type: text/plain\\r\\n\\r\\n'
            exec psql "$DATABASE_URL" -XAtq -v ON_ERROR_STOP=1 -v rows="${QUERY_STRING:-0}" 2>&1 <<'SQL'
            %s
            SQL
            """;
    private static final Map<String, String> APP = Map.of("Dockerfile", DOCKERFILE, "cgi-bin/write", PAGE.formatted("""
            SET client_min_messages = warning;
            CREATE TABLE IF NOT EXISTS notes (id bigserial PRIMARY KEY, text text NOT NULL, at timestamptz NOT NULL DEFAULT now());
            INSERT INTO notes (text) SELECT md5(n::text) FROM generate_series(1, :rows) n;
            SELECT 'written';"""),
            "cgi-bin/checksum", PAGE.formatted("SELECT count(*), sum(hashtextextended(id || text || at, 0)) FROM notes;"),
            "cgi-bin/hello", "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\nhello'\n");

    private static String page(TestServer server, String path) {
        Web.Answer answer = server.web().get(server.domain("notes"), "/cgi-bin/" + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body().strip();
    }

    private static void deploy(TestServer server) throws Exception {
        WorkTree tree = server.repository("notes");
        tree.commit(APP);
        Running.Result pushed = tree.push();
        assertThat(pushed.exit()).as(pushed.text()).isZero();
        assertThat(page(server, "hello")).isEqualTo("hello");
    }

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
            deploy(server);
            server.dokku("postgres:link", "db", "notes");
            assertThat(page(server, "write?" + MILLION)).isEqualTo("written");
            String written = page(server, "checksum");
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
            assertThat(page(server, "checksum")).isEqualTo(written);

            Running.Result asked = server.ssh("SELECT count(*) FROM notes;\n".getBytes(StandardCharsets.UTF_8), "postgres:connect", "db");
            assertThat(asked.out()).contains(String.valueOf(MILLION));

            Path cut = server.work().resolve("cut.dump");
            Files.write(cut, Arrays.copyOf(Files.readAllBytes(dump), (int) Files.size(dump) - 1000));
            assertThat(restore(server, cut)).isNotZero();
            assertThat(restore(server, Path.of("/etc/os-release"))).isNotZero();
            assertThat(page(server, "checksum")).isEqualTo(written);

            assertThat(server.dokku("postgres:info", "db", "--status")).contains("running");
            server.dokku("postgres:unlink", "db", "notes");
            server.dokku("postgres:destroy", "db", "--force");
        }
    }

    @Test
    void theDataIsThereAgainAfterTheDatabaseOrTheEngineWasKilled() throws Exception {
        try (PrivateEngine engine = PrivateEngine.start()) {
            engine.copyImage(POSTGRES);
            try (TestServer server = TestServer.start(engine.place())) {
                server.dokku("postgres:create", "db");
                deploy(server);
                server.dokku("postgres:link", "db", "notes");
                assertThat(page(server, "write?1000")).isEqualTo("written");
                String written = page(server, "checksum");

                long killed = System.nanoTime();
                engine.docker().run("kill", database(server));
                awaitBack(server, written);
                System.out.printf("back %.1f s after docker kill%n", (System.nanoTime() - killed) / 1e9);

                engine.kill();
                engine.launch();
                long launched = System.nanoTime();
                awaitBack(server, written);
                System.out.printf("back %.1f s after the engine was%n", (System.nanoTime() - launched) / 1e9);
                assertThat(page(server, "write?1")).isEqualTo("written");

                server.dokku("postgres:unlink", "db", "notes");
                server.dokku("postgres:destroy", "db", "--force");
            }
        }
    }

    private static String database(TestServer server) throws Exception {
        return server.engine().run("ps", "-q", "--filter", "label=hokku.datastore=postgres").strip();
    }

    private static void awaitBack(TestServer server, String written) {
        await("the app has its data again").atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> assertThat(page(server, "checksum")).isEqualTo(written));
    }
}
