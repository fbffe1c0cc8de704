package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Domain;
import hokku.api.Endpoint;
import hokku.api.Global;
import hokku.api.Identity;
import hokku.api.Instance;
import hokku.api.Live;
import hokku.api.Output;
import hokku.api.Release;
import hokku.api.Setting;
import hokku.api.SourceTree;
import hokku.api.Uninterruptible;
import hokku.api.UserError;
import hokku.api.hook.AppEvent;
import hokku.api.spi.Proxy;
import hokku.api.spi.Scheduler;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Catalogue;
import hokku.core.state.ReleaseJournal.Marker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The apps of this server, and the one road for every change of what should be.
public final class LiveApps implements Apps {
    private final Catalogue catalogue;
    private final Snapshots snapshots;
    private final AppLocks locks;
    private final Domains domains;
    private final Routing routing;
    private final Rollouts rollouts;
    private final Images images;
    private final Sources sources;

    LiveApps(Catalogue catalogue, Snapshots snapshots, AppLocks locks, Domains domains, Routing routing, Rollouts rollouts,
            Images images, Sources sources) {
        this.catalogue = catalogue;
        this.snapshots = snapshots;
        this.locks = locks;
        this.domains = domains;
        this.routing = routing;
        this.rollouts = rollouts;
        this.images = images;
        this.sources = sources;
    }

    @Override
    public List<AppName> list() {
        return catalogue.names();
    }

    @Override
    public Optional<App> find(AppName name) {
        return catalogue.find(name);
    }

    @Override
    public Global global() {
        return catalogue.global();
    }

    @Override
    public List<String> urls(AppName name) {
        return routing.urls(catalogue.get(name));
    }

    @Override
    public List<Domain> domains(App app) {
        return domains.of(app);
    }

    @Override
    public Optional<SourceTree> source(AppName name, Optional<String> branch) {
        return sources.tree(name, branch);
    }

    @Override
    public List<Instance> instances(AppName name) {
        App app = catalogue.get(name);
        try (Snapshots.Lease lease = snapshots.lease()) {
            return rollouts.home(lease.registry(), app).value().instances(app.id());
        }
    }

    /// The containers of the live release, without those that only finish what they serve.
    public List<Instance> live(AppName name) {
        App app = catalogue.get(name);
        try (Snapshots.Lease lease = snapshots.lease()) {
            return rollouts.live(lease.registry(), app);
        }
    }

    /// The release that an app has.
    ///
    /// @throws UserError when it was never deployed
    public static Release deployed(App app) {
        return app.release().orElseThrow(() -> new UserError("App " + app.name() + " has not been deployed"));
    }

    /// Why nobody can reach an app from outside, and what to do about it.
    public String unreachable(AppName name) {
        return routing.unreachable(catalogue.get(name));
    }

