package hokku.swarm.registry;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Engine;
import hokku.api.Release;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the names of registries from images on the engine that no release needs, and removes those from Hokku's own registry.
///
/// The core decides what a release needs: an image that lost the name which the core gave it is not needed. Nobody may push meanwhile.
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private final Engine engine;
    private final Apps apps;
    private final PushedImages pushed;

    Sweep(Engine engine, Apps apps, PushedImages pushed) {
        this.engine = engine;
        this.apps = apps;
        this.pushed = pushed;
    }

    /// @param registry Hokku's own, where it runs one
    /// @return how many are gone
    int run(Optional<OwnRegistry> registry) throws InterruptedException {
        List<PushedImage> needed = new ArrayList<>();
        List<PushedImage> rest = new ArrayList<>();
        Set<String> live = live();
        for (PushedImage image : pushed.all()) {
            (live.contains(image.image()) || isNamed(image.image()) ? needed : rest).add(image);
        }
        if (rest.stream().anyMatch(PushedImage::own) && registry.isPresent()) {
            try (RegistryClient client = registry.get().client()) {
                for (PushedImage image : rest) {
                    if (image.own()) {
                        delete(client, image, needed);
                    }
                }
            }
        }
        rest.forEach(image -> forget(image, needed));
        return rest.size();
    }

    /// Hokku's own registry has nothing any more of what was brought there.
    void forgetOwn() {
        List<PushedImage> all = pushed.all();
        List<PushedImage> foreign = all.stream().filter(image -> !image.own()).toList();
        all.stream().filter(PushedImage::own).forEach(image -> forget(image, foreign));
    }

    private static void delete(RegistryClient client, PushedImage image, List<PushedImage> needed) throws InterruptedException {
        // What was cut off in the end may be there all the same.
        String path = image.repository().path();
        Optional<String> digest = image.isThere() ? Optional.of(image.digest()) : client.digest(path, image.tag());
        boolean shared = digest.isPresent() && needed.stream().anyMatch(each -> each.own() && each.repository().path().equals(path)
                && each.digest().equals(digest.get()));
        if (digest.isPresent() && !shared) {
            client.delete(path, digest.get());
        }
    }

    private void forget(PushedImage image, List<PushedImage> needed) {
        boolean named = needed.stream().anyMatch(each -> each.name().equals(image.name()));
        if (!named && isStill(image)) {
            EngineNames.remove(engine, image.name());
        }
        pushed.remove(image);
        LOG.debug("{} is not needed any more", image);
    }

    /// Whether the engine has it under its name, and not another one.
    private boolean isStill(PushedImage image) {
        return inspect(image.name()).map(found -> image.image().equals(found.getId())).orElse(false);
    }

    private boolean isNamed(String image) {
        String own = engine.imageName(AppName.of("x"), 0).replaceFirst("x:0$", "");
        return inspect(image).map(found -> Optional.ofNullable(found.getRepoTags()).orElse(List.of()).stream().anyMatch(tag -> tag.startsWith(own))).orElse(false);
    }

    private Optional<InspectImageResponse> inspect(String image) {
        try {
            return Optional.of(engine.client().inspectImageCmd(image).exec());
        } catch (NotFoundException gone) {
            return Optional.empty();
        }
    }

    /// Somebody may have removed it from this engine, but nodes need it.
    private Set<String> live() {
        return apps.list().stream().map(apps::find).flatMap(Optional::stream).map(App::release).flatMap(Optional::stream).map(Release::image)
                .collect(Collectors.toCollection(HashSet::new));
    }
}
