package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.core.git.Repositories;
import hokku.core.state.BuildRecords.Removed;
import hokku.core.state.Catalogue;
import hokku.core.state.ReleaseJournal;
import hokku.core.state.ReleaseJournal.Marker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes what nobody needs any more: images that no kept release is made of, old builds, what destroyed apps left. Only what is
/// surely this server's.
public final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private final Catalogue catalogue;
    private final DeployQueue queue;
    private final AppLocks locks;
    private final Images images;
    private final Repositories repositories;
    private final Builds builds;
    private final FreeSpace space;

    Housekeeping(Catalogue catalogue, DeployQueue queue, AppLocks locks, Images images, Repositories repositories, Builds builds,
            FreeSpace space) {
        this.catalogue = catalogue;
        this.queue = queue;
        this.locks = locks;
        this.images = images;
        this.repositories = repositories;
        this.builds = builds;
        this.space = space;
    }

    /// What was removed.
    ///
    /// @param images their names
    /// @param builds old records and outputs of builds
    /// @param trash what destroyed apps had left
    /// @param busy apps that were left alone, since they are being deployed
    /// @param failed what went wrong, by app
    public record Freed(List<String> images, Removed builds, Removed trash, List<AppName> busy, Map<AppName, String> failed) {}

    /// Cleans up one app.
    public Freed clean(AppName app) throws InterruptedException {
        catalogue.get(app);
        return clean(List.of(app), false);
    }

    /// Cleans up all apps, and what is left of those that are no more.
    ///
    /// @param pack whether the repositories are packed too, which takes its time
    public Freed cleanAll(boolean pack) throws InterruptedException {
        Freed freed = clean(catalogue.names(), pack);
        List<String> all = new ArrayList<>(freed.images());
        // Whose images they are cannot be told while an app cannot be read.
        if (!catalogue.names().isEmpty() && catalogue.unreadable().isEmpty()) {
            all.addAll(strays());
        }
        return new Freed(all, freed.builds(), catalogue.emptyTrash(), freed.busy(), freed.failed());
    }

    /// Images that are named after apps that are not there; under the lock of the name, since one may be about to get it.
    private List<String> strays() throws InterruptedException {
        List<String> removed = new ArrayList<>();
        for (Map.Entry<AppName, List<String>> each : images.owned().entrySet()) {
            if (catalogue.find(each.getKey()).isEmpty()) {
                try (AppLocks.Held _ = locks.hold(each.getKey())) {
                    if (catalogue.find(each.getKey()).isEmpty()) {
                        List<String> names = new ArrayList<>(each.getValue());
                        names.removeAll(needed());
                        removed.addAll(images.remove(names));
                    }
                }
            }
        }
        return removed;
    }

    private Freed clean(List<AppName> apps, boolean pack) throws InterruptedException {
        List<String> swept = new ArrayList<>();
        List<AppName> busy = new ArrayList<>();
        Map<AppName, String> failed = new TreeMap<>();
        Removed old = Removed.NOTHING;
        for (AppName name : apps) {
            try {
                Optional<App> app = catalogue.find(name);
                old = old.plus(app.isPresent() ? builds.prune(app.get()) : Removed.NOTHING);
                if (!whileIdle(name, pack ? "the upkeep" : "a cleanup", found -> tidy(found, pack, swept))) {
                    busy.add(name);
                }
            } catch (UserError refused) {
                failed.put(name, refused.getMessage());
            } catch (RuntimeException defect) {
                LOG.error("{} could not be tidied", name, defect);
                failed.put(name, String.valueOf(defect.getMessage()));
            }
        }
        return new Freed(List.copyOf(swept), old, Removed.NOTHING, busy, failed);
    }

    private void tidy(App app, boolean pack, List<String> swept) throws IOException {
        swept.addAll(images.sweep(app, kept(app)));
        if (pack && repositories.exists(app.name())) {
            repositories.gc(app.name());
        }
    }

    /// Removes images of an app that no kept release needs, in the background; does nothing while the app is being deployed.
    void sweepLater(AppName app) {
        Thread.ofVirtual().name("sweep " + app).start(() -> {
            try {
                whileIdle(app, "a cleanup", found -> images.sweep(found, kept(found)));
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException failed) {
                LOG.warn("{}: images that are not needed could not be removed: {}", app, failed.getMessage());
            }
        });
    }

    /// The disks that everything is on, and what is free on them.
    public List<FreeSpace.Disk> disks() {
        return space.disks();
    }

    private interface Work {
        void on(App app) throws IOException;
    }

    /// @return whether nothing was in the way
    private boolean whileIdle(AppName app, String what, Work work) throws InterruptedException {
        Optional<DeployQueue.Turn> turn = queue.takeIfFree(app, what);
        if (turn.isEmpty()) {
            return false;
        }
        // The lock too: a rollback may be about to start what nothing needed until now.
        try (DeployQueue.Turn _ = turn.get(); AppLocks.Held _ = locks.hold(app)) {
            Optional<App> found = catalogue.find(app);
            if (found.isPresent()) {
                work.on(found.get());
            }
            return true;
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    private Set<String> needed() {
        Set<String> tags = new HashSet<>();
        try {
            for (App app : catalogue.all()) {
                kept(app).forEach(release -> tags.add(release.tag()));
            }
            return tags;
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// The releases whose image stays: the live one, and the last ones that were live.
    private List<Release> kept(App app) throws IOException {
        int most = app.value(CoreSettings.KEPT_RELEASES).orElseThrow();
        Map<Integer, Release> releases = new LinkedHashMap<>();
        ReleaseJournal journal = catalogue.journal(app.name());
        journal.releases().forEach(release -> releases.put(release.number(), release));
        List<Integer> lastLive = journal.markers().reversed().stream().map(Marker::release).filter(releases::containsKey).distinct()
                .limit(most).toList();
        if (app.release().isPresent() && !lastLive.contains(app.release().get().number())) {
            // Whoever took the journal away must not lose the images too.
            throw new IOException("the journal of " + app.name() + " does not know the release that is live");
        }
        return lastLive.stream().map(releases::get).toList();
    }
}
