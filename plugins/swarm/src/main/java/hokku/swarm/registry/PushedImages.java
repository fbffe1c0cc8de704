package hokku.swarm.registry;

import hokku.api.AppId;
import hokku.api.Json;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which images this server brought to registries: the engine tells that an image has a name, but not whose name it is.
///
/// A file for each app, by the id that it keeps. Without the file images are pushed once more, which is quick, and what was pushed before stays in
/// its registry. Safe for use by several threads.
final class PushedImages {
    private static final Logger LOG = LoggerFactory.getLogger(PushedImages.class);
    private static final String END = ".json";

    private final Path folder;
    private final Json json;

    /// @param folder of its own, which is there
    PushedImages(Path folder, Json json) {
        this.folder = folder;
        this.json = json;
    }

    /// Those of all apps, also of such that are no more.
    synchronized List<PushedImage> all() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(END) && !name.startsWith(".")).sorted()
                    .flatMap(name -> of(AppId.of(name.substring(0, name.length() - END.length()))).stream()).toList();
        } catch (IOException failed) {
            throw new UserError(UserError.FAILED, "What was pushed to registries cannot be told: " + folder + ": " + failed.getMessage(), failed);
        }
    }

    synchronized List<PushedImage> of(AppId app) {
        PrivateFile file = file(app);
        Optional<String> text = file.read();
        if (text.isEmpty()) {
            return List.of();
        }
        try {
            return ((List<?>) json.read(text.get())).stream().map(entry -> image(app, (Map<?, ?>) entry)).toList();
        } catch (UserError | ClassCastException | NullPointerException damaged) {
            LOG.warn("{} is damaged: what it told of is pushed once more ({})", file.path(), damaged.toString());
            return List.of();
        }
    }

    Optional<PushedImage> find(AppId app, Repository repository, int release) {
        return of(app).stream().filter(each -> each.release() == release && each.repository().equals(repository)).findFirst();
    }

    /// The last release of an app that was pushed.
    Optional<PushedImage> last(AppId app) {
        return of(app).stream().filter(PushedImage::isThere).max(Comparator.comparing(PushedImage::release));
    }

    /// Remembers an image, in place of what was known of the same release in the same place.
    synchronized void put(PushedImage image) {
        List<PushedImage> images = new ArrayList<>(of(image.app()));
        images.removeIf(image::takesPlaceOf);
        images.add(image);
        write(image.app(), images);
    }

    synchronized void remove(PushedImage gone) {
        List<PushedImage> images = new ArrayList<>(of(gone.app()));
        if (images.remove(gone)) {
            write(gone.app(), images);
        }
    }

    private void write(AppId app, List<PushedImage> images) {
        if (images.isEmpty()) {
            file(app).delete();
            return;
        }
        file(app).write(json.write(images.stream().map(image -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("server", image.repository().server().host());
            entry.put("repository", image.repository().path());
            entry.put("own", image.own());
            entry.put("release", image.release());
            entry.put("image", image.image());
            entry.put("digest", image.digest());
            return entry;
        }).toList()));
    }

    private static PushedImage image(AppId app, Map<?, ?> fields) {
        return new PushedImage(app, new Repository(RegistryServer.of((String) fields.get("server")), (String) fields.get("repository")),
                (Boolean) fields.get("own"), ((Number) fields.get("release")).intValue(), (String) fields.get("image"), (String) fields.get("digest"));
    }

    private PrivateFile file(AppId app) {
        return new PrivateFile(folder.resolve(app + END));
    }
}
