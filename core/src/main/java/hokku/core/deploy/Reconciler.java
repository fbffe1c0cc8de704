package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.api.spi.Proxy;
import hokku.api.spi.Scheduler;
import hokku.core.git.Repositories;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Catalogue;
import hokku.core.state.ReleaseJournal.Marker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes what runs equal to what should run: at the start of the server, and whenever containers change.
///
/// The journal decides what is live. Removed is only what is provably this installation's own and not wanted; nothing at all while
/// the home holds no app.
public final class Reconciler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final Duration LONGEST_ABSENCE = Duration.ofSeconds(10);
    /// One that takes long to start must not hold up the others, and a thousand at once would be too much for the engine. Routes are
    /// made for all at once: a proxy that takes its configuration anew does so once for all that wait.
    private static final int STARTED_AT_ONCE = 8;

    private final Catalogue catalogue;
    private final Snapshots snapshots;
    private final AppLocks locks;
    private final Routing routing;
    private final Retirements retirements;
    private final Repositories repositories;
    private final Repair repair;
    private final Semaphore starts = new Semaphore(STARTED_AT_ONCE);
    private final CountDownLatch settled = new CountDownLatch(1);
    private final Pauses pauses = new Pauses();
    /// Changes that are about to be looked at.
    private final Set<Told> planned = ConcurrentHashMap.newKeySet();
    /// Where apps may have containers that have to stay until those on their own scheduler run.
    private final Set<Told> postponed = ConcurrentHashMap.newKeySet();
    /// What tells of changes. Guarded by itself.
    private final List<AutoCloseable> watches = new ArrayList<>();
    private volatile Thread settling = Thread.ofVirtual().unstarted(() -> { });

    /// A scheduler tells of an app that something changed.
    ///
    /// @param scheduler its name
    private record Told(AppId app, String scheduler) {}

    Reconciler(Catalogue catalogue, Snapshots snapshots, AppLocks locks, Routing routing, Retirements retirements,
            Repositories repositories, Repair repair) {
        this.catalogue = catalogue;
        this.snapshots = snapshots;
        this.locks = locks;
        this.routing = routing;
        this.retirements = retirements;
        this.repositories = repositories;
        this.repair = repair;
    }

    /// Repairs what needs no engine at once, and the rest in the background, as soon as the engine answers.
    public void start() {
        // Each one costs a look at a few files, which many at once wait for together.
        catalogue.all().parallelStream().forEach(this::moveRef);
        settling = Thread.ofVirtual().name("reconcile").start(this::settle);
    }

    /// Follows the schedulers that are in force now, in place of those that were before.
    public void watch() {
        synchronized (watches) {
            // Taken in here, so that whoever comes last follows the newest.
            try (Snapshots.Lease lease = snapshots.lease()) {
                List<AutoCloseable> former = List.copyOf(watches);
                watches.clear();
                for (Registry.Contribution<Scheduler> scheduler : lease.registry().schedulers().values()) {
                    watch(scheduler.value());
                }
                former.forEach(Reconciler::end);
            }
        }
    }

    private void watch(Scheduler scheduler) {
        try {
            watches.add(scheduler.watch(app -> plan(new Told(app, scheduler.name()))));
        } catch (RuntimeException | LinkageError defect) {
            LOG.error("Changes of what {} runs are not followed until plugins are loaded anew", scheduler.name(), defect);
        }
    }

    private static void end(AutoCloseable watch) {
        try {
            watch.close();
        } catch (Exception failed) {
            LOG.debug("A watch did not end well", failed);
        }
    }

    /// Waits until everything was compared once.
    ///
    /// @return whether that came true in time
    public boolean awaitSettled(Duration limit) throws InterruptedException {
        return settled.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    public boolean isSettled() {
        return settled.getCount() == 0;
    }

    private void settle() {
        Duration pause = Pauses.FIRST;
        Settling first = new Settling(catalogue, snapshots, repair, (app, listed) -> reconcile(app, Optional.of(listed), Optional.empty()));
        watch();
        try {
            while (!pauses.isClosed()) {
                try {
                    first.attempt();
                    settled.countDown();
                    LOG.info("Every app was compared with what runs");
                    return;
                } catch (UserError unavailable) {
                    LOG.warn("{}. The server answers, and tries again in {} s", unavailable.getMessage(), pause.toSeconds());
                } catch (RuntimeException | LinkageError defect) {
                    LOG.error("What runs could not be compared; the server tries again in {} s", pause.toSeconds(), defect);
                }
                if (pauses.await(pause)) {
                    return;
                }
                pause = Pauses.longer(pause, LONGEST_ABSENCE);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /// Looks at an app soon; several changes at once are looked at together.
    private void plan(Told told) {
        if (!pauses.isClosed() && planned.add(told)) {
            Thread.ofVirtual().name("follow " + told.app()).start(() -> {
                try {
                    catalogue.find(told.app()).ifPresent(app -> follow(app, Optional.of(told)));
                } finally {
                    planned.remove(told);
                }
            });
        }
    }

    private void follow(App app, Optional<Told> told) {
        try {
            reconcile(app.name(), Optional.empty(), told);
        } catch (UserError unavailable) {
            LOG.warn("{}: {}", app.name(), unavailable.getMessage());
            tryLater(app, LONGEST_ABSENCE);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /// @param atStart what runs, at the start of the server: what does not run is then started whatever its restart policy says
    /// @param told what made it look
    /// @throws UserError with exit code 69 when the engine does not answer; other trouble of one app is logged
    private void reconcile(AppName name, Optional<Listed> atStart, Optional<Told> told) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease(); AppLocks.Held _ = locks.hold(name)) {
            Optional<App> app = catalogue.find(name);
            if (app.isPresent()) {
                told.ifPresent(planned::remove);
                reconcile(lease, app.get(), atStart, told);
                pauses.forget(app.get().id());
            }
        } catch (UserError failed) {
            if (failed.exitCode() == UserError.UNAVAILABLE) {
                throw failed;
            }
            LOG.error("{} could not be repaired: {}", name, failed.getMessage());
            catalogue.find(name).ifPresent(app -> tryLater(app, LONGEST_PAUSE));
        } catch (RuntimeException | LinkageError defect) {
            if (Thread.interrupted()) {
                throw new InterruptedException(name + " was not looked at to the end");
            }
            LOG.error("{} could not be repaired", name, defect);
            catalogue.find(name).ifPresent(app -> tryLater(app, LONGEST_PAUSE));
        }
    }

    private void reconcile(Snapshots.Lease lease, App app, Optional<Listed> atStart, Optional<Told> told) throws InterruptedException {
        Registry registry = lease.registry();
        Optional<Marker> marker = catalogue.journal(app.name()).current();
        if (marker.isEmpty() || app.release().isEmpty()) {
            retireAll(registry, app, atStart);
            return;
        }
        Scheduler scheduler = SchedulerChoice.home(registry, app, marker).value();
        List<Instance> listed = atStart.isPresent() ? atStart.get().of(scheduler, app.id()) : List.of();
        Release release = app.release().get();
        Output log = new LogOutput(app.name());
        Deployment deployment = DeploymentPlan.of(marker.get(), app, release);
        Predicate<Instance> wanted = app.stopped() ? instance -> false : Rollouts.belongsTo(deployment);
        List<Scheduler> elsewhere = elsewhere(registry, app, scheduler, atStart, told);
        Running running = new Running(List.of(), true);
        if (!app.stopped()) {
            List<Instance> all = atStart.isPresent() ? listed : scheduler.instances(app.id());
            running = running(scheduler, app, deployment, wanted(all, wanted), registry, elsewhere, atStart.isPresent(), log);
        }
        Proxy.Change change = routing.prepare(registry, app, release, running.endpoints(), log);
        Proxy proxy = routing.proxy(registry, app).value();
        Failures.in(routing.proxy(registry, app).plugin(), "repairing the route", () -> {
            change.commit();
            return change;
        });
        if (listed.stream().anyMatch(instance -> instance.kind() == ProcessSpec.Kind.DEPLOY && !wanted.test(instance))) {
            retirements.retire(lease, scheduler, app, wanted, proxy, () -> { });
        }
        if (running.settled()) {
            elsewhere.forEach(other -> retireElsewhere(lease, app, other, proxy));
        }
    }

    /// The other schedulers that may run something of an app: it moved, or a crash cut a move in two. Only those that are known to
    /// answer are asked, so that one which does not keeps no app from being looked at.
    private List<Scheduler> elsewhere(Registry registry, App app, Scheduler own, Optional<Listed> atStart, Optional<Told> told) {
        List<Scheduler> others = SchedulerChoice.others(registry, own).stream().map(Registry.Contribution::value).toList();
        others.stream().filter(other -> atStart.filter(listed -> !listed.seen(other, app.id()).isEmpty()).isPresent()
                || told.filter(each -> each.scheduler().equals(other.name())).isPresent())
                .forEach(other -> postponed.add(new Told(app.id(), other.name())));
        return others.stream().filter(other -> postponed.contains(new Told(app.id(), other.name()))).toList();
    }

    /// An app that has nothing live has no containers either.
    private static void retireAll(Registry registry, App app, Optional<Listed> atStart) throws InterruptedException {
        for (Registry.Contribution<Scheduler> scheduler : registry.schedulers().values()) {
            if (atStart.filter(listed -> !listed.seen(scheduler.value(), app.id()).isEmpty()).isPresent()) {
                scheduler.value().retire(app.id(), instance -> true);
            }
        }
    }

    /// Ends what a scheduler runs of an app that is not its own: only once the app's own one runs it, and it is routed there.
    private void retireElsewhere(Snapshots.Lease lease, App app, Scheduler other, Proxy proxy) {
        postponed.remove(new Told(app.id(), other.name()));
        try {
            retirements.retire(lease, other, app, instance -> false, proxy, () -> { });
        } catch (RuntimeException | LinkageError failed) {
            LOG.warn("{}: nobody knows whether {} still runs something of it; the server looks when that tells of it, or at its next start",
                    app.name(), other.name(), failed);
        }
    }

    /// @param endpoints where it answers
    /// @param settled whether there is nothing that should run and is yet to be started
    private record Running(List<Endpoint> endpoints, boolean settled) {}

    private static List<Instance> wanted(List<Instance> all, Predicate<Instance> wanted) {
        return all.stream().filter(instance -> instance.kind() == ProcessSpec.Kind.DEPLOY && wanted.test(instance)).toList();
    }

    /// Starts what is missing, and says where what runs answers.
    ///
    /// @param present those of the deployment's containers that are there
    /// @param elsewhere other schedulers that may run something of the app
    private Running running(Scheduler scheduler, App app, Deployment deployment, List<Instance> present, Registry registry,
            List<Scheduler> elsewhere, boolean starting, Output log) throws InterruptedException {
        List<Instance> answering = present;
        int complete = deployment.processes().stream().mapToInt(ProcessSpec::count).sum();
        long alive = present.stream().filter(Reconciler::isAlive).count();
        boolean settled = alive >= complete || !pauses.isRunning(app.id());
        if (alive < complete && settled && (starting || mayHeal(app, present, complete))) {
            try {
                starts.acquire();
                try {
                    log.step("Starting " + (complete - alive) + " of " + complete + " containers of release " + deployment.release().number());
                    Deployment prepared = Rollouts.prepared(new Hooks(registry), deployment, log);
                    for (Scheduler other : elsewhere) {
                        Departure.end(other, prepared, log);
                    }
                    List<Endpoint> endpoints = scheduler.start(prepared, log);
                    return new Running(Rollouts.wanted(deployment, endpoints), true);
                } finally {
                    starts.release();
                }
            } catch (InterruptedException ended) {
                throw ended;
            } catch (UserError failed) {
                if (failed.exitCode() == UserError.UNAVAILABLE) {
                    throw failed;
                }
                LOG.error("{} could not be started again: {}", app.name(), failed.getMessage());
                tryLater(app, LONGEST_PAUSE);
            } catch (Exception defect) {
                LOG.error("{} could not be started again", app.name(), defect);
                tryLater(app, LONGEST_PAUSE);
            }
            settled = false;
            answering = wanted(scheduler.instances(app.id()), Rollouts.belongsTo(deployment));
        }
        return new Running(answering.stream().flatMap(instance -> instance.endpoints().stream()).toList(), settled);
    }

    private static boolean isAlive(Instance instance) {
        return switch (instance.state()) {
            case RUNNING, RESTARTING, PAUSED -> true;
            case CREATED, EXITED, MISSING -> false;
        };
    }

    /// Whether containers that are not there may be started now: the policy `no` wants an ended one to stay so.
    private static boolean mayHeal(App app, List<Instance> present, int complete) {
        return present.size() < complete || !app.value(CoreSettings.RESTART_POLICY).orElseThrow().equals("no");
    }

    private void tryLater(App app, Duration longest) {
        pauses.begin(app.id(), longest, () -> catalogue.find(app.id()).ifPresent(again -> follow(again, Optional.empty())));
    }

    /// A crash between the commit point and the move of the branch: the move is made now.
    private void moveRef(App app) {
        try {
            repositories.unlock(app.name());
        } catch (IOException | RuntimeException failed) {
            LOG.error("{}: locks of its repository that a crash left could not be removed", app.name(), failed);
        }
        catalogue.journal(app.name()).current().flatMap(Marker::ref).ifPresent(move -> {
            try {
                if (!repositories.isAt(app.name(), move.ref(), move.commit())
                        && repositories.moveRef(app.name(), move.ref(), move.former(), move.commit())) {
                    LOG.info("{}: {} was moved to {}, which is live", app.name(), move.ref(), move.commit());
                }
            } catch (IOException | RuntimeException failed) {
                LOG.error("{}: {} could not be moved to {}, which is live", app.name(), move.ref(), move.commit(), failed);
            }
        });
    }

    @Override
    public void close() {
        pauses.close();
        settling.interrupt();
        synchronized (watches) {
            watches.forEach(Reconciler::end);
            watches.clear();
        }
    }
}
