package hokku.core.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Image;
import hokku.api.App;
import hokku.api.Engine;
import hokku.api.Release;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Keeps releases' images on the engine, under a name of this installation: several may share the engine.
final class EngineImages implements Images {
    private final Engine engine;

    EngineImages(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String keep(App app, int number, String image) {
        engine.client().tagImageCmd(image, repository(app), String.valueOf(number)).exec();
        return repository(app) + ":" + number;
    }

    private String repository(App app) {
        return "hokku-" + engine.instance() + "/" + app.name();
    }

    @Override
    public void sweep(App app, List<Release> needed) {
        DockerClient client = engine.client();
        Set<String> images = needed.stream().map(Release::image).collect(Collectors.toSet());
        Set<String> tags = needed.stream().map(Release::tag).collect(Collectors.toSet());
        List<Image> found = client.listImagesCmd().withLabelFilter(Map.of(Engine.INSTANCE_LABEL, engine.instance(), "hokku.id",
                app.id().value())).exec();
        for (Image image : found) {
            Stream.of(image.getRepoTags() == null ? new String[0] : image.getRepoTags())
                    .filter(tag -> tag.startsWith(repository(app) + ":") && !tags.contains(tag)).forEach(tag -> remove(client, tag));
            if (!images.contains(image.getId())) {
                remove(client, image.getId());
            }
        }
    }

    private static void remove(DockerClient client, String image) {
        try {
            client.removeImageCmd(image).exec();
        } catch (NotFoundException gone) {
            // That is what was wanted.
        } catch (ConflictException used) {
            // A container still runs it, or another image stands on it: a later sweep takes it.
        }
    }
}
