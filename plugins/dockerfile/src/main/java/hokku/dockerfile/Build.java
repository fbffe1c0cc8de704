package hokku.dockerfile;

import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.Engine;
import hokku.api.Output;
import hokku.api.Source;
import hokku.api.UserError;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One build on the engine, from its start to what is left of it.
final class Build {
    private static final Logger LOG = LoggerFactory.getLogger(Build.class);
    /// How long the engine gets to remove the container of a build that has ended.
    private static final Duration ENGINE_TIDIES = Duration.ofSeconds(1);
    private static final Duration GLANCE = Duration.ofMillis(50);

    private static final String SHA256 = "sha256:";

    private final Engine engine;
    private final CachedLayers layers;
    private final Source source;
    private final String path;

    Build(Engine engine, CachedLayers layers, Source source, String path) {
        this.engine = engine;
        this.layers = layers;
        this.source = source;
        this.path = path;
    }

    /// @param bases names of the images that the stages begin with, as far as they are known
    /// @return the image's id
    /// @throws UserError when it cannot be built
    String run(BuildImageCmd command, Stream<String> bases, ContextStream context, Output out) throws IOException, InterruptedException {
        UnfinishedBuilds.Notes notes = layers.begin(source.app().id(), bases);
        BuildProgress progress = new BuildProgress(out::line, notes::base);
        command.withTags(Set.of(name()));
        boolean done = false;
        try {
            String image = run(command, context, progress);
            Set<String> leaves = new LinkedHashSet<>(progress.leaves());
            leaves.removeIf(leaf -> image.startsWith(SHA256 + leaf));
            layers.keep(source.app().id(), leaves);
            notes.end();
            done = true;
            return image;
        } finally {
            if (!done) {
                undisturbed(() -> tidy(progress, notes));
            }
        }
    }

    private String run(BuildImageCmd command, ContextStream context, BuildProgress progress)
            throws IOException, InterruptedException {
        try (context; command; progress) {
            command.exec(progress).awaitCompletion();
            if (progress.refusal().isPresent() || progress.image().isEmpty()) {
                throw failure(progress, context, new IllegalStateException("the engine ended the build without an image"));
            }
            return progress.image().get();
        } catch (DockerException | DockerClientException refused) {
            throw failure(progress, context, refused);
        } catch (UserError unavailable) {
            // a request whose body breaks off looks like an engine that does not answer
            throw brokenContext(progress, context).orElse(unavailable);
        }
    }

    /// Removes the image that turned out to be of no use. By its name: another app's may be made of the very same layers.
    void discard() {
        undisturbed(() -> engine.client().removeImageCmd(name()).exec());
    }

    /// The name that the image bears from the moment it is made, so that one of a push that was cut off is found.
    private String name() {
        return engine.imageName(source.app().name(), source.number());
    }

    private UserError failure(BuildProgress progress, ContextStream context, RuntimeException cause) throws IOException {
        Optional<UserError> broken = brokenContext(progress, context);
        return broken.isPresent() ? broken.get()
                : BuildFailure.of(path, progress.refusal().orElseGet(() -> BuildFailure.refusal(cause)), progress.step(), cause);
    }

    private Optional<UserError> brokenContext(BuildProgress progress, ContextStream context) throws IOException {
        if (context.failure().isEmpty() || progress.step().isPresent()) {
            return Optional.empty();
        }
        Exception broken = context.failure().get();
        if (broken instanceof UserError error) {
            return Optional.of(error);
        }
        throw new IOException("The files of " + source.app().name() + " could not be sent to the engine", broken);
    }

    /// Waits until nothing runs on, and sees to it that what is left is known.
    private void tidy(BuildProgress progress, UnfinishedBuilds.Notes notes) throws IOException, InterruptedException {
        if (progress.container().isPresent()) {
            awaitEnd(progress.container().get());
        }
        layers.keep(source.app().id(), progress.leaves());
        notes.end();
    }

    /// The engine itself removes the container of a build that broke off. Its name is known from a line that the build could have
    /// printed as well, so nothing is done to it here.
    private void awaitEnd(String container) throws InterruptedException {
        long end = System.nanoTime() + ENGINE_TIDIES.toNanos();
        try {
            while (System.nanoTime() < end) {
                engine.client().inspectContainerCmd(container).exec();
                Thread.sleep(GLANCE);
            }
            LOG.warn("The container {} of a build of {} is still there", container, source.app().name());
        } catch (NotFoundException gone) {
            LOG.debug("The engine has removed the container {} of a build", container);
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    /// Does something to its end on a thread that no interrupt reaches. What fails here must not hide what happened before.
    private static void undisturbed(Work work) {
        Thread worker = Thread.ofVirtual().name("tidy up after a build").start(() -> {
            try {
                work.run();
            } catch (Exception failure) {
                LOG.warn("What a build left could not be removed", failure);
            }
        });
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
