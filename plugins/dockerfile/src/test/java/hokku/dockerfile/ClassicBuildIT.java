package hokku.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Image;
import hokku.api.BuiltImage;
import hokku.api.Source;
import hokku.api.SourceTree;
import hokku.api.TarStream;
import hokku.api.UserError;
import hokku.testkit.FakeSourceTree;
import hokku.testkit.RecordingOutput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassicBuildIT extends DockerfileContract {
    @Override
    ImageBuild build(CachedLayers known) {
        return new ClassicBuild(engine, known);
    }

    @Test
    void layersOfABuildWhoseEndTheServerDidNotSeeAreStillKnown(@TempDir Path afterTheCrash) throws Exception {
        crash(afterTheCrash, "FROM busybox", "RUN echo " + unique, "RUN echo waiting " + unique + "; sleep 1000");
        assertThat(remains()).hasSize(1);

        builder(afterTheCrash).build(source(dockerfile("FROM busybox", "CMD [\"true\"]")), new RecordingOutput());

        assertThat(remains()).isEmpty();
    }

    @Test
    void layersThatTheServerNeverHeardOfAreFound(@TempDir Path afterTheCrash) throws Exception {
        FakeSourceTree tree = dockerfile("ARG BASE=busybox", "FROM $BASE", "COPY Dockerfile /" + unique, "LABEL x=" + unique, "FROM scratch",
                "COPY Dockerfile /2" + unique);
        try (var bases = Dockerfile.parse(tree.readText("Dockerfile").orElseThrow()).bases(Map.of())) {
            new UnfinishedBuilds(engine, afterTheCrash, ProcessHandle.current()).begin(source(tree).app().id(), bases);
        }
        docker().buildImageCmd().withTarInputStream(TarStream.open(tree, entry -> true)).exec(new BuildImageResultCallback()).awaitImageId();
        assertThat(remains()).hasSize(3);

        forgetAll(afterTheCrash, layers(afterTheCrash, another()));

        assertThat(remains()).isEmpty();
    }

    @Test
    void theBuildsOfThisServerAreNobodysHeritage(@TempDir Path copy) throws Exception {
        crash(copy, "FROM busybox", "RUN echo " + unique, "RUN echo waiting " + unique + "; sleep 1000");
        try (var files = Files.list(copy)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).anyMatch(name -> name.endsWith(".building"));
        }
        layers(copy, ProcessHandle.current()).inherit();
        try (var files = Files.list(copy)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).singleElement().asString().endsWith(".building");
        }
    }

    private DockerfileBuilder builder(Path folder) {
        return builder(layers(folder, another()));
    }

    /// Any process but this one.
    private static ProcessHandle another() {
        return ProcessHandle.current().parent().orElseThrow();
    }

    /// Builds until `waiting` is printed, and copies what is written down at that moment.
    private void crash(Path copy, String... dockerfile) throws Exception {
        RecordingOutput out = new RecordingOutput();
        Source source = source(dockerfile(dockerfile));
        Thread build = Thread.ofVirtual().start(() -> {
            try {
                builder.build(source, out);
            } catch (Exception cancelled) {
                Thread.currentThread().interrupt();
            }
        });
        await().atMost(Duration.ofSeconds(60)).until(() -> out.lines().contains("waiting " + unique));
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        build.interrupt();
        build.join();
    }

    /// Every container and image whose command speaks of this test.
    @Override
    protected Set<String> remains() {
        Set<String> found = new TreeSet<>();
        docker().listContainersCmd().withShowAll(true).exec().stream()
                .filter(container -> container.getCommand().contains(unique))
                .forEach(container -> found.add("container " + container.getId()));
        for (Image image : docker().listImagesCmd().withShowAll(true).exec()) {
            try {
                if (commandOf(image.getId()).contains(unique)) {
                    found.add("image " + image.getId());
                }
            } catch (NotFoundException gone) {
                // somebody else's, removed meanwhile
            }
        }
        return found;
    }

    private static String commandOf(String image) {
        InspectImageResponse found = docker().inspectImageCmd(image).exec();
        String[] command = found.getContainerConfig() == null ? null : found.getContainerConfig().getCmd();
        return command == null ? "" : String.join(" ", command);
    }

    @Test
    void theSecondBuildUsesTheCache() throws Exception {
        builder.build(source(good()), new RecordingOutput());
        RecordingOutput second = new RecordingOutput();
        builder.build(source(good()), second);
        assertThat(second.lines()).contains(" ---> Using cache").doesNotContain("hello " + unique);
    }

    @Test
    void whatAFailedBuildLeftGoesWhenTheCacheIsPurged() throws Exception {
        Source source = source(dockerfile("FROM busybox", "RUN echo layer " + unique, "RUN exit 7"));
        assertThatThrownBy(() -> builder.build(source, new RecordingOutput())).isInstanceOf(UserError.class);
        assertThat(remains()).hasSize(1);
        builder.purgeCache(source.app());
        assertThat(remains()).isEmpty();
    }

    @Test
    void aLayerThatSomethingElseUsesIsPurgedByTheNextBuild() throws Exception {
        Source source = source(dockerfile("FROM busybox", "RUN echo layer " + unique, "RUN exit 7"));
        assertThatThrownBy(() -> builder.build(source, new RecordingOutput())).isInstanceOf(UserError.class);
        String layer = remains().iterator().next().substring("image ".length());
        String user = docker().createContainerCmd(layer).withCmd("true").withLabels(Map.of("hokku.instance", engine.instance())).exec().getId();
        try {
            builder.purgeCache(source.app());
            assertThat(remains()).contains("image " + layer);
        } finally {
            docker().removeContainerCmd(user).withForce(true).exec();
        }
        builder.build(source(dockerfile("FROM busybox", "CMD [\"true\"]")), new RecordingOutput());
        assertThat(remains()).isEmpty();
    }

    @Test
    void aFailedBuildKeepsItsGoodLayersUntilTheNextOneHasEnded() throws Exception {
        String good = "RUN echo layer " + unique;
        assertThatThrownBy(() -> builder.build(source(dockerfile("FROM busybox", good, "RUN exit 7")), new RecordingOutput()))
                .isInstanceOf(UserError.class).hasMessageStartingWith("Step 3/")
                .hasMessageContaining("failed with exit code 7: RUN exit 7");
        RecordingOutput second = new RecordingOutput();
        assertThatThrownBy(() -> builder.build(source(dockerfile("FROM busybox", good, "RUN exit 8")), second))
                .isInstanceOf(UserError.class);
        assertThat(second.lines()).contains(" ---> Using cache");
        assertThat(remains()).hasSize(1);
        BuiltImage other = builder.build(source(dockerfile("FROM busybox", "CMD [\"true\"]")), new RecordingOutput());
        assertThat(other.id()).startsWith("sha256:");
        assertThat(remains()).isEmpty();
    }

    @Test
    void stagesThatOthersCopyFromDoNotPileUp() throws Exception {
        for (int i = 0; i < 3; i++) {
            builder.build(source(dockerfile("FROM busybox AS build", "RUN echo " + i + " " + unique + " > /out",
                    "FROM scratch", "COPY --from=build /out /out", "CMD [\"/x\"]")), new RecordingOutput());
        }
        assertThat(remains()).hasSize(1);
    }

    @Test
    void whatTheIgnoreFileNamesIsNotSent() throws Exception {
        SourceTree tree = dockerfile("FROM busybox", "COPY . /src",
                "RUN cd /src && find . -type f | sort | tr '\\n' ' ' && echo " + unique,
                "CMD [\"true\"]")
                .with(".dockerignore", "Dockerfile\n*.log\nnode_modules\n!keep.log\n".getBytes(), false)
                .with("a.log", new byte[1], false).with("keep.log", new byte[1], false)
                .with("node_modules/x/y", new byte[1], false).with("src/a.log", new byte[1], false);
        RecordingOutput out = new RecordingOutput();
        builder.build(source(tree), out);
        assertThat(out.text()).contains("./.dockerignore ./keep.log ./src/a.log " + unique);
    }

    @Test
    void aDockerfileThatNeedsBuildKitIsToldWhereItComesFrom() {
        fails("FROM busybox\nRUN --mount=type=cache,target=/x true\n", "Dockerfile uses --mount, which needs BuildKit",
                "apt-get install docker-buildx", "builder-dockerfile buildkit");
    }
}
