package hokku.core.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.App;
import hokku.api.Engine;
import hokku.api.Release;
import java.util.List;
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
        String name = engine.imageName(app.name(), number);
        engine.client().tagImageCmd(image, repository(app), String.valueOf(number)).exec();
        return name;
    }

    @Override
    public boolean has(Release release) {
        try {
            engine.client().inspectImageCmd(release.image()).exec();
            return true;
        } catch (NotFoundException gone) {
            return false;
        }
    }

    private String repository(App app) {
        String name = engine.imageName(app.name(), 0);
        return name.substring(0, name.lastIndexOf(':'));
    }

    @Override
    public void sweep(App app, List<Release> needed) {
        DockerClient client = engine.client();
        Set<String> tags = needed.stream().map(Release::tag).collect(Collectors.toSet());
        client.listImagesCmd().withReferenceFilter(repository(app)).exec().stream()
                .flatMap(image -> Stream.of(image.getRepoTags() == null ? new String[0] : image.getRepoTags()))
                .filter(tag -> tag.startsWith(repository(app) + ":") && !tags.contains(tag))
                .forEach(tag -> remove(client, tag));
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
