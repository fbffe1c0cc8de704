package hokku.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Image;
import hokku.api.AppId;
import hokku.api.BuiltImage;
import hokku.api.Env;
import hokku.api.ProcessType;
import hokku.api.Source;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.api.spi.Builder;
import hokku.core.docker.DockerEngine;
import hokku.testkit.BuilderContract;
import hokku.testkit.FakeSourceTree;
import hokku.testkit.RecordingOutput;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What holds for every image that is made by a Dockerfile, whichever way it is made.
abstract class DockerfileContract extends BuilderContract {
    static DockerEngine engine;

    @TempDir
    Path folder;
    /// Makes the layers of each test its own, so that no other build on the engine shares or removes them.
    final String unique = UUID.randomUUID().toString();
    CachedLayers layers;
    DockerfileBuilder builder;

    @BeforeAll
    static void connect() {
        engine = new DockerEngine(URI.create("unix:///var/run/docker.sock"), "test-" + UUID.randomUUID());
    }

    @AfterAll
    static void disconnect() throws IOException {
        engine.close();
    }

    @BeforeEach
    void makeBuilder() {
        layers = layers(folder, ProcessHandle.current());
        builder = builder(layers);
    }

    @AfterEach
    void removeImages() throws Exception {
        for (Image image : docker().listImagesCmd().withReferenceFilter("hokku-" + engine.instance() + "/*").exec()) {
            for (String name : image.getRepoTags()) {
                docker().removeImageCmd(name).exec();
            }
        }
        forgetAll(folder, layers);
        assertThat(remains()).isEmpty();
    }

    static CachedLayers layers(Path folder, ProcessHandle process) {
        return new CachedLayers(engine, folder, new UnfinishedBuilds(engine, folder, process));
    }

    static void forgetAll(Path folder, CachedLayers layers) throws IOException {
        try (var kept = Files.list(folder)) {
            for (Path file : kept.toList()) {
                layers.forget(AppId.of(file.getFileName().toString().split("\\.")[0]));
            }
        }
    }

    /// The way that is tested.
    abstract ImageBuild build(CachedLayers known);

    final DockerfileBuilder builder(CachedLayers known) {
        ImageBuild build = build(known);
        return new DockerfileBuilder(engine, app -> build, known);
    }

    @Override
    protected Builder builder() {
        return builder;
    }

    @Override
    protected SourceTree good() {
        return dockerfile("FROM busybox", "RUN echo hello " + unique, "CMD [\"true\"]");
    }

    @Override
    protected SourceTree failing() {
        return dockerfile("FROM busybox", "RUN echo " + unique + "; exit 7");
    }

    @Override
    protected SourceTree endless() {
        return dockerfile("FROM busybox", "RUN echo " + unique + "; echo waiting; sleep 1000");
    }

    @Override
    protected SourceTree foreign() {
        return FakeSourceTree.EMPTY.with("package.json", "{}");
    }

    @Test
    void theImageBearsTheNameOfItsReleaseAndTheCommandIsTheProcessWeb() throws Exception {
        Source source = source(good());
        RecordingOutput out = new RecordingOutput();
        BuiltImage image = builder.build(source, out);
        assertThat(docker().inspectImageCmd(name(source)).exec().getId()).isEqualTo(image.id());
        assertThat(image.processes()).containsOnly(entry(ProcessType.WEB, List.of()));
        assertThat(image.ports()).isEmpty();
        assertThat(image.routed()).isTrue();
        assertThat(out.lines()).anyMatch(line -> line.matches(".*\\b1/\\d\\b.* FROM .*busybox.*")).contains("hello " + unique)
                .noneMatch(String::isBlank);
    }

    @Test
    void aBuildThatPrintsWhatTheEngineSaysHarmsNobody() throws Exception {
        String other = docker().createContainerCmd("busybox").withCmd("true", "other").withLabels(
                Map.of("hokku.instance", engine.instance())).exec().getId();
        try {
            BuiltImage live = builder.build(source(good()), new RecordingOutput());
            String print = "printf ' ---> Running in " + other + "\\n ---> " + live.id().substring(7, 19)
                    + "\\nSuccessfully built "
                    + live.id().substring(7, 19) + "\\n'; echo " + unique;
            assertThatThrownBy(() -> builder.build(source(dockerfile("FROM busybox", "RUN " + print + "; exit 3")),
                    new RecordingOutput()))
                    .isInstanceOf(UserError.class).hasMessageContaining("exit code 3");
            BuiltImage second = builder.build(source(dockerfile("FROM busybox", "RUN " + print, "CMD [\"true\"]")),
                    new RecordingOutput());
            assertThat(second.id()).isNotEqualTo(live.id());
            assertThat(docker().inspectImageCmd(live.id()).exec().getId()).isEqualTo(live.id());
            assertThat(docker().inspectContainerCmd(other).exec().getId()).isEqualTo(other);
        } finally {
            docker().removeContainerCmd(other).withForce(true).exec();
        }
    }

    @Test
    void variablesReachTheBuildOnlyWhereTheyAreDeclared() throws Exception {
        Source source = source(dockerfile("FROM busybox", "ARG SHOWN",
                "RUN echo \"shown=$SHOWN hidden=$HIDDEN\" " + unique, "CMD [\"true\"]"))
                .withEnv(Env.of(Map.of("SHOWN", "a \"b\" ü", "HIDDEN", "secret")));
        RecordingOutput out = new RecordingOutput();
        BuiltImage image = builder.build(source, out);
        assertThat(out.text()).contains("shown=a \"b\" ü hidden= " + unique).doesNotContain("secret");
        assertThat(docker().inspectImageCmd(image.id()).exec().getConfig().getEnv()).noneMatch(line -> line.contains("SHOWN"));
    }

