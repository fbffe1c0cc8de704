package hokku.core.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Engine;
import hokku.api.Release;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
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
        engine.client().tagImageCmd(image, repository(app.name()), String.valueOf(number)).exec();
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

    private String repository(AppName app) {
        String name = engine.imageName(app, 0);
        return name.substring(0, name.lastIndexOf(':'));
    }

    @Override
    public List<String> sweep(App app, List<Release> needed) {
        Set<String> tags = needed.stream().map(Release::tag).collect(Collectors.toSet());
        String repository = repository(app.name()) + ":";
        return remove(named(repository(app.name())).filter(tag -> tag.startsWith(repository) && !tags.contains(tag)).toList());
    }

    @Override
    public Map<AppName, List<String>> owned() {
        String own = repository(AppName.of("x")).replaceFirst("x$", "");
        return named(own + "*").filter(tag -> tag.matches(Pattern.quote(own) + "[a-z0-9.-]+:[0-9]+"))
                .collect(Collectors.groupingBy(tag -> AppName.of(tag.substring(own.length(), tag.lastIndexOf(':')))));
    }

    @Override
    public List<String> remove(Collection<String> names) {
        return names.stream().filter(name -> remove(engine.client(), name)).toList();
    }

    private Stream<String> named(String pattern) {
        return engine.client().listImagesCmd().withReferenceFilter(pattern).exec().stream()
                .flatMap(image -> Stream.of(image.getRepoTags() == null ? new String[0] : image.getRepoTags()));
    }

    private static boolean remove(DockerClient client, String image) {
        try {
            client.removeImageCmd(image).exec();
            return true;
        } catch (NotFoundException gone) {
            // That is what was wanted.
            return false;
        } catch (ConflictException used) {
            // A container still runs it, or another image stands on it: a later sweep takes it.
            return false;
        }
    }
}