    /// Makes a new app.
    ///
    /// @throws UserError when the name is taken
    public App create(AppName name) {
        try (Snapshots.Lease lease = snapshots.lease()) {
            App app = catalogue.create(name);
            new Hooks(lease.registry()).tell(new AppEvent.Created(name, app.id()));
            return app;
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    @Override
    public App change(AppName name, UnaryOperator<App> change, Restart restart, Output out) throws InterruptedException {
        return change(name, change, restart, "change", Identity.SERVER, out);
    }

    private App change(AppName name, UnaryOperator<App> change, Restart restart, String why, Identity by, Output out)
            throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease(); AppLocks.Held _ = locks.hold(name)) {
            App before = catalogue.get(name);
            App changed = change.apply(before);
            if (!changed.id().equals(before.id()) || !changed.name().equals(name) || !changed.release().equals(before.release())) {
                throw new IllegalArgumentException("a change must keep the name, the id and the release of " + name);
            }
            SchedulerChoice.demandInstalled(lease.registry(), before.settings(), changed.settings());
            boolean same = changed.equals(before);
            App after = same ? before : changed.withRevision(before.revision() + 1);
            // What is there already is done once more: it may have failed half way before.
            Need need = !same ? Need.of(lease.registry(), before, after) : after.stopped() ? Need.STOP : Need.ROUTE;
            try (Domains.Claim _ = domains.claim(after, domains.of(after))) {
                apply(lease, before, after, restart == Restart.NEVER && need == Need.ROLLOUT ? Need.ROUTE : need, why, by, out);
            }
            if (!same) {
                new Hooks(lease.registry()).tell(new AppEvent.Changed(name, after.id()));
            }
            return catalogue.get(name);
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    private void apply(Snapshots.Lease lease, App before, App after, Need need, String why, Identity by, Output out)
            throws InterruptedException, IOException {
        Registry registry = lease.registry();
        if (before.release().isEmpty()) {
            catalogue.store(after);
            return;
        }
        Release release = before.release().get();
        switch (after.stopped() && need == Need.ROLLOUT ? Need.STORE : need) {
            case STORE -> catalogue.store(after);
            case ROUTE -> reroute(registry, before, after, release, out);
            case STOP -> stop(registry, before, after, release, out);
            case ROLLOUT -> rollouts.roll(lease, new Rollouts.Order(before, after, release, why, by, Optional.empty()), out);
        }
    }

    /// The route is validated before anything is stored, and stored before it goes live: a crash between leaves the next start to
    /// make the route that was stored.
    private void reroute(Registry registry, App before, App after, Release release, Output out) throws InterruptedException, IOException {
        Proxy.Change prepared = routing.prepare(registry, after, release, endpoints(registry, after), out);
        switchTo(registry, before, after, prepared);
    }

    private void switchTo(Registry registry, App before, App after, Proxy.Change prepared) throws InterruptedException, IOException {
        try {
            Uninterruptible.call("route " + after.name(), () -> {
                try {
                    catalogue.store(after);
                } catch (IOException failed) {
                    prepared.discard();
                    throw failed;
                }
                try {
                    return Failures.in(routing.proxy(registry, after).plugin(), "switching the route", () -> {
                        prepared.commit();
                        return after;
                    });
                } catch (UserError | InterruptedException refused) {
                    catalogue.store(before);
                    throw refused;
                }
            });
        } catch (InterruptedException | IOException | RuntimeException failed) {
            throw failed;
        } catch (Exception unexpected) {
            throw Failures.defect("core", "switching the route", unexpected);
        }
    }

    /// Where the live deployment answers now.
    private List<Endpoint> endpoints(Registry registry, App app) {
        return app.stopped() ? List.of() : rollouts.live(registry, app).stream().flatMap(instance -> instance.endpoints().stream()).toList();
    }

    private void stop(Registry registry, App before, App after, Release release, Output out) throws InterruptedException, IOException {
        Scheduler scheduler = rollouts.home(registry, before).value();
        Proxy.Change prepared = routing.prepare(registry, after, release, List.of(), out);
        switchTo(registry, before, after, prepared);
        scheduler.retire(after.id(), instance -> true);
        Elsewhere.each(registry, after, scheduler, "removing containers", other -> other.retire(after.id(), instance -> true),
                left -> out.warn(left + ". The server removes it when that answers, or at its next start"));
    }

    @Override
    public Global changeGlobal(UnaryOperator<Global> change, Restart restart, Output out) throws InterruptedException {
        Global before;
        Global after;
        synchronized (catalogue) {
            before = catalogue.global();
            after = change.apply(before);
            try (Snapshots.Lease lease = snapshots.lease()) {
                SchedulerChoice.demandInstalled(lease.registry(), before.settings(), after.settings());
            }
            if (!after.domains().equals(before.domains())) {
                domains.demandNoClash(after);
            }
            try {
                catalogue.storeGlobal(after);
            } catch (IOException failed) {
                throw Failures.storage(failed);
            }
        }
        List<String> failures = new ArrayList<>();
        for (AppName name : catalogue.names()) {
            try {
                Failures.in("core", "following the change", () -> {
                    follow(name, before, after, restart, out);
                    return name;
                });
            } catch (UserError failed) {
                out.warn(name + ": " + failed.getMessage());
                failures.add(name.value());
            }
        }
        if (!failures.isEmpty()) {
            throw new UserError("The change is stored, but these apps could not follow it and run as before: " + String.join(", ", failures)
                    + ". Mend what is said above, then run ps:restart for each");
        }
        return after;
    }

    private void follow(AppName name, Global before, Global after, Restart restart, Output out) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease(); AppLocks.Held _ = locks.hold(name)) {
            Optional<App> found = catalogue.find(name);
            if (found.isEmpty() || found.get().release().isEmpty()) {
                return;
            }
            App app = found.get();
            App former = app.withGlobal(before);
            boolean routed = !before.domains().equals(after.domains())
                    || Need.changed(lease.registry(), former, app.withGlobal(after), Setting.Effect.ROUTE);
            boolean rolls = Need.of(lease.registry(), former, app.withGlobal(after)) == Need.ROLLOUT && restart == Restart.IF_NEEDED;
            if (rolls || routed) {
                out.step((rolls ? "Restarting app " : "Routing app ") + name);
                apply(lease, former, app, rolls ? Need.ROLLOUT : Need.ROUTE, "global", Identity.SERVER, out);
            }
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    @Override
    public void restart(AppName name, Output out) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease(); AppLocks.Held _ = locks.hold(name)) {
            App app = catalogue.get(name);
            Release release = deployed(app);
            if (!app.stopped()) {
                rollouts.roll(lease, new Rollouts.Order(app, app, release, "restart", Identity.SERVER, Optional.empty()), out);
            }
        }
    }