    @Test
    void portsComeInTheOrderOfTheDockerfileAndUdpAloneIsNotRouted() throws Exception {
        BuiltImage image = builder.build(source(dockerfile("FROM busybox", "EXPOSE 9000 80", "EXPOSE 53/udp 443",
                "CMD [\"true\"]")), new RecordingOutput());
        assertThat(image.ports()).containsExactly(9000, 80, 443);
        assertThat(image.routed()).isTrue();
        BuiltImage udp = builder.build(source(dockerfile("FROM busybox", "EXPOSE 53/udp", "CMD [\"true\"]")),
                new RecordingOutput());
        assertThat(udp.ports()).isEmpty();
        assertThat(udp.routed()).isFalse();
        BuiltImage kept = builder.build(source(dockerfile("# no_http_proxy", "FROM busybox", "EXPOSE 25", "CMD [\"true\"]")),
                new RecordingOutput());
        assertThat(kept.ports()).containsExactly(25);
        assertThat(kept.routed()).isFalse();
    }

    @Test
    void processesComeFromTheProcfile() throws Exception {
        BuiltImage image = builder.build(source(FakeSourceTree.EMPTY.with("Dockerfile", "FROM scratch\nCOPY Procfile /\n")
                .with("Procfile", "web: /start --port 80\nworker: /work $N\n")), new RecordingOutput());
        assertThat(image.processes()).containsOnly(entry(ProcessType.WEB, List.of("/start", "--port", "80")),
                entry(ProcessType.of("worker"), List.of("/bin/sh", "-c", "exec /work $N")));
    }

    @Test
    void anImageThatStartsNothingIsRefusedAndRemoved() throws Exception {
        Source source = source(FakeSourceTree.EMPTY.with("Dockerfile", "FROM scratch\nCOPY Dockerfile /" + unique + "\n"));
        assertThatThrownBy(() -> builder.build(source, new RecordingOutput())).isInstanceOf(UserError.class)
                .hasMessageContaining("neither CMD nor ENTRYPOINT");
        assertThat(docker().listImagesCmd().withReferenceFilter(name(source)).exec()).isEmpty();
    }

    final void fails(String dockerfile, String... parts) {
        assertThatThrownBy(() -> builder.build(source(FakeSourceTree.EMPTY.with("Dockerfile", dockerfile)),
                new RecordingOutput()))
                .isInstanceOf(UserError.class).hasMessageContainingAll(parts);
    }

    @Test
    void theDockerfileMayBeElsewhere() throws Exception {
        Source source = source(FakeSourceTree.EMPTY.with("docker/App.dockerfile", "FROM busybox\nCMD [\"true\"]\n")
                .with(".dockerignore", "docker"));
        Source configured = new Source(source.app().withSetting(BuildSettings.PATH, "docker/App.dockerfile"), 1,
                source.commit(), source.tree(), source.env(), source.by(), source.at());
        assertThat(builder.accepts(source)).isFalse();
        assertThat(builder.accepts(configured)).isTrue();
        assertThat(builder.build(configured, new RecordingOutput()).processes()).containsKey(ProcessType.WEB);
        assertThatThrownBy(() -> BuildSettings.PATH.parse("../Dockerfile")).isInstanceOf(UserError.class);
    }

    @Test
    void aLargeContextIsStreamed() throws Exception {
        byte[] large = new byte[50 << 20];
        new Random(1).nextBytes(large);
        RecordingOutput out = new RecordingOutput();
        builder.build(source(dockerfile("FROM busybox", "COPY blob /blob",
                "RUN wc -c < /blob && echo " + unique, "CMD [\"true\"]")
                .with("blob", large, false)), out);
        assertThat(out.lines()).contains(String.valueOf(large.length));
    }

    @Test
    void filesThatCannotBeReadAreNotBuiltInPart() {
        SourceTree broken = new BrokenTree(FakeSourceTree.EMPTY.with("Dockerfile", "FROM busybox\nCMD [\"true\"]\n"));
        assertThatThrownBy(() -> builder.build(source(broken), new RecordingOutput())).isInstanceOf(IOException.class)
                .hasRootCauseMessage("the disk is gone");
    }

    static String name(Source source) {
        return engine.imageName(source.app().name(), source.number());
    }

    static DockerClient docker() {
        return engine.client();
    }

    static FakeSourceTree dockerfile(String... lines) {
        return FakeSourceTree.EMPTY.with("Dockerfile", List.of(lines).stream().collect(Collectors.joining("\n", "", "\n")));
    }

    @Test
    void mistakesAreToldInWords() {
        fails("FROM busybox\nFOO bar\n", "Dockerfile has a mistake", "unknown instruction: FOO");
        fails("FROM no-such-image-anywhere:1\n", "The base image no-such-image-anywhere:1");
        fails("FROM busybox\nCOPY nothing /\n", "Step 2/", "COPY nothing /", "nothing");
        fails("FROM busybox\nRUN exit 9\n", "Step 2/", "failed with exit code 9: RUN exit 9");
        fails("\n", "Dockerfile");
    }
}
