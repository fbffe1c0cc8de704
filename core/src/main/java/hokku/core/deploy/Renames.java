package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Endpoint;
import hokku.api.Output;
import hokku.api.Release;
import hokku.api.Uninterruptible;
import hokku.api.UserError;
import hokku.api.hook.AppEvent;
import hokku.api.spi.Proxy;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import hokku.core.state.RenameNote;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives apps other names, while what runs of them goes on: containers and networks belong to an app's id, which stays.
///
/// The move of the app's folder is the commit point. Its images have both names before, and the former route leads to the same
/// containers until the new one does; a note in the folder makes the next start of the server finish or take back what a crash cut off.
public final class Renames implements Repair {
    private static final Logger LOG = LoggerFactory.getLogger(Renames.class);

    private final Home home;
    private final Catalogue catalogue;
    private final Snapshots snapshots;
    private final AppLocks locks;
    private final DeployQueue queue;
    private final Domains domains;
    private final Routing routing;
    private final Rollouts rollouts;
    private final Images images;
    private final FaultPoints faults;

    Renames(Home home, Catalogue catalogue, Snapshots snapshots, AppLocks locks, DeployQueue queue, Domains domains, Routing routing,
            Rollouts rollouts, Images images, FaultPoints faults) {
        this.home = home;
        this.catalogue = catalogue;
        this.snapshots = snapshots;
        this.locks = locks;
        this.queue = queue;
        this.domains = domains;
        this.routing = routing;
        this.rollouts = rollouts;
        this.images = images;
        this.faults = faults;
    }

