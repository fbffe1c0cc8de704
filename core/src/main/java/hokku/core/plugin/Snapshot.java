package hokku.core.plugin;

import hokku.api.Plugin;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Plugins that were loaded together, open for as long as somebody uses them. Safe for use by several threads.
final class Snapshot {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshot.class);

    /// A plugin that is loaded, to be closed in the end.
    ///
    /// @param context what it was given, closed after it
    record Loaded(String id, Plugin plugin, HostContext context) {}

    private final Registry registry;
    private final List<PluginInfo> plugins;
    private final List<Loaded> loaded;
    private final Loaders loaders;
    private final Set<Path> copies;
    /// How many leases are out. Guarded by this object, as is `closed`.
    private int users;
    private boolean closed;

    /// @param loaded in the order in which they were loaded
    /// @param copies the files that the loaders read
    Snapshot(Registry registry, List<PluginInfo> plugins, List<Loaded> loaded, Loaders loaders, Set<Path> copies) {
        this.registry = registry;
        this.plugins = List.copyOf(plugins);
        this.loaded = List.copyOf(loaded);
        this.loaders = loaders;
        this.copies = Set.copyOf(copies);
    }

    Registry registry() {
        return registry;
    }

    /// Every plugin that was looked at, sorted by id; broken and disabled ones too.
    List<PluginInfo> plugins() {
        return plugins;
    }

    Set<Path> copies() {
        return copies;
    }

    /// @return empty when it is closed already
    synchronized Optional<Snapshots.Lease> lease() {
        if (closed) {
            return Optional.empty();
        }
        users++;
        return Optional.of(new Use());
    }

    /// Waits until nobody uses it any more, at the most so long, and closes it.
    void closeWhenUnused(Duration limit) {
        Instant deadline = Instant.now().plus(limit);
        synchronized (this) {
            try {
                while (users > 0) {
                    long left = Duration.between(Instant.now(), deadline).toMillis();
                    if (left <= 0) {
                        LOG.warn("Plugins that were replaced are closed although {} deploys or sessions still use them: {} have passed",
                                users, limit);
                        break;
                    }
                    wait(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        close();
    }

    /// Closes its plugins, the last one loaded first, whoever uses them. Does nothing the second time.
    void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        loaded.reversed().forEach(Snapshot::end);
        loaders.close();
    }

    /// Closes one plugin. What it throws is its own business, and must not keep others open.
    static void end(Loaded one) {
        try (one.context) {
            one.plugin.close();
        } catch (Exception | LinkageError e) {
            LOG.error("Plugin {} failed to close", one.id, e);
        }
    }

    /// Even when it was closed because somebody used it for too long: whoever still does goes on as well as it can.
    private synchronized Snapshots.Lease again() {
        users++;
        return new Use();
    }

    private synchronized void released() {
        users--;
        notifyAll();
    }

    private final class Use implements Snapshots.Lease {
        private boolean released;

        @Override
        public Registry registry() {
            return registry;
        }

        @Override
        public Snapshots.Lease again() {
            return Snapshot.this.again();
        }

        @Override
        public synchronized void close() {
            if (!released) {
                released = true;
                Snapshot.this.released();
            }
        }
    }
}
