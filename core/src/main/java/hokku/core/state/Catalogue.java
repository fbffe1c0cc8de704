package hokku.core.state;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Global;
import hokku.api.UserError;
import hokku.core.state.BuildRecords.Removed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    /// Guards `apps`, `journals`, `unreadable` and `global`.
    private final Object lock = new Object();
    private final SortedMap<AppName, App> apps = new TreeMap<>();
    private final Map<AppName, ReleaseJournal> journals = new TreeMap<>();
    /// Folders among the apps' that hold something, but nothing that can be read.
    private final Set<String> unreadable = new HashSet<>();
    private Global global = Global.EMPTY;

    public Catalogue(Home home, Clock clock) {
        this.home = home;
        this.clock = clock;
    }

    /// Reads everything, and finishes what a crash left half done. An app that cannot be read is reported and left out.
    ///
    /// @throws UserError when the settings that hold for all apps cannot be read
    public void load() throws IOException {
        synchronized (lock) {
            global = readGlobal();
            apps.clear();
            journals.clear();
            unreadable.clear();
            List<Path> folders;
            try (var found = Files.list(home.apps())) {
                folders = found.toList();
            }
            Global shared = global;
            for (Found app : folders.parallelStream().map(folder -> find(folder, shared)).toList()) {
                app.read().ifPresentOrElse(read -> {
                    apps.put(read.app().name(), read.app());
                    journals.put(read.app().name(), read.journal());
                }, () -> app.unreadable().ifPresent(unreadable::add));
            }
        }
        emptyTrash();
    }

    private record Read(App app, ReleaseJournal journal) {}

    /// What a folder among the apps' turned out to be: an app, something that cannot be read, or what a crash left, which is gone.
    private record Found(Optional<Read> read, Optional<String> unreadable) {}

    private Found find(Path folder, Global shared) {
        String name = folder.getFileName().toString();
        try {
            return new Found(read(AppName.of(name), shared), Optional.empty());
        } catch (IOException | RuntimeException broken) {
            LOG.error("{} cannot be read: {}. The app is left alone until this is mended and the server restarted", folder,
                    broken.getMessage(), broken);
            return new Found(Optional.empty(), Optional.of(name));
        }
    }

    private Global readGlobal() {
        if (!Files.exists(home.settings())) {
            return Global.EMPTY;
        }
        try {
            return StateJson.toGlobal(StateJson.MAPPER.readTree(Files.readAllBytes(home.settings())));
        } catch (IOException | RuntimeException broken) {
            // Without them every app would be rolled out with other variables and reached by other names.
            throw new UserError(UserError.FAILED, home.settings() + ", which holds the settings of all apps, cannot be read: "
                    + broken.getMessage() + ". Mend it or bring it back from a backup, then start the server again", broken);
        }
    }

    private Optional<Read> read(AppName name, Global shared) throws IOException {
        if (!Files.exists(home.desired(name))) {
            if (Files.exists(home.journal(name))) {
                throw new IOException(home.desired(name) + " is missing, and there are releases");
            }
            LOG.warn("{} was not made to its end; it is removed", home.app(name));
            toTrash(home.app(name));
            return Optional.empty();
        }
        ReleaseJournal journal = ReleaseJournal.open(home.journal(name), name);
        Path next = home.app(name).resolve(NEXT);
        if (Files.exists(next)) {
            finish(name, next, journal);
        }
        App app = StateJson.toApp(name, StateJson.MAPPER.readTree(Files.readAllBytes(home.desired(name))), shared);
        return Optional.of(new Read(app.withRelease(journal.currentRelease()), journal));
    }

    /// The journal decides whether a change that was prepared took effect.
    private void finish(AppName name, Path next, ReleaseJournal journal) throws IOException {
        long stored = revision(home.desired(name));
        try {
            long prepared = revision(next);
            // One that is not newer was overtaken: it could not be moved when it took effect, and others were stored since.
            if (prepared == journal.wantedRevision() && prepared > stored) {
                AtomicFile.move(next, home.desired(name));
                return;
            }
        } catch (IOException torn) {
            LOG.debug("{} was not written to its end", next, torn);
        }
        Files.delete(next);
    }

    private static long revision(Path file) throws IOException {
        return StateJson.required(StateJson.MAPPER.readTree(Files.readAllBytes(file)), "revision").asLong();
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

    /// Names of folders that may be apps and cannot be read: what belongs to them cannot be told from what belongs to nobody.
    public Set<String> unreadable() {
        synchronized (lock) {
            return Set.copyOf(unreadable);
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
            demandFree(name);
            App app = App.create(name, AppId.random(), clock.instant(), global);
            Home.createPrivate(home.app(name));
            AtomicFile.write(home.desired(name), StateJson.indented(StateJson.fromApp(app)));
            AtomicFile.syncFolder(home.apps());
            journals.put(name, ReleaseJournal.open(home.journal(name), name));
            apps.put(name, app);
            return app;
        }
    }

    /// @throws UserError when the name is taken
    public void demandFree(AppName name) {
        if (find(name).isPresent()) {
            throw new UserError("Name is already taken");
        }
        if (Files.exists(home.desired(name)) || Files.exists(home.journal(name))) {
            throw new UserError("Name is already taken by an app that the server cannot read. Its log says why; mend "
                    + home.app(name) + ", or move it away, then restart the server");
        }
    }

    /// Makes a folder that holds the whole state of an app the app's own: one move, which takes effect or not.
    ///
    /// @throws UserError when the name is taken
    public App add(App app, Path folder) throws IOException {
        synchronized (lock) {
            take(app, folder);
            return apps.get(app.name());
        }
    }

    /// Gives an app another name: one move of its folder, which takes effect or not.
    ///
    /// @throws UserError when the name is taken
    public App rename(AppName from, AppName to) throws IOException {
        synchronized (lock) {
            take(get(from).withName(to), home.app(from));
            apps.remove(from);
            journals.remove(from);
            return apps.get(to);
        }
    }

    private void take(App app, Path folder) throws IOException {
        demandFree(app.name());
        Path own = home.app(app.name());
        if (Files.exists(own)) {
            // Not made to its end: an app that was destroyed while somebody pushed to it, for instance.
            toTrash(own);
        }
        try {
            AtomicFile.move(folder, own);
            ReleaseJournal journal = ReleaseJournal.open(home.journal(app.name()), app.name());
            journals.put(app.name(), journal);
            apps.put(app.name(), app.withRelease(journal.currentRelease()).withGlobal(global));
        } catch (IOException failed) {
            if (!Files.exists(folder)) {
                AtomicFile.move(own, folder);
            }
            throw failed;
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

    /// Says that what went live last is not, and what is instead.
    public void takeBack(AppName name, ReleaseJournal.Marker former) throws IOException {
        journal(name).takeBack(former);
    }

    /// Lets a prepared app, if there is one, take the place of the old one: the journal wants it already, so that it holds even if
    /// the file cannot be moved now.
    public void adopt(App app) throws IOException {
        remember(app);
        Path next = home.app(app.name()).resolve(NEXT);
        if (Files.exists(next)) {
            AtomicFile.move(next, home.desired(app.name()));
        }
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

    /// Removes a folder of the home that did not become an app's.
    public void discard(Path folder) throws IOException {
        if (Files.exists(folder)) {
            toTrash(folder);
            emptyTrash();
        }
    }

    private void toTrash(Path folder) throws IOException {
        AtomicFile.move(folder, home.trash().resolve(folder.getFileName() + "-" + AppId.random()));
    }

    /// Removes what destroyed apps left, as far as it can be removed.
    public Removed emptyTrash() {
        Tally tally = new Tally();
        try (var found = Files.list(home.trash())) {
            for (Path folder : found.toList()) {
                Files.walkFileTree(folder, tally);
            }
        } catch (IOException | UncheckedIOException failed) {
            LOG.warn("{} could not be emptied: {}", home.trash(), failed.getMessage());
        }
        return tally.removed;
    }

    /// Deletes what it visits.
    private static final class Tally extends SimpleFileVisitor<Path> {
        private Removed removed = Removed.NOTHING;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (Files.deleteIfExists(file)) {
                removed = removed.plus(new Removed(1, attributes.size()));
            }
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
    }
}
