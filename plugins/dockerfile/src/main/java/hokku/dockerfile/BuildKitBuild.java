package hokku.dockerfile;

import hokku.api.Json;
import hokku.api.Output;
import hokku.api.SourceTree;
import hokku.api.UserError;
import java.io.BufferedReader;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Builds with BuildKit, the engine's newer builder, by the program `docker buildx`.
///
/// The files go into the program as they are read, the image is made within the engine, and what stays besides is BuildKit's own cache.
final class BuildKitBuild implements ImageBuild {
    private final Buildx buildx;
    private final CachedLayers layers;
    private final Json json;

    /// @param layers of the classic builder, which are not needed any more once BuildKit has built
    BuildKitBuild(Buildx buildx, CachedLayers layers, Json json) {
        this.buildx = buildx;
        this.layers = layers;
        this.json = json;
    }

    @Override
    public String run(Recipe recipe, Output out) throws IOException, InterruptedException {
        BuildKitCall call = BuildKitCall.of(recipe, buildx.isLocal());
        call.unknown().forEach(secret -> out.warn("%s asks for the secret %s, and the app has no variable of that name"
                .formatted(recipe.path(), secret)));
        Path folder = Files.createTempDirectory("hokku-buildx");
        try {
            String image = new Attempt(recipe, wanted(recipe), out).run(call, folder);
            layers.keep(recipe.source().app().id(), Set.of());
            return image;
        } finally {
            Undisturbed.run("remove what docker buildx wrote", () -> remove(folder));
        }
    }

    /// BuildKit does not look at an ignore file in an archive. Its own rule is that one beside the Dockerfile comes first.
    private static Predicate<SourceTree.Entry> wanted(Recipe recipe) throws IOException {
        Optional<String> own = recipe.tree().readText(recipe.path() + Recipe.IGNORE_FILE);
        Set<String> always = Set.of(recipe.path());
        return own.isPresent() ? Recipe.wanted(own, always) : recipe.wanted(always);
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /// The program does not take any more. It says itself why.
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused(IOException cause) {
            super(cause);
        }
    }

    /// The program's input, of which it can be told whether it failed or what was to be written to it.
    private static final class Input extends FilterOutputStream {
        Input(OutputStream to) {
            super(to);
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[]{(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException closed) {
                throw new Refused(closed);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException closed) {
                throw new Refused(closed);
            }
        }
    }

    /// One build, from its start to its end.
    private final class Attempt {
        private final Recipe recipe;
        private final Predicate<SourceTree.Entry> wanted;
        private final BuildKitProgress progress;

        private Attempt(Recipe recipe, Predicate<SourceTree.Entry> wanted, Output out) {
            this.recipe = recipe;
            this.wanted = wanted;
            this.progress = new BuildKitProgress(out::line);
        }

        private String run(BuildKitCall call, Path folder) throws IOException, InterruptedException {
            Path image = folder.resolve("image");
            Process process = buildx.process(call.words(image), call.environment(folder)).start();
            FutureTask<Void> sending = new FutureTask<>(() -> send(process), null);
            FutureTask<Void> following = new FutureTask<>(() -> follow(process), null);
            Thread sender = Thread.ofVirtual().name("build context").start(sending);
            Thread follower = Thread.ofVirtual().name("build progress").start(following);
            try {
                int code = process.waitFor();
                outcome(sending);
                outcome(following);
                Optional<String> missing = code == 0 || progress.isBegun() ? Optional.empty() : buildx.missingNow();
                if (missing.isPresent()) {
                    throw new UserError("BuildKit cannot build: " + missing.get() + ".\n" + Buildx.ADVICE + ", then push again");
                }
                if (code != 0) {
                    throw BuildFailure.ofBuildKit(recipe.path(), progress.failure(), progress.others());
                }
                return Files.readString(image, StandardCharsets.US_ASCII).strip();
            } finally {
                Buildx.end(process);
                Undisturbed.run("await the end of docker buildx", () -> {
                    sender.join();
                    follower.join();
                });
            }
        }

        private void outcome(FutureTask<Void> task) throws IOException, InterruptedException {
            try {
                task.get();
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof UserError error) {
                    throw error;
                }
                throw new IOException("The build of " + recipe.source().app().name() + " broke off", failed.getCause());
            }
        }

        /// An archive that breaks off must never look like one that is complete: the program ends before its input does.
        private void send(Process process) {
            try (OutputStream input = new Input(process.getOutputStream())) {
                try {
                    recipe.tree().writeTar(input, wanted);
                } catch (IOException | RuntimeException broken) {
                    Buildx.end(process);
                    throw broken;
                }
            } catch (Refused itsOwnReason) {
                // it has ended, and what it said is the reason
            } catch (IOException broken) {
                throw new java.io.UncheckedIOException(broken);
            }
        }

        private void follow(Process process) {
            JsonStream stream = new JsonStream(json, progress::accept, progress::other);
            try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
                lines.lines().forEach(stream::line);
                progress.finish();
            } catch (IOException | RuntimeException broken) {
                Buildx.end(process);
                throw new IllegalStateException("What docker buildx says cannot be read", broken);
            }
        }
    }
}
