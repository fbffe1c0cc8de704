package hokku.dockerfile;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.AppId;
import hokku.api.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The layers that no image of an app holds on to: of a build that failed, and of stages that only others copied from.
///
/// They make the next build quick, so they stay until that has ended; then those that it did not use are removed. Without this
/// they would pile up on the engine, where nothing says whose they are. One build per app at a time.
final class CachedLayers {
    private final Engine engine;
    private final Path folder;
    private final UnfinishedBuilds unfinished;
    /// Guarded by this.
    private boolean inherited;

    CachedLayers(Engine engine, Path folder, UnfinishedBuilds unfinished) {
        this.engine = engine;
        this.folder = folder;
        this.unfinished = unfinished;
    }

    /// Takes over, once, what builds left that an earlier server did not live to see the end of.
    synchronized void inherit() throws IOException {
        if (!inherited) {
            unfinished.handOver((app, leaves) -> {
                Path file = folder.resolve(app.value());
                Set<String> all = new LinkedHashSet<>(kept(file));
                all.addAll(leaves);
                write(file, all);
            });
            inherited = true;
        }
    }

    /// Begins to write down what a build is made of.
    UnfinishedBuilds.Notes begin(AppId app, Stream<String> bases) throws IOException {
        inherit();
        return unfinished.begin(app, bases);
    }

    /// Keeps what a build left, instead of what those before had left.
    void keep(AppId app, Set<String> leaves) throws IOException {
        Path file = folder.resolve(app.value());
        Set<String> gone = new LinkedHashSet<>(kept(file));
        gone.removeAll(leaves);
        Set<String> remaining = new LinkedHashSet<>(leaves);
        for (String layer : gone) {
            if (!removed(engine.client(), layer)) {
                remaining.add(layer);
            }
        }
        write(file, remaining);
    }

    /// Removes what is kept for an app, but for what something else uses: that stays known, for the end of its next build.
    void purge(AppId app) throws IOException {
        inherit();
        keep(app, Set.of());
    }

    /// Removes everything that is kept for an app that is no more.
    void forget(AppId app) throws IOException {
        purge(app);
        Files.deleteIfExists(folder.resolve(app.value()));
    }

    private static List<String> kept(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.US_ASCII) : List.of();
    }

    private static void write(Path file, Set<String> leaves) throws IOException {
        if (leaves.isEmpty()) {
            Files.deleteIfExists(file);
        } else {
            Files.write(file, leaves, StandardCharsets.US_ASCII);
        }
    }

    /// @return whether there is nothing left to remove: it is gone, or the image of some app, which has a name
    private static boolean removed(DockerClient docker, String layer) {
        try {
            InspectImageResponse image = docker.inspectImageCmd(layer).exec();
            boolean named = image.getRepoTags() != null && !image.getRepoTags().isEmpty();
            if (!named) {
                docker.removeImageCmd(layer).exec();
            }
            return true;
        } catch (NotFoundException gone) {
            return true;
        } catch (ConflictException used) {
            // another image is built on it, or a container runs it
            return false;
        }
    }
}
