package hokku.core.state;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Global;
import hokku.api.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All apps and the whole server's settings, in memory and on disk: memory follows once the disk holds it.
///
/// Safe for use by several threads; whoever changes an app holds that app's lock.
public final class Catalogue {
    private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);
    private static final String NEXT = "desired.next.json";

    private final Home home;
    private final Clock clock;
    /// Guards `apps`, `journals` and `global`.
    private final Object lock = new Object();
    private final SortedMap<AppName, App> apps = new TreeMap<>();
    private final Map<AppName, ReleaseJournal> journals = new TreeMap<>();
    private Global global = Global.EMPTY;

    public Catalogue(Home home, Clock clock) {
        this.home = home;
        this.clock = clock;
    }

    /// Reads everything, and finishes what a crash left half done. An app that cannot be read is reported and left out.
    public void load() throws IOException {
        synchronized (lock) {
            if (Files.exists(home.settings())) {
                global = StateJson.toGlobal(StateJson.MAPPER.readTree(Files.readAllBytes(home.settings())));
            }
            apps.clear();
            journals.clear();
            List<Path> folders;
            try (var found = Files.list(home.apps())) {
                folders = found.toList();
            }
            for (Path folder : folders) {
                try {
                    read(AppName.of(folder.getFileName().toString()));
                } catch (IOException | UserError broken) {
                    LOG.error("{} cannot be read: {}. The app is left alone until this is mended and the server restarted", folder,
                            broken.getMessage(), broken);
                }
            }
        }
        emptyTrash();
    }

    private void read(AppName name) throws IOException {
        if (!Files.exists(home.desired(name))) {
            LOG.warn("{} was not made to its end; it is removed", home.app(name));
            toTrash(home.app(name));
            return;
        }
        ReleaseJournal journal = ReleaseJournal.open(home.journal(name), name);
        Path next = home.app(name).resolve(NEXT);
        if (Files.exists(next)) {
            finish(name, next, journal);
        }
        App app = StateJson.toApp(name, StateJson.MAPPER.readTree(Files.readAllBytes(home.desired(name))), global);
        apps.put(name, app.withRelease(journal.currentRelease()));
        journals.put(name, journal);
    }

    /// The journal decides whether a change that was prepared took effect.
    private void finish(AppName name, Path next, ReleaseJournal journal) throws IOException {
        try {
            if (StateJson.required(StateJson.MAPPER.readTree(Files.readAllBytes(next)), "revision").asLong() == journal.wantedRevision()) {
                AtomicFile.move(next, home.desired(name));
                return;
            }
        } catch (IOException torn) {
            LOG.debug("{} was not written to its end", next, torn);
        }
        Files.delete(next);
    }

    public List<AppName> names() {
        synchronized (lock) {
            return List.copyOf(apps.keySet());
        }
    }

    public List<App> all() {
        synchronized (lock) {
            return List.copyOf(apps.values());
        }
    }

    public Optional<App> find(AppName name) {
        synchronized (lock) {
            return Optional.ofNullable(apps.get(name));
        }
    }

    public Optional<App> find(AppId id) {
        synchronized (lock) {
            return apps.values().stream().filter(app -> app.id().equals(id)).findFirst();
        }
    }

    /// @throws UserError with exit code 20 when there is no such app
    public App get(AppName name) {
        return find(name).orElseThrow(() -> UserError.noSuchApp(name));
    }

    /// @throws UserError with exit code 20 when there is no such app
    public ReleaseJournal journal(AppName name) {
        synchronized (lock) {
            return Optional.ofNullable(journals.get(name)).orElseThrow(() -> UserError.noSuchApp(name));
        }
    }

    public Global global() {
        synchronized (lock) {
            return global;
        }
    }

    /// Makes a new app.
    ///
    /// @throws UserError when the name is taken
    public App create(AppName name) throws IOException {
        synchronized (lock) {
            if (apps.containsKey(name)) {
                throw new UserError("Name is already taken");
            }
            App app = App.create(name, AppId.random(), clock.instant(), global);
            Home.createPrivate(home.app(name));
            AtomicFile.write(home.desired(name), StateJson.indented(StateJson.fromApp(app)));
            AtomicFile.syncFolder(home.apps());
            journals.put(name, ReleaseJournal.open(home.journal(name), name));
            apps.put(name, app);
            return app;
        }
    }

    /// Stores a changed app that runs as before.
    public void store(App app) throws IOException {
        AtomicFile.write(home.desired(app.name()), StateJson.indented(StateJson.fromApp(app)));
        remember(app);
    }

    /// Writes a changed app beside the old one, to take effect with the next [#live] of its revision.
    public void prepare(App app) throws IOException {
        AtomicFile.write(home.app(app.name()).resolve(NEXT), StateJson.indented(StateJson.fromApp(app)));
    }

    /// The commit point: from here on the release is live and a prepared app of the marker's revision holds, whatever happens.
    public void live(AppName name, ReleaseJournal.Marker marker) throws IOException {
        journal(name).live(marker);
    }

    /// Lets a prepared app, if there is one, take the place of the old one: the journal wants it already.
    public void adopt(App app) throws IOException {
        Path next = home.app(app.name()).resolve(NEXT);
        if (Files.exists(next)) {
            AtomicFile.move(next, home.desired(app.name()));
        }
        remember(app);
    }

    /// Drops a prepared app.
    public void forget(AppName name) throws IOException {
        Files.deleteIfExists(home.app(name).resolve(NEXT));
    }

    private void remember(App app) {
        synchronized (lock) {
            apps.computeIfPresent(app.name(), (name, former) -> app.withRelease(journals.get(name).currentRelease()).withGlobal(global));
        }
    }

    public void storeGlobal(Global changed) throws IOException {
        synchronized (lock) {
            AtomicFile.write(home.settings(), StateJson.indented(StateJson.fromGlobal(changed)));
            global = changed;
            apps.replaceAll((name, app) -> app.withGlobal(changed));
        }
    }

    /// Removes an app with everything that the home holds of it.
    public void destroy(AppName name) throws IOException {
        synchronized (lock) {
            toTrash(home.app(name));
            apps.remove(name);
            journals.remove(name);
        }
        emptyTrash();
    }

    private void toTrash(Path folder) throws IOException {
        AtomicFile.move(folder, home.trash().resolve(folder.getFileName() + "-" + AppId.random()));
    }

    private void emptyTrash() {
        try (var found = Files.list(home.trash())) {
            for (Path folder : found.toList()) {
                delete(folder);
            }
        } catch (IOException | UncheckedIOException failed) {
            LOG.warn("{} could not be emptied: {}", home.trash(), failed.getMessage());
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failed) throws IOException {
                if (failed instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failed;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failed) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
