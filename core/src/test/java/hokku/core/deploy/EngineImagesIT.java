package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.AppName;
import hokku.core.docker.DockerEngine;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineImagesIT {
    private static final URI HOST = URI.create("unix:///var/run/docker.sock");

    private final DockerEngine engine = new DockerEngine(HOST, "test-" + UUID.randomUUID());
    private final List<String> made = new ArrayList<>();

    @AfterEach
    void remove() throws IOException {
        for (String name : made) {
            try {
                engine.client().removeImageCmd(name).exec();
            } catch (NotFoundException gone) {
                // That is what was wanted.
            }
        }
        engine.close();
    }

    private String image(String instance, String app) {
        String repository = "hokku-" + instance + "/" + app;
        engine.client().tagImageCmd("busybox:latest", repository, "1").exec();
        made.add(repository + ":1");
        return repository + ":1";
    }

    private boolean exists(String name) {
        try {
            engine.client().inspectImageCmd(name).exec();
            return true;
        } catch (NotFoundException gone) {
            return false;
        }
    }

    @Test
    void imagesAreFoundByTheirNameAndNobodyElsesAreTouched() {
        String one = image(engine.instance(), "one");
        String two = image(engine.instance(), "two");
        String others = image(engine.instance() + "-2", "one");
        EngineImages images = new EngineImages(engine);

        assertThat(images.owned()).isEqualTo(Map.of(AppName.of("one"), List.of(one), AppName.of("two"), List.of(two)));
        assertThat(images.remove(List.of(one, one + "0"))).containsExactly(one);

        assertThat(exists(one)).isFalse();
        assertThat(List.of(two, others)).allMatch(this::exists);
    }
}
