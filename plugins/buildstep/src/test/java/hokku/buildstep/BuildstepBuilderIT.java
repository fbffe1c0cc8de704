package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.model.Image;
import hokku.api.Attachment;
import hokku.api.BuiltImage;
import hokku.api.Env;
import hokku.api.HostAuthorities;
import hokku.api.Source;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.api.spi.Builder;
import hokku.core.docker.DockerEngine;
import hokku.testkit.BuilderContract;
import hokku.testkit.FakeSourceTree;
import hokku.testkit.PlainJson;
import hokku.testkit.RecordingOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildstepBuilderIT extends BuilderContract {
    @TempDir
    private static Path folder;
    private static DockerEngine engine;
    private static BuildCaches caches;
    private static BuildstepBuilder builder;

    @BeforeAll
    static void connect() {
        engine = new DockerEngine(URI.create("unix:///var/run/docker.sock"), "test-" + UUID.randomUUID());
        caches = new BuildCaches(engine);
        builder = new BuildstepBuilder(engine, new PlainJson(),
                new Stacks(engine, new BaseImage(engine), HostAuthorities.ofThisHost(), folder), caches);
    }

    @AfterAll
    static void removeStacks() throws IOException {
        removeImages("hokku-" + engine.instance() + "-buildstep/*");
        engine.close();
    }

    @AfterEach
    void removeWhatWasBuilt() {
        removeImages("hokku-" + engine.instance() + "/*");
        caches.removeLeftovers(Set.of());
    }

    private static void removeImages(String names) {
        for (Image image : docker().listImagesCmd().withReferenceFilter(names).exec()) {
            for (String name : image.getRepoTags()) {
                docker().removeImageCmd(name).exec();
            }
        }
    }

    private static DockerClient docker() {
        return engine.client();
    }

    @Override
    protected Builder builder() {
        return builder;
    }

    @Override
    protected SourceTree good() {
        return FakeSourceTree.EMPTY.with("Procfile", "web: ./start\n").with("start", "#!/bin/sh\nsleep 1000".getBytes(), true)
                .with(".buildpacks", "./pack\n".getBytes(), false).with("pack/bin/detect", "#!/bin/sh\necho Hello".getBytes(), true)
                .with("pack/bin/compile", "#!/bin/sh\necho '       hello from compile'".getBytes(), true);
    }

    @Override
    protected SourceTree failing() {
        return good().with("pack/bin/compile", "#!/bin/sh\necho oops; exit 3".getBytes(), true);
    }

    @Override
    protected SourceTree endless() {
        return good().with("pack/bin/compile", "#!/bin/sh\necho waiting; sleep 1000".getBytes(), true);
    }

    @Override
    protected SourceTree foreign() {
        return FakeSourceTree.EMPTY.with("Dockerfile", "FROM busybox\n");
    }

    @Test
    void aBuildIsRefusedThatDidNotNoticeThatAPartOfItWasKilledForItsMemory() {
        Source plain = source(good().with("pack/bin/compile", "#!/bin/sh\nperl -e 'my @a; push @a, \"x\" x 1000000 while 1'; exit 0".getBytes(), true));
        Source small = new Source(plain.app().withSetting(BuildstepSettings.MEMORY, "64m"), plain.number(), plain.commit(), plain.tree(), plain.env(),
                plain.by(), plain.at());
        Set<String> before = remains();

        assertThatThrownBy(() -> builder.build(small, new RecordingOutput())).isInstanceOf(UserError.class)
                .hasMessageContaining("more than 64m of memory").hasMessageContaining("builder-buildstep:set contract memory");
        assertThat(remains()).isEqualTo(before);
    }

    @Test
    void aVariableOfTheAppMayHaveTheNameOfOneThatTheBuilderUses() throws Exception {
        Env env = Env.EMPTY;
        for (String name : List.of("app", "cache", "env", "work", "reason", "name", "kind", "pack", "file", "code", "number", "buildpacks", "item",
                "VERSION", "ID", "NAME", "type", "command", "profile")) {
            env = env.with(name, "my " + name);
        }
        env = env.with("UID", "7").with("PATH", "/nowhere").with("two", "lines\n'of \"text\"\n");
        Source plain = source(good().with("pack/bin/compile", """
                #!/bin/bash
                echo "words $*"
                for each in app env name number buildpacks VERSION two; do echo "$each=$(tr '\\n' '~' <<<"${!each}")"; done
                cat "$3/PATH"
                """.getBytes(), true).with("pack/export", "export FROM_EXPORT=$PWD\n".getBytes(), false).with("second/bin/detect", "#!/bin/sh\n".getBytes(), true)
                .with("second/bin/compile", "#!/bin/sh\necho second with $FROM_EXPORT".getBytes(), true)
                .with(".buildpacks", "./pack\n./second\n".getBytes(), false).with("start", "#!/bin/bash\necho \"$type, $command, $profile, $app\"".getBytes(), true)
                .with(".profile", "ignored=1\n".getBytes(), false));
        RecordingOutput out = new RecordingOutput();
        BuiltImage image = builder.build(new Source(plain.app(), plain.number(), plain.commit(), plain.tree(), env, plain.by(), plain.at()), out);

        assertThat(out.text()).contains("words /app /cache/app /tmp/env\n", "app=my app~", "env=my env~", "name=my name~", "number=my number~",
                "buildpacks=my buildpacks~", "VERSION=my VERSION~", "two=lines~'of \"text\"~~", "/nowhere", "second with /app").doesNotContain("readonly");
        assertThat(printed(image, env)).contains("my type, my command, my profile, my app");
    }

    /// What the process web prints.
    private static String printed(BuiltImage image, Env env) throws InterruptedException {
        String container = docker().createContainerCmd(image.id()).withStdinOpen(true).withAttachStdin(true).withStdInOnce(true)
                .withEnv(env.with("PATH", "/usr/bin:/bin").asMap().entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).toList())
                .withLabels(Map.of("hokku.instance", engine.instance())).exec().getId();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try {
            engine.run(container, Attachment.of(InputStream.nullInputStream(), printed, printed, Optional.empty()));
        } finally {
            docker().removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aBuildpackInTheSourceMayBeALinkWithinItAndNowhereElse() throws Exception {
        SourceTree linked = good().with(".buildpacks", "./pack\n./link\n".getBytes(), false);
        RecordingOutput out = new RecordingOutput();
        builder.build(source(linked.with("pack/bin/compile", "#!/bin/sh\necho hello from $0; ln -sfn pack link".getBytes(), true)), out);
        assertThat(out.text()).contains("hello from /tmp/buildpacks/2/bin/compile");

        assertThatThrownBy(() -> builder.build(source(linked.with("pack/bin/compile", "#!/bin/sh\nln -s / link".getBytes(), true)), new RecordingOutput()))
                .isInstanceOf(UserError.class).hasMessageContaining("The source has no folder link, which is named as a buildpack");
    }

    @Test
    void aFileOfTheSourceInThePlaceOfOneOfTheBuilderIsNoTrap() throws Exception {
        SourceTree release = good().with(".release/notes", "one".getBytes(), false).with("Procfile", "".getBytes(), false)
                .with("pack/bin/release", "#!/bin/sh\necho 'default_process_types: {web: echo hello}'".getBytes(), true);
        assertThat(printed(builder.build(source(release), new RecordingOutput()), Env.EMPTY)).isEqualTo("hello\n");

        refused(good().with(".profile.d", "one".getBytes(), false), "a file .profile.d");
        refused(good().with(".env", "A=1\nexit 0\n".getBytes(), false), "The file .env cannot be read");
        refused(good().with("pack/bin/compile", "#!/bin/sh\r\necho hello\r\n".getBytes(), true), "bin/compile of the buildpack pack has Windows line ends");
    }

    private void refused(SourceTree tree, String reason) {
        assertThatThrownBy(() -> builder.build(source(tree), new RecordingOutput())).isInstanceOf(UserError.class).hasMessageContaining(reason);
    }

    @Test
    void aProcfileThatABuildpackMakesCounts() throws Exception {
        RecordingOutput out = new RecordingOutput();
        BuiltImage image = builder.build(source(good().with("pack/bin/compile", "#!/bin/sh\necho 'web: echo other' >Procfile".getBytes(), true)), out);
        assertThat(printed(image, Env.EMPTY)).isEqualTo("other\n");
    }

    @Test
    void aProcfileThatIsNotUnderstoodIsToldBeforeTheBuild() {
        RecordingOutput out = new RecordingOutput();
        assertThatThrownBy(() -> builder.build(source(good().with("Procfile", "no process".getBytes(), false)), out)).isInstanceOf(UserError.class)
                .hasMessageContaining("Procfile");
        assertThat(out.text()).doesNotContain("hello from compile");
    }

    /// As many images that people publish are: with a user called app, a program of their own that is looked at, and commands for who builds on them.
    @Test
    void anImageThatIsMadeForSomethingElseCanBeTheStack() throws Exception {
        String base = image("RUN useradd --uid 1234 app", "USER app", "WORKDIR /home", "VOLUME /var/data", "EXPOSE 80", "HEALTHCHECK CMD false",
                "ONBUILD RUN false", "ENTRYPOINT [\"false\"]", "CMD [\"-x\"]");
        BuiltImage image = builder.build(on(base, good().with("start", "#!/bin/sh\nid -u; ls -ld . | cut -d' ' -f3".getBytes(), true)), new RecordingOutput());

        assertThat(printed(image, Env.EMPTY)).isEqualTo("32767\nhokku-app\n");
        assertThat(docker().inspectImageCmd(image.id()).exec().getConfig().getHealthcheck().getTest()).containsExactly("NONE");
    }

    @Test
    void anImageWithAVolumeWhereTheAppIsBuiltIsRefused() throws Exception {
        String base = image("VOLUME /app");
        assertThatThrownBy(() -> builder.build(on(base, good()), new RecordingOutput())).isInstanceOf(UserError.class).hasMessageContaining("volume in /app");
    }

    private Source on(String base, SourceTree tree) {
        Source plain = source(tree);
        return new Source(plain.app().withSetting(BuildstepSettings.STACK, base), plain.number(), plain.commit(), tree, plain.env(), plain.by(), plain.at());
    }

    /// The name of an image of Debian with more instructions.
    private static String image(String... instructions) throws IOException {
        Path recipe = Files.writeString(Files.createTempDirectory(folder, "image").resolve("Dockerfile"),
                "FROM debian:bookworm-slim\n" + String.join("\n", instructions));
        String name = "hokku-" + engine.instance() + "-buildstep/base:" + UUID.randomUUID();
        docker().buildImageCmd(recipe.toFile()).withTags(Set.of(name)).exec(new BuildImageResultCallback()).awaitImageId();
        return name;
    }

    @Test
    void whatTheEngineDidNotRemoveIsRemovedLater() throws Exception {
        DockerEngine away = new DockerEngine(URI.create("unix:///var/run/docker.sock"), engine.instance());
        BuiltImage image = builder.build(source(good()), new RecordingOutput());
        Set<String> before = remains();
        Workshop workshop = Workshop.open(away, image.id(), Map.of(), create -> create);
        caches.removeLeftovers(Set.of());
        assertThat(remains()).isNotEqualTo(before);
        away.close();
        workshop.close();
        assertThat(remains()).isNotEqualTo(before);

        caches.removeLeftovers(Set.of());
        assertThat(remains()).isEqualTo(before);
    }

    @Test
    void aContainerOfTheAppIsNeverTakenForWhatABuildLeft() throws Exception {
        BuiltImage image = builder.build(source(good()), new RecordingOutput());
        String app = docker().createContainerCmd(image.id()).withLabels(Map.of("hokku.instance", engine.instance())).exec().getId();
        String left = docker().createContainerCmd(image.id()).withLabels(Map.of("hokku.instance", engine.instance(), "hokku.workshop", "1-1")).exec().getId();
        try {
            caches.removeLeftovers(Set.of());
            assertThat(remains()).contains(app).doesNotContain(left);
            assertThat(docker().inspectContainerCmd(app).exec().getConfig().getLabels()).containsEntry("hokku.workshop", "")
                    .containsEntry("hokku.id", "");
        } finally {
            docker().removeContainerCmd(app).exec();
        }
    }

    @Override
    protected Set<String> remains() {
        Set<String> found = new TreeSet<>();
        docker().listContainersCmd().withShowAll(true).exec().stream()
                .filter(each -> engine.instance().equals(each.getLabels().get("hokku.instance"))).forEach(each -> found.add(each.getId()));
        docker().listImagesCmd().withReferenceFilter("hokku-" + engine.instance() + "/*").exec().stream()
                .flatMap(each -> Arrays.stream(Optional.ofNullable(each.getRepoTags()).orElse(new String[0]))).forEach(found::add);
        docker().listImagesCmd().withDanglingFilter(true).exec().forEach(each -> found.add(each.getId()));
        return found;
    }
}
