package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Image;
import hokku.api.BuiltImage;
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
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
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
