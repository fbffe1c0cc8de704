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
import java.util.Map;
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
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final Duration LONGEST_ABSENCE = Duration.ofSeconds(10);
    /// One that takes long to start must not hold up the others, and a thousand at once would be too much for the engine.
    private static final int AT_ONCE = 8;

    private final Catalogue catalogue;
    private final Snapshots snapshots;
    private final AppLocks locks;
    private final Routing routing;
    private final Retirements retirements;
    private final Repositories repositories;
    private final Repair repair;
    private final CountDownLatch settled = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    /// How long the last pause was of an app that could not be repaired since.
    private final Map<AppId, Duration> pauses = new ConcurrentHashMap<>();
    /// Apps that are looked at again after their pause; until then nothing of them is started.
    private final Set<AppId> pausing = ConcurrentHashMap.newKeySet();
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
        catalogue.all().forEach(this::moveRef);
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
        Duration pause = FIRST_PAUSE;
        watch();
        try {
            while (closed.getCount() > 0) {
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
                if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                pause = longer(pause, LONGEST_ABSENCE);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void compare() throws InterruptedException {
        // Not longer than one attempt: plugins may be exchanged while an engine is waited for.
        try (Snapshots.Lease lease = snapshots.lease()) {
            for (Registry.Contribution<Scheduler> scheduler : lease.registry().schedulers().values()) {
                removeStrays(scheduler.value());
            }
            repair.repair(lease);
            compareApps();
            removeRoutes(lease.registry());
        }
    }

    /// @throws UserError when something that one of them needs did not answer, once all were looked at
    private void compareApps() throws InterruptedException {
        Queue<UserError> unavailable = new ConcurrentLinkedQueue<>();
        Semaphore places = new Semaphore(AT_ONCE);
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("reconcile-", 1).factory())) {
            try {
                for (App app : catalogue.all()) {
                    places.acquire();
                    threads.execute(() -> {
                        try {
                            reconcile(app.name(), true);
                        } catch (UserError away) {
                            unavailable.add(away);
                        } catch (InterruptedException ended) {
                            Thread.currentThread().interrupt();
                        } finally {
                            places.release();
                        }
                    });
                }
            } catch (InterruptedException ended) {
                threads.shutdownNow();
                throw ended;
            }
        }
        if (!unavailable.isEmpty()) {
            throw unavailable.peek();
        }
    }

    /// Looks at an app soon; several changes at once are looked at together.
    private void plan(AppId id) {
        if (closed.getCount() > 0 && planned.add(id)) {
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
            reconcile(app.name(), false);
        } catch (UserError unavailable) {
            LOG.warn("{}: {}", app.name(), unavailable.getMessage());
            tryLater(app, LONGEST_ABSENCE);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /// Containers of apps that the home does not know any more.
    private void removeStrays(Scheduler scheduler) throws InterruptedException {
        if (catalogue.all().isEmpty() || !catalogue.unreadable().isEmpty()) {
            return;
        }
        // Those that run are listed before it is asked whose they are: apps may be made meanwhile.
        Set<AppId> strays = scheduler.instances().stream().map(Instance::app).filter(id -> catalogue.find(id).isEmpty())
                .collect(Collectors.toSet());
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

    /// @param starting whether what does not run is started whatever its restart policy says
    /// @throws UserError with exit code 69 when the engine does not answer; other trouble of one app is logged
    private void reconcile(AppName name, boolean starting) throws InterruptedException {
        try (Snapshots.Lease lease = snapshots.lease(); AppLocks.Held _ = locks.hold(name)) {
            Optional<App> app = catalogue.find(name);
            if (app.isPresent()) {
                planned.remove(app.get().id());
                reconcile(lease, app.get(), starting);
                if (!pausing.contains(app.get().id())) {
                    pauses.remove(app.get().id());
                }
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

    private void reconcile(Snapshots.Lease lease, App app, boolean starting) throws InterruptedException {
        Registry registry = lease.registry();
        Scheduler scheduler = Rollouts.scheduler(registry, app).value();
        Optional<Marker> marker = catalogue.journal(app.name()).current();
        if (marker.isEmpty() || app.release().isEmpty()) {
            if (starting) {
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
            endpoints = running(scheduler, app, deployment, wanted, registry, starting, log);
        }
        Proxy.Change change = routing.prepare(registry, app, release, endpoints, log);
        Failures.in(routing.proxy(registry, app).plugin(), "repairing the route", () -> {
            change.commit();
            return change;
        });
        if (starting) {
            retirements.retire(lease, scheduler, app, wanted, routing.proxy(registry, app).value(), () -> { });
        }
    }

    /// Starts what is missing, and says where what runs answers.
    private List<Endpoint> running(Scheduler scheduler, App app, Deployment deployment, Predicate<Instance> wanted, Registry registry,
            boolean starting, Output log) throws InterruptedException {
        List<Instance> present = scheduler.instances(app.id()).stream()
                .filter(instance -> instance.kind() == ProcessSpec.Kind.DEPLOY && wanted.test(instance)).toList();
        int complete = deployment.processes().stream().mapToInt(ProcessSpec::count).sum();
        long alive = present.stream().filter(Reconciler::isAlive).count();
        if (alive < complete && !pausing.contains(app.id()) && (starting || mayHeal(app, present, complete))) {
            try {
                log.step("Starting " + (complete - alive) + " of " + complete + " containers of release " + deployment.release().number());
                List<Endpoint> endpoints = scheduler.start(Rollouts.prepared(new Hooks(registry), deployment, log), log);
                return Rollouts.wanted(deployment, endpoints);
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
        }
        return scheduler.instances(app.id()).stream().filter(instance -> instance.kind() == ProcessSpec.Kind.DEPLOY && wanted.test(instance))
                .flatMap(instance -> instance.endpoints().stream()).toList();
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

    /// Each attempt makes the engine tell of changes, which must not be taken for a reason to try again at once.
    private void tryLater(App app, Duration longest) {
        if (!pausing.add(app.id())) {
            return;
        }
        Duration pause = pauses.merge(app.id(), FIRST_PAUSE, (former, first) -> longer(former, longest));
        Thread.ofVirtual().name("heal " + app.name()).start(() -> {
            try {
                boolean ended = closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
                pausing.remove(app.id());
                if (!ended) {
                    catalogue.find(app.id()).ifPresent(this::follow);
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static Duration longer(Duration pause, Duration longest) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(longest) < 0 ? twice : longest;
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
                if (!repositories.tip(app.name(), move.ref()).equals(Optional.of(move.commit()))
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
        closed.countDown();
        settling.interrupt();
        synchronized (watches) {
            watches.forEach(Reconciler::end);
            watches.clear();
        }
    }
}
