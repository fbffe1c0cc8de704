package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A Redis that an app counts in, by the commands that people use.
@Timeout(300)
class RedisIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /// An app whose pages ask the Redis at `REDIS_URL`. It has the client of the service's image, but neither its volume nor its port.
    private static final String DOCKERFILE = """
            FROM scratch
            LABEL %s
            COPY --from=redis:8 / /
            COPY --from=busybox:latest /bin/busybox /usr/local/bin/busybox
            COPY cgi-bin /www/cgi-bin
            RUN chmod 755 /www/cgi-bin/*
            ENV PATH=/usr/local/bin:/usr/bin:/bin
            EXPOSE 5000
            STOPSIGNAL SIGKILL
            CMD ["busybox", "httpd", "-f", "-p", "5000", "-h", "/www"]
            """.formatted(Sources.MARK);
    private static final String PAGE = """
            #!/bin/sh
            printf 'Content-Type: text/plain\\r\\n\\r\\n'
            at=${REDIS_URL#redis://:}
            export REDISCLI_AUTH=${at%%%%@*}
            at=${at#*@}
            exec redis-cli -h "${at%%%%:*}" -p "${at##*:}" %s 2>&1
            """;
    private static final Map<String, String> APP = Map.of("Dockerfile", DOCKERFILE, "cgi-bin/visit", PAGE.formatted("INCR visits"),
            "cgi-bin/visits", PAGE.formatted("GET visits"), "cgi-bin/hello", "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\nhello'\n");

    private static String page(TestServer server, String path) {
        Web.Answer answer = server.web().get(server.domain("counter"), "/cgi-bin/" + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static int exit(TestServer server, ProcessBuilder.Redirect in, ProcessBuilder.Redirect out, String... command) throws Exception {
        Process process = new ProcessBuilder(server.words(command)).redirectInput(in).redirectOutput(out).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static int restore(TestServer server, Path from) throws Exception {
        return exit(server, ProcessBuilder.Redirect.from(from.toFile()), ProcessBuilder.Redirect.DISCARD, "redis:import", "cache");
    }

    @Test
    void anAppGoesOnCountingThoughItsRedisIsKilledAndMadeAnew() throws Exception {
        try (TestServer server = TestServer.start()) {
            server.dokku("redis:create", "cache");
            WorkTree tree = server.repository("counter");
            tree.commit(APP);
            Running.Result pushed = tree.push();
            assertThat(pushed.exit()).as(pushed.text()).isZero();
            assertThat(page(server, "hello")).isEqualTo("hello");
            server.dokku("redis:link", "cache", "counter");
            for (int visit = 1; visit <= 3; visit++) {
                assertThat(page(server, "visit")).isEqualTo(String.valueOf(visit));
            }

            Path dump = server.work().resolve("cache.rdb");
            assertThat(exit(server, ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()), ProcessBuilder.Redirect.to(dump.toFile()), "redis:export", "cache"))
                    .isZero();
            assertThat(new String(Arrays.copyOf(Files.readAllBytes(dump), 5))).isEqualTo("REDIS");
            server.dokku("redis:unlink", "cache", "counter");
            server.dokku("redis:destroy", "cache", "--force");
            assertThat(server.engine().owned(server.instance())).noneMatch(each -> each.startsWith("volume"));

            server.dokku("redis:create", "cache");
            assertThat(restore(server, dump)).isZero();
            server.dokku("redis:link", "cache", "counter");
            assertThat(page(server, "visit")).isEqualTo("4");
            assertThat(restore(server, Path.of("/etc/os-release"))).isNotZero();
            assertThat(page(server, "visit")).isEqualTo("5");

            // What came within the last second may be lost, and nothing else.
            await("the last visit is on the disk").pollDelay(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> page(server, "visits").equals("5"));
            long killed = System.nanoTime();
            server.engine().run("kill", server.engine().run("ps", "-q", "--filter", "label=hokku.datastore=redis", "--filter",
                    "label=" + Docker.INSTANCE + "=" + server.instance()).strip());
            await("the app has its Redis again").atMost(PATIENCE).pollInterval(Duration.ofMillis(200))
                    .untilAsserted(() -> assertThat(page(server, "visits")).isEqualTo("5"));
            System.out.printf("back %.1f s after docker kill%n", (System.nanoTime() - killed) / 1e9);
            assertThat(page(server, "visit")).isEqualTo("6");

            server.dokku("redis:backup", "cache");
            assertThat(server.dokku("redis:backup-verify", "cache")).contains("is sound");
            server.dokku("redis:unlink", "cache", "counter");
            server.dokku("redis:destroy", "cache", "--force");
        }
    }
}
