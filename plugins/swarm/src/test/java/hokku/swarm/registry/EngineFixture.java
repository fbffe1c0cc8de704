package hokku.swarm.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Image;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Engine;
import hokku.api.EngineAddress;
import hokku.api.Json;
import hokku.api.PluginContext;
import hokku.core.docker.DockerEngine;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeContext;
import hokku.testkit.RecordingOutput;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A real engine, an app in memory, and images of it that are gone afterwards.
abstract class EngineFixture {
    static final String BASE = "busybox:latest";

    @TempDir
    Path home;

    final FakeApps apps = new FakeApps();
    final RecordingOutput out = new RecordingOutput();
    DockerEngine engine;
    PluginContext context;

    @BeforeEach
    void open() {
        engine = new DockerEngine(host(), "test-" + UUID.randomUUID());
        context = new OnEngine(new FakeContext("swarm", apps, home), engine);
    }

    /// Where the engine of the test is.
    URI host() {
        return URI.create("unix:///var/run/docker.sock");
    }

    /// Every name of an image that this test gave, wherever it pushed it, is this one's or begins with it.
    @AfterEach
    void nothingStays() throws Exception {
        tidy();
        List<Container> left = engine.client().listContainersCmd().withShowAll(true).withLabelFilter(label()).exec();
        left.forEach(container -> engine.client().removeContainerCmd(container.getId()).withForce(true).withRemoveVolumes(true).exec());
        List<Image> images = engine.client().listImagesCmd().withLabelFilter(label()).exec();
        images.forEach(image -> engine.client().removeImageCmd(image.getId()).withForce(true).exec());
        List<?> volumes = engine.client().listVolumesCmd().withFilter("label", List.of(Engine.INSTANCE_LABEL + "=" + engine.instance())).exec().getVolumes();
        engine.close();
        assertThat(left).isEmpty();
        assertThat(volumes).isEmpty();
    }

    /// Removes what the test itself made besides images.
    void tidy() throws Exception {}

    private Map<String, String> label() {
        return Map.of(Engine.INSTANCE_LABEL, engine.instance());
    }

    App app(String name) {
        return apps.find(AppName.of(name)).orElseGet(() -> apps.add(name));
    }

    App set(App app, hokku.api.Setting<?> setting, String text) {
        App changed = app.withSetting(setting, text);
        apps.put(changed);
        return changed;
    }

    /// An image of a release, with a layer of its own, under the name by which the engine keeps it.
    String image(AppName app, int release, int bytes) {
        String container = engine.client().createContainerCmd(BASE).withCmd("sh", "-c", "head -c " + bytes + " /dev/urandom >/data")
                .withLabels(label()).exec().getId();
        engine.client().startContainerCmd(container).exec();
        assertThat(engine.client().waitContainerCmd(container).start().awaitStatusCode()).isZero();
        String name = engine.imageName(app, release);
        String id = engine.client().commitCmd(container).withRepository(name.substring(0, name.lastIndexOf(':'))).withTag(String.valueOf(release))
                .withLabels(label()).exec();
        engine.client().removeContainerCmd(container).exec();
        return id;
    }

    List<String> names(String image) {
        return Stream.ofNullable(engine.client().inspectImageCmd(image).exec().getRepoTags()).flatMap(List::stream).toList();
    }

    /// The context of a test, with an engine.
    record OnEngine(PluginContext context, Engine engine) implements PluginContext {
        @Override
        public String id() {
            return context.id();
        }

        @Override
        public hokku.api.Apps apps() {
            return context.apps();
        }

        @Override
        public Engine engine(EngineAddress address) {
            return context.engine(address);
        }

        @Override
        public Json json() {
            return context.json();
        }

        @Override
        public Path folder() throws IOException {
            return context.folder();
        }

        @Override
        public Path folder(AppName app) throws IOException {
            return context.folder(app);
        }
    }
}
