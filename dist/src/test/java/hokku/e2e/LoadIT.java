package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Redeploys under constant load. `-Dhokku.redeploys=20` makes it longer.
class LoadIT {
    private static final int RATE = 200;
    private static final int REDEPLOYS = Integer.getInteger("hokku.redeploys", 3);
    private static final Duration RETIREMENT = Duration.ofSeconds(60);

    @Test
    void redeploysUnderLoadLoseNothing() throws Exception {
        try (SlowImage image = SlowImage.build(Docker.SHARED); TestServer server = TestServer.start()) {
            WorkTree tree = server.repository("slow");
            tree.commit(image.source("release 0"));
            Running.Result first = tree.push();
            assertThat(first.exit()).as(first.text()).isZero();

            Load.Outcome outcome;
            try (Load load = Load.start(server.web(), server.domain("slow"), RATE, RETIREMENT)) {
                await().atMost(Duration.ofSeconds(30)).until(() -> load.count() > RATE);
                for (int redeploy = 1; redeploy <= REDEPLOYS; redeploy++) {
                    tree.commit(image.source("release " + redeploy));
                    Running.Result pushed = tree.push();
                    assertThat(pushed.exit()).as(pushed.text()).isZero();
                    assertThat(server.get("slow")).isEqualTo(new Web.Answer(200, "release " + redeploy));
                }
                int before = load.count();
                await().atMost(Duration.ofSeconds(30)).until(() -> load.count() > before + 2 * RATE);
                outcome = load.end();
            }

            System.out.println(REDEPLOYS + " redeploys at " + RATE + " requests/s: " + outcome);
            outcome.failures().stream().limit(20).forEach(System.out::println);
            assertThat(outcome.failures()).isEmpty();
            assertThat(outcome.webSocketMessages()).isPositive();
        }
    }

    /// A base image with the packed Java runtime and the slow app.
    record SlowImage(String name, String owner, Docker engine) implements AutoCloseable {
        static SlowImage build(Docker engine) throws IOException, InterruptedException {
            String owner = "e2e-base-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
            Path folder = Files.createTempDirectory("hokku-e2e-image");
            copy(TestServer.program().resolve("runtime"), folder.resolve("runtime"));
            copy(Path.of(SlowApp.class.getProtectionDomain().getCodeSource().getLocation().getPath()).resolve("hokku/e2e"), folder.resolve("app/hokku/e2e"));
            Files.writeString(folder.resolve("Dockerfile"), """
                    FROM debian:bookworm-slim
                    COPY runtime /runtime
                    COPY app /app
                    EXPOSE 5000
                    CMD ["/runtime/bin/java", "-Xmx128m", "-XX:+UseSerialGC", "-cp", "/app", "hokku.e2e.SlowApp"]
                    """);
            SlowImage image = new SlowImage("hokku-" + owner, owner, engine);
            engine.build(image.name(), owner, folder);
            TestServer.deleteTree(folder);
            return image;
        }

        private static void copy(Path from, Path to) throws IOException {
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Path copy = to.resolve(from.relativize(file).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES, java.nio.file.LinkOption.NOFOLLOW_LINKS);
                }
            }
        }

        Map<String, String> source(String page) {
            return Map.of("Dockerfile", "FROM " + name + "\nENV PAGE=\"" + page + "\"\n");
        }

        @Override
        public void close() throws IOException {
            try {
                engine.remove(owner);
                assertThat(engine.owned(owner)).isEqualTo(List.of());
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                throw new IOException(ended);
            }
        }
    }
}
