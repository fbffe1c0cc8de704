package hokku.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.Image;
import hokku.api.BuiltImage;
import hokku.api.Env;
import hokku.api.Source;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.core.state.JsonText;
import hokku.testkit.RecordingOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BuildKitBuildIT extends DockerfileContract {
    private final Buildx buildx = Buildx.ofThisServer();

    @Override
    ImageBuild build(CachedLayers known) {
        return new BuildKitBuild(buildx, known, new JsonText());
    }

    /// Every image without a name and every process that speak of this test, and folders of builds.
    @Override
    protected Set<String> remains() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Image image : docker().listImagesCmd().withDanglingFilter(true).exec()) {
            if (String.valueOf(docker().inspectImageCmd(image.getId()).exec().getRawValues()).contains(unique)) {
                found.add("image " + image.getId());
            }
        }
        ProcessHandle.allProcesses().filter(process -> commandLine(process.pid()).contains(unique)).forEach(process -> found.add("process " + process.pid()));
        return found;
    }

    private static String commandLine(long process) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(process), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException ended) {
            return "";
        }
    }

    @Test
    void theSecondBuildUsesTheCache() throws Exception {
        builder.build(source(good()), new RecordingOutput());
        RecordingOutput second = new RecordingOutput();
        builder.build(source(good()), second);
        assertThat(second.lines()).anyMatch(line -> line.matches("#\\d+ \\[2/2] RUN echo hello .* CACHED")).doesNotContain("hello " + unique);
    }

    @Test
    void aCacheMountKeepsWhatItHoldsFromBuildToBuild() throws Exception {
        String mount = "RUN --mount=type=cache,id=" + unique + ",target=/cache ";
        builder.build(source(dockerfile("FROM busybox", mount + "echo kept > /cache/x", "CMD [\"true\"]")), new RecordingOutput());
        RecordingOutput second = new RecordingOutput();
        builder.build(source(dockerfile("FROM busybox", mount + "cat /cache/x # " + unique, "CMD [\"true\"]")), second);
        assertThat(second.lines()).contains("kept");
    }

    @Test
    void aSecretIsThereForItsStepAndNowhereElse() throws Exception {
        String secret = "s3cr3t-" + unique;
        Source source = source(dockerfile("FROM busybox",
                "RUN --mount=type=secret,id=TOKEN echo " + unique + " && test $(wc -c < /run/secrets/TOKEN) = " + secret.length() + " && tr 'a-z' 'A-Z' < /run/secrets/TOKEN",
                "RUN ls /run/secrets || echo none", "CMD [\"true\"]")).withEnv(Env.of(Map.of("TOKEN", secret, "OTHER", "x")));
        RecordingOutput out = new RecordingOutput();
        BuiltImage image = builder.build(source, out);
        assertThat(out.text()).contains(secret.toUpperCase(java.util.Locale.ROOT)).doesNotContain(secret);
        assertThat(history(image.id())).contains("/run/secrets/TOKEN").doesNotContain(secret);
        assertThat(String.valueOf(docker().inspectImageCmd(image.id()).exec().getRawValues())).doesNotContain(secret);
    }

    private static String history(String image) throws Exception {
        Process history = new ProcessBuilder("docker", "history", "--no-trunc", image).redirectErrorStream(true).start();
        String text = new String(history.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(history.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return text;
    }

    @Test
    void noValueIsAmongTheWordsOfAProcess() throws Exception {
        Source source = source(dockerfile("FROM busybox", "ARG SHOWN", "RUN --mount=type=secret,id=TOKEN echo waiting; sleep 1000 # " + unique))
                .withEnv(Env.of(Map.of("TOKEN", "t-" + unique, "SHOWN", "v-" + unique)));
        Waiting build = Waiting.begin(builder, source);
        List<String> calls;
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            calls = processes.map(process -> commandLine(process.pid())).filter(line -> line.contains("buildx") && line.contains(name(source))).toList();
        } finally {
            build.cancel();
        }
        assertThat(calls).isNotEmpty().allSatisfy(line -> assertThat(line).contains("--build-arg\0SHOWN", "id=TOKEN,env=")
                .doesNotContain("t-" + unique, "v-" + unique));
        assertThat(remains()).isEmpty();
    }

    @Test
    void aSecretThatTheAppDoesNotHaveIsNamed() throws Exception {
        RecordingOutput out = new RecordingOutput();
        builder.build(source(dockerfile("FROM busybox", "RUN --mount=type=secret,id=NOBODYS true", "CMD [\"true\"]")), out);
        assertThat(out.lines()).contains(" !     Dockerfile asks for the secret NOBODYS, and the app has no variable of that name");
    }

    @Test
    void whatTheIgnoreFileNamesIsNotSentAndOneBesideTheDockerfileComesFirst() throws Exception {
        SourceTree tree = dockerfile("FROM busybox", "COPY . /src",
                "RUN cd /src && find . -type f | sort | tr '\\n' ' ' && echo " + unique, "CMD [\"true\"]")
                .with(".dockerignore", "*.log\nnode_modules\n!keep.log\n.dockerignore\n").with("a.log", "x").with("keep.log", "x")
                .with("node_modules/x/y", "x").with("src/a.log", "x");
        RecordingOutput out = new RecordingOutput();
        builder.build(source(tree), out);
        assertThat(out.text()).contains("./Dockerfile ./keep.log ./src/a.log " + unique);
        RecordingOutput second = new RecordingOutput();
        builder.build(source(tree.with("Dockerfile.dockerignore", "src\n*ignore\n".getBytes(StandardCharsets.UTF_8), false)), second);
        assertThat(second.text()).contains("./Dockerfile ./a.log ./keep.log ./node_modules/x/y " + unique);
    }

    @Test
    void whatCannotBeDoneIsToldBeforeTheBuild() {
        fails("FROM busybox\nRUN --mount=type=ssh true\n", "--mount=type=ssh", "--mount=type=secret,id=");
        assertThatThrownBy(() -> builder.build(source(dockerfile("FROM busybox", "ARG LD_PRELOAD", "CMD [\"x\"]"))
                .withEnv(Env.of(Map.of("LD_PRELOAD", "/x.so"))), new RecordingOutput()))
                .isInstanceOf(UserError.class).hasMessageContaining("ARG LD_PRELOAD").hasMessageContaining("buildkit off");
    }

    @Test
    void aSyntaxThatCannotBePulledIsNamed() {
        fails("# syntax=127.0.0.1:1/no/such:1\nFROM busybox\nCMD [\"true\"]\n", "# syntax=", "127.0.0.1:1/no/such:1", "could not be pulled");
    }

    @Test
    void stagesRunSideBySideAndSayWhoSpeaks() throws Exception {
        RecordingOutput out = new RecordingOutput();
        builder.build(source(dockerfile("FROM busybox AS one", "RUN echo first " + unique + " > /one; cat /one", "FROM busybox AS two",
                "RUN echo second " + unique + " > /two; cat /two", "FROM busybox", "COPY --from=one /one /", "COPY --from=two /two /",
                "CMD [\"true\"]")), out);
        assertThat(out.lines()).contains("first " + unique, "second " + unique)
                .anyMatch(line -> line.matches("#\\d+ \\[one 2/2] RUN .*")).anyMatch(line -> line.matches("#\\d+ \\[stage-2 3/3] COPY --from=two .*"))
                .anyMatch(line -> line.matches("#\\d+ DONE \\d+\\.\\ds"));
    }

    @Test
    void theCacheIsPrunedWithinItsLimit() throws Exception {
        buildx.prune("9999GB");
        assertThatThrownBy(() -> buildx.prune("much")).isInstanceOf(UserError.class).hasMessageContaining("could not be pruned");
    }

    /// A build that waits on a thread of its own.
    private record Waiting(Thread thread) {
        static Waiting begin(DockerfileBuilder builder, Source source) {
            RecordingOutput out = new RecordingOutput();
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    builder.build(source, out);
                } catch (Exception cancelled) {
                    Thread.currentThread().interrupt();
                }
            });
            org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> out.lines().contains("waiting"));
            return new Waiting(thread);
        }

        void cancel() throws InterruptedException {
            thread.interrupt();
            thread.join();
        }
    }
}
