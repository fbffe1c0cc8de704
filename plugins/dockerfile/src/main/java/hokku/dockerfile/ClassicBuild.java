package hokku.dockerfile;

import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.AppId;
import hokku.api.Engine;
import hokku.api.Output;
import hokku.api.TarStream;
import hokku.api.UserError;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds with the engine's own builder, which every engine has, and with the cache of its layers.
final class ClassicBuild implements ImageBuild {
    private static final Logger LOG = LoggerFactory.getLogger(ClassicBuild.class);
    /// How long the engine gets to remove the container of a build that has ended.
    private static final Duration ENGINE_TIDIES = Duration.ofSeconds(1);
    private static final Duration GLANCE = Duration.ofMillis(50);

    private static final String SHA256 = "sha256:";

    private final Engine engine;
    private final CachedLayers layers;

    ClassicBuild(Engine engine, CachedLayers layers) {
        this.engine = engine;
        this.layers = layers;
    }

    @Override
    public String run(Recipe recipe, Output out) throws IOException, InterruptedException {
        try (TarStream context = TarStream.open(recipe.tree(), recipe.wanted(Set.of(recipe.path(), Recipe.IGNORE_FILE)))) {
            return new Attempt(recipe, context).run(command(recipe, context), out);
        }
    }

    private BuildImageCmd command(Recipe recipe, TarStream context) {
        BuildImageCmd command = engine.client().buildImageCmd()
                .withTarInputStream(context)
                .withDockerfilePath(recipe.path())
                .withTags(Set.of(recipe.name()))
                .withRemove(true)
                .withForcerm(true);
        recipe.arguments().forEach(command::withBuildArg);
        return command;
    }

    /// One build, from its start to what is left of it.
    private final class Attempt {
        private final Recipe recipe;
        private final TarStream context;

        private Attempt(Recipe recipe, TarStream context) {
            this.recipe = recipe;
            this.context = context;
        }

        private String run(BuildImageCmd command, Output out) throws IOException, InterruptedException {
            AppId app = recipe.source().app().id();
            UnfinishedBuilds.Notes notes = layers.begin(app, recipe.dockerfile().bases(recipe.arguments()));
            BuildProgress progress = new BuildProgress(out::line, notes::base);
            boolean done = false;
            try {
                String image = run(command, progress);
                Set<String> leaves = new LinkedHashSet<>(progress.leaves());
                leaves.removeIf(leaf -> image.startsWith(SHA256 + leaf));
                layers.keep(app, leaves);
                notes.end();
                done = true;
                return image;
            } finally {
                if (!done) {
                    Undisturbed.run("tidy up after a build", () -> tidy(progress, notes));
                }
            }
        }

        private String run(BuildImageCmd command, BuildProgress progress) throws IOException, InterruptedException {
            try (context; command; progress) {
                command.exec(progress).awaitCompletion();
                if (progress.refusal().isPresent() || progress.image().isEmpty()) {
                    throw failure(progress, new IllegalStateException("the engine ended the build without an image"));
                }
                return progress.image().get();
            } catch (DockerException | DockerClientException refused) {
                throw failure(progress, refused);
            } catch (UserError unavailable) {
                // a request whose body breaks off looks like an engine that does not answer
                throw brokenContext(progress).orElse(unavailable);
            }
        }

        private UserError failure(BuildProgress progress, RuntimeException cause) throws IOException {
            Optional<UserError> broken = brokenContext(progress);
            return broken.isPresent() ? broken.get()
                    : BuildFailure.of(recipe.path(), progress.refusal().orElseGet(() -> BuildFailure.refusal(cause)), progress.step(), cause);
        }

        private Optional<UserError> brokenContext(BuildProgress progress) throws IOException {
            if (context.failure().isEmpty() || progress.step().isPresent()) {
                return Optional.empty();
            }
            Exception broken = context.failure().get();
            if (broken instanceof UserError error) {
                return Optional.of(error);
            }
            throw new IOException("The files of " + recipe.source().app().name() + " could not be sent to the engine", broken);
        }

        /// Waits until nothing runs on, and sees to it that what is left is known.
        private void tidy(BuildProgress progress, UnfinishedBuilds.Notes notes) throws IOException, InterruptedException {
            if (progress.container().isPresent()) {
                awaitEnd(progress.container().get());
            }
            layers.keep(recipe.source().app().id(), progress.leaves());
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
                LOG.warn("The container {} of a build of {} is still there", container, recipe.source().app().name());
            } catch (NotFoundException gone) {
                LOG.debug("The engine has removed the container {} of a build", container);
            }
        }
    }
}
