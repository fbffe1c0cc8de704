package hokku.core.plugin;

import hokku.api.UserError;
import hokku.core.state.Home;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads plugins and exchanges them while the server runs. Safe for use by several threads.
///
/// A change makes a whole new snapshot first; only a sound one takes the place of the one in force. Files are touched between the
/// two, so that what does not load is never found at the next start.
public final class PluginHost implements Snapshots, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginHost.class);

    /// What is to change on disk once the new snapshot has proven sound.
    @FunctionalInterface
    private interface FileChange {
        void make() throws IOException;
    }

    private final Home home;
    private final Jars jars;
    private final Jobs jobs;
    private final Duration patience;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    /// Held while plugins or their files change.
    private final ReentrantLock changing = new ReentrantLock();
    /// Snapshots that are not closed. Guarded by the lock.
    private final Set<Snapshot> open = new HashSet<>();
    private volatile Optional<Snapshot> current = Optional.empty();
    private List<BuiltIn> builtIns = List.of();
    private Optional<Services> services = Optional.empty();
    private boolean jobsRun;

    /// @param shipped the folder of the jars that came with the program
    /// @param patience how long plugins that were replaced stay open for those who still use them
    public PluginHost(Home home, Path shipped, Clock clock, Duration patience) {
        this.home = home;
        this.jars = new Jars(home, shipped);
        this.jobs = new Jobs(clock);
        this.patience = patience;
        // The JDK keeps jars open for ever that somebody read a resource of, unless told not to.
        URLConnection.setDefaultUseCaches("jar", false);
    }

    /// Loads what is there; what cannot be loaded is logged, listed, and left out.
    ///
    /// @throws IllegalStateException when something built in does not load
    public void start(Services given, List<BuiltIn> parts) throws IOException {
        changing.lock();
        try {
            services = Optional.of(given);
            builtIns = List.copyOf(parts);
            jars.cleanAll();
            use(load(jars.find(), jars.disabled()));
        } finally {
            changing.unlock();
        }
    }

    /// Starts the jobs, and those of later snapshots as they come into force. The server calls it when it is ready for them.
    public void startJobs() {
        changing.lock();
        try {
            jobsRun = true;
            jobs.start(inForce());
        } finally {
            changing.unlock();
        }
    }

    /// Calls the listener whenever other plugins have come into force, on the thread that changed them.
    public void onSwap(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public Lease lease() {
        while (true) {
            Optional<Lease> lease = inForce().lease();
            if (lease.isPresent()) {
                return lease.get();
            }
            Thread.onSpinWait();
        }
    }

    /// All plugins, sorted by id, broken and disabled ones too.
    public List<PluginInfo> plugins() {
        return inForce().plugins();
    }

    /// The jobs in force whose last run failed.
    public List<FailedJob> failedJobs() {
        return jobs.failed(inForce().registry().jobs());
    }

    /// Loads all plugins anew.
    ///
    /// @throws UserError when that would break something, with the reason; the plugins in force stay then
    public List<PluginInfo> reload() throws IOException {
        changing.lock();
        try {
            return change("The plugins were not reloaded, those in force stay", jars.find(), jars.disabled(), plugin -> false, () -> {});
        } finally {
            changing.unlock();
        }
    }

    /// Adds a plugin, or replaces one that was added by another version of it, once it has proven sound.
    public PluginInfo install(InputStream jar) throws IOException {
        // Outside the lock: the client may be slow.
        Path received;
        try {
            received = jars.receive(jar);
        } catch (IOException e) {
            throw new UserError(UserError.FAILED, "The plugin was not installed: its jar could not be stored in " + home.pluginCopies()
                    + " (" + e.getMessage() + "). Is the disk full?", e);
        }
        try {
            changing.lock();
            try {
                return install(received);
            } finally {
                changing.unlock();
            }
        } finally {
            Files.deleteIfExists(received);
        }
    }

    private PluginInfo install(Path received) throws IOException {
        Manifests manifests = new Manifests();
        String id;
        try {
            id = manifests.read(received).id();
        } catch (UnsoundPlugin e) {
            throw new UserError(UserError.FAILED, "The plugin was not installed: the jar " + e.getMessage(), e);
        }
        String file = home.pluginJar(id).getFileName().toString();
        List<Jars.Found> found = new ArrayList<>(jars.find());
        List<Jars.Found> replaced = found.stream().filter(one -> one.origin() == Origin.ADDED)
                .filter(one -> one.name().equals(file) || holds(manifests, one, id)).toList();
        found.removeAll(replaced);
        found.add(new Jars.Found(received, Origin.ADDED, file));
        Set<String> disabled = new HashSet<>(jars.disabled());
        disabled.remove(id);
        List<PluginInfo> plugins = change("Plugin " + id + " was not installed", found, disabled, plugin -> plugin.file().equals(file), () -> {
            jars.keep(received, id);
            for (Jars.Found old : replaced) {
                if (!old.name().equals(file)) {
                    jars.delete(old.file());
                }
            }
            jars.enable(id);
        });
        return plugins.stream().filter(plugin -> plugin.file().equals(file)).findFirst().orElseThrow();
    }

    private static boolean holds(Manifests manifests, Jars.Found jar, String id) {
        try {
            return manifests.read(jar.file()).id().equals(id);
        } catch (UnsoundPlugin e) {
            LOG.debug("{} {}", jar.name(), e.getMessage());
            return false;
        }
    }

    /// Removes a plugin that was added.
    ///
    /// @param name its id, or the name of its file
    public void uninstall(String name) throws IOException {
        changing.lock();
        try {
            List<PluginInfo> named = plugins().stream().filter(one -> one.id().equals(name) || one.file().equals(name)).toList();
            if (named.isEmpty()) {
                throw new UserError("Plugin (" + name + ") is not currently installed. `plugin:list` shows what is");
            }
            List<PluginInfo> added = named.stream().filter(one -> one.origin() == Origin.ADDED).toList();
            if (added.isEmpty()) {
                throw new UserError("Cannot uninstall a core plugin: " + name + " came with Hokku."
                        + (named.getFirst().origin() == Origin.SHIPPED ? " `plugin:disable " + name + "` switches it off" : ""));
            }
            Set<String> files = added.stream().map(PluginInfo::file).collect(Collectors.toSet());
            List<Jars.Found> found = new ArrayList<>(jars.find());
            List<Jars.Found> removed = found.stream().filter(one -> one.origin() == Origin.ADDED && files.contains(one.name())).toList();
            found.removeAll(removed);
            Set<String> disabled = new HashSet<>(jars.disabled());
            // The mark stays where it concerns a shipped plugin that has the same id.
            boolean last = named.size() == added.size() && disabled.remove(added.getFirst().id());
            change("Plugin " + name + " was not uninstalled", found, disabled, plugin -> false, () -> {
                for (Jars.Found one : removed) {
                    jars.delete(one.file());
                }
                if (last) {
                    jars.enable(added.getFirst().id());
                }
            });
        } finally {
            changing.unlock();
        }
    }

    /// Lets a disabled plugin take part again.
    public void enable(String id) throws IOException {
        changing.lock();
        try {
            PluginInfo plugin = existing(id);
            if (plugin.state() != PluginInfo.State.DISABLED) {
                throw new UserError("Plugin already enabled"
                        + (plugin.state() == PluginInfo.State.BROKEN ? ", and broken: " + id + " " + plugin.reason() : ": " + id));
            }
            Set<String> disabled = new HashSet<>(jars.disabled());
            disabled.remove(id);
            change("Plugin " + id + " was not enabled", jars.find(), disabled, one -> one.id().equals(id), () -> jars.enable(id));
        } finally {
            changing.unlock();
        }
    }

    /// Keeps a plugin from taking part, until it is enabled.
    public void disable(String id) throws IOException {
        changing.lock();
        try {
            PluginInfo plugin = existing(id);
            if (plugin.origin() == Origin.BUILT_IN) {
                throw new UserError("Cannot disable a core plugin: the server does not run without " + id);
            }
            if (plugin.state() == PluginInfo.State.DISABLED) {
                throw new UserError("Plugin already disabled: " + id);
            }
            Set<String> disabled = new HashSet<>(jars.disabled());
            disabled.add(id);
            change("Plugin " + id + " was not disabled", jars.find(), disabled, one -> false, () -> jars.disable(id));
        } finally {
            changing.unlock();
        }
    }

    /// Stops the jobs and closes all plugins, whoever uses them.
    @Override
    public void close() {
        changing.lock();
        try {
            jobsRun = false;
            jobs.stop();
            current = Optional.empty();
            open.forEach(Snapshot::close);
            open.clear();
        } finally {
            changing.unlock();
        }
    }

    private PluginInfo existing(String id) {
        return plugins().stream().filter(plugin -> plugin.id().equals(id)).findFirst()
                .orElseThrow(() -> new UserError("Plugin does not exist: " + id + ". `plugin:list` shows what is there"));
    }

    private Snapshot inForce() {
        return current.orElseThrow(() -> new IllegalStateException("the plugins are not loaded yet, or closed already"));
    }

    private Snapshot load(List<Jars.Found> found, Set<String> disabled) {
        return new Loading(home, jars, services.orElseThrow()).load(builtIns, found, disabled);
    }

    /// @param mustLoad the plugins that the change is about: broken ones stop it even if they were broken before
    private List<PluginInfo> change(String otherwise, List<Jars.Found> found, Set<String> disabled, Predicate<PluginInfo> mustLoad,
            FileChange files) throws IOException {
        Snapshot next = load(found, disabled);
        boolean used = false;
        try {
            List<String> objections = Soundness.objections(inForce(), next, mustLoad, services.orElseThrow().usage());
            if (!objections.isEmpty()) {
                throw new UserError(otherwise + ": " + String.join("; ", objections));
            }
            make(files, otherwise);
            use(next);
            used = true;
        } finally {
            if (!used) {
                next.close();
                jars.clean(used());
            }
        }
        listeners.forEach(Runnable::run);
        return next.plugins();
    }

    private static void make(FileChange files, String otherwise) {
        try {
            files.make();
        } catch (IOException e) {
            throw new UserError(UserError.FAILED, otherwise + ": its files could not be changed (" + e.getMessage() + ")", e);
        }
    }

    /// Puts a snapshot into force. The jobs of the former one stop at once; its plugins close when nobody uses them any more.
    private void use(Snapshot next) {
        Optional<Snapshot> former = current;
        LOG.info("Plugins in force: {}", next.plugins().stream().filter(plugin -> plugin.state() == PluginInfo.State.ENABLED)
                .map(plugin -> plugin.id() + " " + plugin.version()).collect(Collectors.joining(", ")));
        jobs.stop();
        open.add(next);
        current = Optional.of(next);
        if (jobsRun) {
            jobs.start(next);
        }
        former.ifPresent(old -> Thread.ofVirtual().name("plugins closing").start(() -> close(old)));
    }

    private void close(Snapshot old) {
        old.closeWhenUnused(patience);
        changing.lock();
        try {
            open.remove(old);
            // After the end of the host they may be the next one's.
            if (current.isPresent()) {
                jars.clean(used());
            }
        } catch (IOException e) {
            LOG.warn("Copies of plugins could not be removed", e);
        } finally {
            changing.unlock();
        }
    }

    private Set<Path> used() {
        return open.stream().flatMap(snapshot -> snapshot.copies().stream()).collect(Collectors.toSet());
    }
}