    /// Replaces the containers of the live release by new ones, without downtime; an app that is stopped is started.
    ///
    /// @throws UserError when the app was never deployed
    public Live restart(AppName name, Identity by, Output out) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease(); AppLocks.Held _ = locks.hold(name)) {
            App before = catalogue.get(name);
            Release release = deployed(before);
            App after = before.stopped() ? before.withStopped(false).withRevision(before.revision() + 1) : before;
            Live live = rollouts.roll(lease, new Rollouts.Order(before, after, release, "restart", by, Optional.empty()), out);
            if (after != before) {
                new Hooks(lease.registry()).tell(new AppEvent.Changed(name, after.id()));
            }
            return live;
        }
    }

    /// Brings back the code and the variables of an earlier release; everything else stays.
    public Live rollback(AppName name, Optional<Integer> number, Identity by, Output out) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease(); AppLocks.Held _ = locks.hold(name)) {
            App before = catalogue.get(name);
            DeployLock.demandOpen(before);
            Release target = new RollbackTarget(catalogue, images).of(before, number);
            out.step("Rolling back " + name + " to release " + target.number());
            App after = before.withEnv(target.env()).withStopped(false).withRelease(Optional.of(target)).withRevision(before.revision() + 1);
            try (Domains.Claim _ = domains.claim(after, domains.of(after))) {
                Rollouts.Order order = new Rollouts.Order(before, after, target, "rollback", by, Optional.empty());
                Live live = rollouts.roll(lease, order, out);
                new Hooks(lease.registry()).tell(new AppEvent.Changed(name, after.id()));
                return live;
            }
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// Removes an app with its containers, images and releases. Nothing of it is removed while the engine that runs it does not answer.
    public void destroy(AppName name, Output out) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease(); AppLocks.Held _ = locks.hold(name)) {
            App app = catalogue.get(name);
            Registry registry = lease.registry();
            Registry.Contribution<Scheduler> scheduler = rollouts.home(registry, app);
            scheduler.value().instances(app.id());
            unroute(registry, app, out);
            Failures.in(scheduler.plugin(), "removing containers", () -> {
                scheduler.value().destroy(app);
                return app;
            });
            Elsewhere.each(registry, app, scheduler.value(), "removing containers", other -> other.destroy(app),
                    left -> out.warn(left + ". Containers among it are removed by the next start of the server"));
            images.sweep(app, List.of());
            catalogue.destroy(name);
            new Hooks(registry).tell(new AppEvent.Destroyed(name, app.id()));
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// A proxy that cannot does not keep the app: to destroy apps is what helps when the disk is full.
    private void unroute(Registry registry, App app, Output out) throws InterruptedException {
        try {
            Registry.Contribution<Proxy> proxy = routing.proxy(registry, app);
            Failures.in(proxy.plugin(), "removing the route", () -> {
                proxy.value().unroute(app.name());
                return app;
            });
        } catch (UserError failed) {
            out.warn("The route of " + app.name() + " is left: " + failed.getMessage() + ". The next start of the server removes it");
        }
    }

    /// A release, and when it was live.
    ///
    /// @param last when it went live for the last time; empty when it never did
    public record Past(Release release, boolean live, Optional<java.time.Instant> last) {}

    /// Every release of an app, the oldest first.
    public List<Past> releases(AppName name) {
        try {
            int live = catalogue.get(name).release().map(Release::number).orElse(0);
            List<Marker> markers = catalogue.journal(name).markers();
            return catalogue.journal(name).releases().stream().map(release -> new Past(release, release.number() == live, markers.stream()
                    .filter(marker -> marker.release() == release.number()).map(Marker::at).reduce((first, second) -> second))).toList();
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }
}