    /// Renames an app with all that it has. When it throws, the app has its former name and is reached as before.
    ///
    /// @throws UserError when the name is taken, or the app is being deployed
    public App rename(AppName from, AppName to, Output out) throws InterruptedException {
        catalogue.get(from);
        catalogue.demandFree(to);
        try (Snapshots.Lease lease = snapshots.lease(); DeployQueue.Turn _ = queue.takeBetween(from, "its rename");
                AppLocks.Held _ = locks.hold(from, to)) {
            App before = catalogue.get(from);
            catalogue.demandFree(to);
            App after = before.withName(to).withDomains(domains.renamed(before, to), before.ownDomains());
            try (Domains.Claim _ = domains.claim(after, domains.of(after))) {
                move(lease.registry(), before, after, out);
            }
            return catalogue.get(to);
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    private void move(Registry registry, App before, App after, Output out) throws InterruptedException, IOException {
        RenameNote note = new RenameNote(before.name(), after.name(), after.domains());
        Optional<Proxy.Change> route = prepared(registry, before, after, out);
        try {
            Uninterruptible.call("rename " + before.name(), () -> {
                Optional<Proxy.Change> unused = route;
                boolean done = false;
                try {
                    note.write(home);
                    nameImages(after, before.name());
                    faults.reach(FaultPoints.Point.RENAMING);
                    catalogue.rename(before.name(), after.name());
                    faults.reach(FaultPoints.Point.RENAMED);
                    catalogue.store(after);
                    unused = Optional.empty();
                    switchTo(registry, after, route);
                    done = true;
                } finally {
                    if (!done) {
                        unused.ifPresent(Proxy.Change::discard);
                        takeBack(note, before);
                    }
                }
                faults.reach(FaultPoints.Point.REROUTED);
                unroute(registry, after, note.from());
                finish(registry, note, after);
                return after;
            });
        } catch (InterruptedException | IOException | RuntimeException failed) {
            throw failed;
        } catch (Exception unexpected) {
            throw Failures.defect("core", "renaming", unexpected);
        }
    }

    /// Where the app is reached under its new name; empty when it never was deployed.
    private Optional<Proxy.Change> prepared(Registry registry, App before, App after, Output out) throws InterruptedException {
        Optional<Release> release = before.release();
        if (release.isEmpty()) {
            return Optional.empty();
        }
        List<Endpoint> endpoints = before.stopped() ? List.of()
                : rollouts.live(registry, before).stream().flatMap(instance -> instance.endpoints().stream()).toList();
        return Optional.of(routing.prepare(registry, after, release.get(), endpoints, out));
    }

    /// The images of all releases that still have one.
    private void nameImages(App app, AppName folder) throws IOException {
        for (Release release : catalogue.journal(folder).releases()) {
            if (images.has(release)) {
                images.keep(app, release.number(), release.image());
            }
        }
    }

    private void switchTo(Registry registry, App after, Optional<Proxy.Change> route) throws InterruptedException {
        if (route.isPresent()) {
            Failures.in(routing.proxy(registry, after).plugin(), "switching the route", () -> {
                route.get().commit();
                return after;
            });
        }
    }

    /// The app gets its former name back: what was prepared for the other one goes. What is left is removed by the next start.
    private void takeBack(RenameNote note, App before) {
        try {
            if (catalogue.find(note.to()).map(App::id).equals(Optional.of(before.id()))) {
                catalogue.rename(note.to(), note.from());
                catalogue.store(before);
            }
            if (catalogue.find(note.to()).isEmpty()) {
                images.sweep(before.withName(note.to()), List.of());
            }
            RenameNote.remove(home, note.from());
        } catch (IOException | RuntimeException failed) {
            LOG.warn("{} was not renamed to {}, and what was prepared for that is left until the next start of the server", note.from(),
                    note.to(), failed);
        }
    }

    /// The app has its new name: what goes by the former one goes. What fails here is done by the next start.
    private void finish(Registry registry, RenameNote note, App app) {
        try {
            if (catalogue.find(note.from()).isEmpty()) {
                images.sweep(app.withName(note.from()), List.of());
            }
            new Hooks(registry).tell(new AppEvent.Renamed(note.to(), app.id(), note.from()));
            RenameNote.remove(home, note.to());
        } catch (IOException | RuntimeException failed) {
            LOG.warn("{} is now {}, and what goes by its former name is left until the next start of the server", note.from(), note.to(),
                    failed);
        }
    }

    /// A proxy may have replaced the former route by the new one; another one has both now.
    private void unroute(Registry registry, App app, AppName former) throws InterruptedException {
        try {
            Registry.Contribution<Proxy> proxy = routing.proxy(registry, app);
            Failures.in(proxy.plugin(), "removing the former route", () -> {
                if (proxy.value().routed().contains(former)) {
                    proxy.value().unroute(former);
                }
                return former;
            });
        } catch (UserError failed) {
            LOG.warn("The former route {} of {} is left until the next start of the server: {}", former, app.name(), failed.getMessage());
        }
    }

    @Override
    public void repair(Snapshots.Lease lease) throws InterruptedException {
        for (App each : catalogue.all()) {
            try {
                Optional<RenameNote> found = RenameNote.read(home, each.name());
                if (found.isPresent()) {
                    repair(lease.registry(), found.get());
                }
            } catch (IOException | RuntimeException failed) {
                LOG.error("{}: its rename, which a crash cut off, could not be repaired", each.name(), failed);
            }
        }
    }

    private void repair(Registry registry, RenameNote note) throws InterruptedException, IOException {
        try (AppLocks.Held _ = locks.hold(note.from(), note.to())) {
            Optional<App> renamed = catalogue.find(note.to());
            if (renamed.isPresent() && RenameNote.read(home, note.to()).equals(Optional.of(note))) {
                App app = renamed.get().withDomains(note.domains(), renamed.get().ownDomains());
                catalogue.store(app);
                nameImages(app, note.to());
                // The former route leads to the app until it has its new one: the comparison that follows makes that, and removes the other.
                finish(registry, note, app);
                LOG.info("The rename of {} to {}, which a crash cut off, is finished", note.from(), note.to());
                return;
            }
            Optional<App> former = catalogue.find(note.from());
            if (former.isPresent() && RenameNote.read(home, note.from()).equals(Optional.of(note))) {
                takeBack(note, former.get());
                LOG.info("The rename of {} to {}, which a crash cut off, is taken back", note.from(), note.to());
            }
        }
    }
}
