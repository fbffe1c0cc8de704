package hokku.dockerfile;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Image;
import hokku.api.AppId;
import hokku.api.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is written down of builds while they go on, should the server not live to see their end.
///
/// The engine puts no mark on a layer that says whose it is, and it is ahead of what it says: layers come that no server hears of.
/// So a file per build holds when it began and, as lines that are only ever appended, the images that its stages begin with. By
/// these its layers are found.
final class UnfinishedBuilds {
    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedBuilds.class);
    private static final Pattern FILE = Pattern.compile("(.+)\\.([0-9]+-[0-9]+)\\.building");
    private static final String SCRATCH = "scratch";
    private static final Pattern BASE = Pattern.compile(SCRATCH + "|(?:sha256:)?([0-9a-f]{12,64})");

    private final Engine engine;
    private final Path folder;
    /// Tells the builds of this server from those of one that has ended, even where that had the same number.
    private final String process;

    UnfinishedBuilds(Engine engine, Path folder, ProcessHandle process) {
        this.engine = engine;
        this.folder = folder;
        this.process = process.pid() + "-" + process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    /// What is written down of one build.
    final class Notes {
        private final AppId app;

        private Notes(AppId app) {
            this.app = app;
        }

        private Path file() {
            return folder.resolve(app.value() + "." + process + ".building");
        }

        /// @param id of the image that a stage begins with
        void base(String id) {
            try {
                Files.writeString(file(), id + "\n", StandardCharsets.US_ASCII, StandardOpenOption.APPEND);
            } catch (IOException failed) {
                LOG.warn("Of a build of {} it is not written down what it is made of, should the server crash", app, failed);
            }
        }

        /// Called when what the build left is known.
        void end() throws IOException {
            Files.deleteIfExists(file());
        }
    }

    /// @param bases names of images, of which some may be unknown to the engine
    Notes begin(AppId app, Stream<String> bases) throws IOException {
        Notes notes = new Notes(app);
        Files.writeString(notes.file(), Instant.now().getEpochSecond() + "\n", StandardCharsets.US_ASCII);
        bases.forEach(base -> {
            if (base.equals(SCRATCH)) {
                notes.base(base);
            } else if (!base.isEmpty()) {
                image(engine.client(), base).forEach(image -> notes.base(image.getId()));
            }
        });
        return notes;
    }

    /// Someone who takes over the layers that a build left.
    interface Heir {
        void take(AppId app, Set<String> layers) throws IOException;
    }

    /// Hands over what the builds of servers that have ended left on the engine.
    void handOver(Heir heir) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Matcher build = FILE.matcher(file.getFileName().toString());
                if (build.matches() && !build.group(2).equals(process)) {
                    heir.take(AppId.of(build.group(1)), layers(Files.readAllLines(file, StandardCharsets.US_ASCII)));
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException nothingYet) {
            LOG.debug("No build was ever begun", nothingYet);
        }
    }

    /// The layers that nothing is built on and that have no name, of those that were made on the bases of a build since it began.
    private Set<String> layers(List<String> lines) {
        Set<String> found = new LinkedHashSet<>();
        if (!lines.isEmpty()) {
            long since = Long.parseLong(lines.getFirst());
            List<String> bases = lines.stream().filter(BASE.asMatchPredicate()).toList();
            DockerClient docker = engine.client();
            for (Image layer : docker.listImagesCmd().withDanglingFilter(true).exec()) {
                if (layer.getCreated() >= since && isMadeOn(bases, since, docker, layer.getId())) {
                    found.add(layer.getId());
                }
            }
        }
        return found;
    }

    private static boolean isMadeOn(List<String> bases, long since, DockerClient docker, String layer) {
        Predicate<InspectImageResponse> isMade = image -> isOnScratch(image)
                ? bases.contains(SCRATCH) && Instant.parse(image.getCreated()).getEpochSecond() >= since
                : bases.stream().anyMatch(base -> image.getParent().contains(base))
                        || isMadeOn(bases, since, docker, image.getParent());
        return image(docker, layer).anyMatch(isMade);
    }

    private static boolean isOnScratch(InspectImageResponse image) {
        return image.getParent() == null || image.getParent().isEmpty();
    }

    private static Stream<InspectImageResponse> image(DockerClient docker, String name) {
        try {
            return Stream.of(docker.inspectImageCmd(name).exec());
        } catch (NotFoundException | BadRequestException unknown) {
            return Stream.empty();
        }
    }
}
