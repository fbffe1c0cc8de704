package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// A base image with the packed Java runtime and the slow app.
public record SlowImage(String name, String owner, Docker engine) implements AutoCloseable {
    public static SlowImage build(Docker engine) throws IOException, InterruptedException {
        String owner = "e2e-base-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        Path folder = Files.createTempDirectory("hokku-e2e-image");
        copy(TestServer.program().resolve("runtime"), folder.resolve("runtime"));
        Path classes = Path.of(SlowApp.class.getProtectionDomain().getCodeSource().getLocation().getPath());
        copy(classes.resolve("hokku/e2e"), folder.resolve("app/hokku/e2e"));
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
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    public Map<String, String> source(String page) {
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
