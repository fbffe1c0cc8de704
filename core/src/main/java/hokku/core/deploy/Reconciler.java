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
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
    /// Apps that are about to be looked at.
    private final Set<AppId> planned = ConcurrentHashMap.newKeySet();
    /// What tells of changes. Guarded by itself.
    private final List<AutoCloseable> watches = new ArrayList<>();
    private volatile Thread settling = Thread.ofVirtual().unstarted(() -> { });

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
                lease.registry().schedulers().values().forEach(scheduler -> watches.add(scheduler.value().watch(this::plan)));
                former.forEach(Reconciler::end);
            }
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
        watch();
        try {
            while (!pauses.isClosed()) {
                try {
                    compare();
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

    private void compare() throws InterruptedException {
        // Not longer than one attempt: plugins may be exchanged while an engine is waited for.
        try (Snapshots.Lease lease = snapshots.lease()) {
            List<Scheduler> schedulers = lease.registry().schedulers().values().stream().map(Registry.Contribution::value).toList();
            Listed before = Listed.by(schedulers.stream());
            for (Scheduler scheduler : schedulers) {
                removeStrays(scheduler, before);
            }
            repair.repair(lease);
            compareApps(Listed.by(schedulers.stream()));
            removeRoutes(lease.registry());
        }
    }

    /// @throws UserError when something that one of them needs did not answer, once all were looked at
    private void compareApps(Listed listed) throws InterruptedException {
        Queue<UserError> unavailable = new ConcurrentLinkedQueue<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("reconcile-", 1).factory())) {
            for (App app : catalogue.all()) {
                threads.execute(() -> {
                    try {
                        reconcile(app.name(), Optional.of(listed));
                    } catch (UserError away) {
                        unavailable.add(away);
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("not every app was looked at");
        }
        if (!unavailable.isEmpty()) {
            throw unavailable.peek();
        }
    }

    /// Looks at an app soon; several changes at once are looked at together.
    private void plan(AppId id) {
        if (!pauses.isClosed() && planned.add(id)) {
            Thread.ofVirtual().name("follow " + id).start(() -> {
                try {
                    catalogue.find(id).ifPresent(this::follow);
                } finally {
                    planned.remove(id);
                }
            });
        }
    }

    private void follow(App app) {
        try {
            reconcile(app.name(), Optional.empty());
        } catch (UserError unavailable) {
            LOG.warn("{}: {}", app.name(), unavailable.getMessage());
            tryLater(app, LONGEST_ABSENCE);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /// Containers of apps that the home does not know any more.
    private void removeStrays(Scheduler scheduler, Listed listed) throws InterruptedException {
        if (catalogue.all().isEmpty() || !catalogue.unreadable().isEmpty()) {
            return;
        }
        // Those that run were listed before it is asked whose they are: apps may be made meanwhile.
        Set<AppId> known = catalogue.all().stream().map(App::id).collect(Collectors.toSet());
        Set<AppId> strays = listed.apps(scheduler).filter(id -> !known.contains(id)).collect(Collectors.toSet());
        for (AppId stray : strays) {
            LOG.warn("Containers of the app {}, which is not there any more, are removed", stray);
            try {
                scheduler.retire(stray, instance -> true);
            } catch (RuntimeException failed) {
                LOG.error("Containers of the app {} could not be removed; the next start of the server tries again", stray, failed);
            }
        }
    }

    private void removeRoutes(Registry registry) throws InterruptedException {
        for (Registry.Contribution<Proxy> proxy : registry.proxies().values()) {
            for (AppName routed : Failures.in(proxy.plugin(), "listing routes", () -> proxy.value().routed())) {
                if (catalogue.find(routed).isEmpty() && !catalogue.unreadable().contains(routed.value())) {
                    Failures.in(proxy.plugin(), "removing the route of " + routed, () -> {
                        proxy.value().unroute(routed);
                        return routed;
                    });
                }
            }
        }
    }

    /// @param atStart what runs, at the start of the server: what does not run is then started whatever its restart policy says
    /// @throws UserError with exit code 69 when the engine does not answer; other trouble of one app is logged
    private void reconcile(AppName name, Optional<Listed> atStart) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease(); AppLocks.Held _ = locks.hold(name)) {
            Optional<App> app = catalogue.find(name);
            if (app.isPresent()) {
                planned.remove(app.get().id());
                reconcile(lease, app.get(), atStart);
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

    private void reconcile(Snapshots.Lease lease, App app, Optional<Listed> atStart) throws InterruptedException {
        Registry registry = lease.registry();
        Scheduler scheduler = Rollouts.scheduler(registry, app).value();
        List<Instance> listed = atStart.isPresent() ? atStart.get().of(scheduler, app.id()) : List.of();
        Optional<Marker> marker = catalogue.journal(app.name()).current();
        if (marker.isEmpty() || app.release().isEmpty()) {
            if (!listed.isEmpty()) {
                scheduler.retire(app.id(), instance -> true);
            }
            return;
        }
        Release release = app.release().get();
        Output log = new LogOutput(app.name());
        Deployment deployment = DeploymentPlan.of(marker.get(), app, release);
        Predicate<Instance> wanted = app.stopped() ? instance -> false : Rollouts.belongsTo(deployment);
        List<Endpoint> endpoints = List.of();
        if (!app.stopped()) {
            List<Instance> all = atStart.isPresent() ? listed : scheduler.instances(app.id());
            endpoints = running(scheduler, app, deployment, wanted(all, wanted), registry, atStart.isPresent(), log);
        }
        Proxy.Change change = routing.prepare(registry, app, release, endpoints, log);
        Failures.in(routing.proxy(registry, app).plugin(), "repairing the route", () -> {
            change.commit();
            return change;
        });
        if (listed.stream().anyMatch(instance -> instance.kind() == ProcessSpec.Kind.DEPLOY && !wanted.test(instance))) {
            retirements.retire(lease, scheduler, app, wanted, routing.proxy(registry, app).value(), () -> { });
        }
    }

    private static List<Instance> wanted(List<Instance> all, Predicate<Instance> wanted) {
        return all.stream().filter(instance -> instance.kind() == ProcessSpec.Kind.DEPLOY && wanted.test(instance)).toList();
    }

    /// Starts what is missing, and says where what runs answers.
    ///
    /// @param present those of the deployment's containers that are there
    private List<Endpoint> running(Scheduler scheduler, App app, Deployment deployment, List<Instance> present, Registry registry,
            boolean starting, Output log) throws InterruptedException {
        List<Instance> answering = present;
        int complete = deployment.processes().stream().mapToInt(ProcessSpec::count).sum();
        long alive = present.stream().filter(Reconciler::isAlive).count();
        if (alive < complete && !pauses.isRunning(app.id()) && (starting || mayHeal(app, present, complete))) {
            try {
                starts.acquire();
                try {
                    log.step("Starting " + (complete - alive) + " of " + complete + " containers of release " + deployment.release().number());
                    List<Endpoint> endpoints = scheduler.start(Rollouts.prepared(new Hooks(registry), deployment, log), log);
                    return Rollouts.wanted(deployment, endpoints);
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
            answering = wanted(scheduler.instances(app.id()), Rollouts.belongsTo(deployment));
        }
        return answering.stream().flatMap(instance -> instance.endpoints().stream()).toList();
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
        pauses.begin(app.id(), longest, () -> catalogue.find(app.id()).ifPresent(this::follow));
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
