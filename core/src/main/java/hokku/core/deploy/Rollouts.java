package hokku.core.deploy;

import hokku.api.App;
import hokku.api.Attachment;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Identity;
import hokku.api.Instance;
import hokku.api.Live;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.Uninterruptible;
import hokku.api.UserError;
import hokku.api.hook.PostDeploy;
import hokku.api.hook.PreDeploy;
import hokku.api.hook.PreStart;
import hokku.api.spi.Proxy;
import hokku.api.spi.Scheduler;
import hokku.core.deploy.Stages.Stage;
import hokku.core.git.Push;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Catalogue;
import hokku.core.state.ReleaseJournal.Marker;
import hokku.core.state.ReleaseJournal.RefMove;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Replaces what runs of an app: new containers beside the old ones, healthy, routed, then the old ones go.
///
/// Before the commit point any failure leaves the old ones serving; after it nothing is undone. Callers hold the app's lock.
final class Rollouts {
    private static final Logger LOG = LoggerFactory.getLogger(Rollouts.class);

    /// What is to run, and what goes with it.
    ///
    /// @param before the app as it is
    /// @param after the app as it will be once the release is live
    /// @param push the push that it comes from, whose branch moves at the end
    record Order(App before, App after, Release release, String why, Identity by, Optional<Push> push) {}

    private final Catalogue catalogue;
    private final Routing routing;
    private final Retirements retirements;
    private final Reach services;
    private final FaultPoints faults;
    private final Clock clock;

    Rollouts(Catalogue catalogue, Routing routing, Retirements retirements, Reach services, FaultPoints faults, Clock clock) {
        this.services = services;
        this.catalogue = catalogue;
        this.routing = routing;
        this.retirements = retirements;
        this.faults = faults;
        this.clock = clock;
    }

    Live roll(Snapshots.Lease lease, Order order, Output out) throws InterruptedException {
        return roll(lease, order, Stages.unwatched(), out);
    }

    Live roll(Snapshots.Lease lease, Order order, Stages stages, Output out) throws InterruptedException {
        Registry registry = lease.registry();
        Hooks hooks = new Hooks(registry);
        Registry.Contribution<Scheduler> scheduler = SchedulerChoice.selected(registry, order.after());
        Optional<Marker> former = catalogue.journal(order.before().name()).current();
        Departure departure = new Departure(registry, order.before(), former, scheduler);
        boolean grows = !departure.moves() && grows(order, former);
        String id = grows ? former.orElseThrow().deployment() : DeploymentPlan.newId(order.release().number());
        Deployment deployment = hooks.before(PreDeploy.class, DeploymentPlan.of(id, order.after(), order.release()), out);
        services.reach(scheduler.value(), order.after());
        if (order.push().isPresent()) {
            stages.begin(Stage.RELEASE_TASK);
            runReleaseProcess(scheduler.value(), hooks, deployment, out);
        }
        stages.begin(Stage.START);
        Deployment amended = prepared(hooks, deployment, out);
        out.step("Deploying " + order.after().name() + " via the " + scheduler.value().name() + " scheduler...");
        List<Endpoint> endpoints;
        boolean started = false;
        try {
            departure.makeRoom(amended, out);
            faults.reach(FaultPoints.Point.CLEARED);
            endpoints = wanted(amended, Failures.in(scheduler.plugin(), "starting containers",
                    () -> scheduler.value().start(amended, to -> lead(registry, order.before(), to), out)));
            started = true;
            faults.reach(FaultPoints.Point.STARTED);
            stages.begin(Stage.ROUTE);
            Proxy.Change change = routing.prepare(registry, order.after(), order.release(), endpoints, out);
            faults.reach(FaultPoints.Point.PREPARED);
            commit(registry, order, amended, change, former, stages, out);
        } catch (InterruptedException | RuntimeException failed) {
            if (started) {
                removeStarted(scheduler.value(), order, grows, id);
            }
            departure.bringBack(hooks, amended, started);
            throw failed;
        }
        boolean cancelledTooLate = Thread.interrupted();
        stages.begin(Stage.FINISH);
        retire(lease, scheduler.value(), order.after(), belongsTo(amended));
        departure.left().ifPresent(left -> retire(lease, left, order.after(), instance -> false));
        Live live = Live.of(amended, endpoints, routing.urls(order.after(), order.release()));
        hooks.announce(PostDeploy.class, live, out);
        if (cancelledTooLate) {
            Thread.currentThread().interrupt();
        }
        return live;
    }

    /// The live release goes on, with the containers that a start which has no room for all leaves to it.
    private void lead(Registry registry, App live, List<Endpoint> to) throws Exception {
        if (live.stopped() || live.release().isEmpty()) {
            return;
        }
        Proxy.Change change = routing.prepare(registry, live, live.release().get(), to, new LogOutput(live.name()));
        Failures.in(routing.proxy(registry, live).plugin(), "leading requests past containers that end", () -> {
            change.commit();
            return change;
        });
    }

    /// The same deployment with more or fewer containers, and nothing else changed since it was made: what runs stays.
    /// Not while some of it are about to end: they would do so as its newest containers.
    private boolean grows(Order order, Optional<Marker> former) {
        App before = order.before();
        return !before.scale().equals(order.after().scale()) && !before.stopped()
                && before.withScale(order.after().scale()).withRevision(order.after().revision()).equals(order.after())
                && former.filter(marker -> marker.revision() == before.revision()
                        && marker.release() == order.release().number() && !retirements.isPlanned(marker.deployment())).isPresent();
    }

    /// Without the containers that a deployment which shrinks is about to lose.
    static List<Endpoint> wanted(Deployment deployment, List<Endpoint> endpoints) {
        Map<ProcessType, Integer> counts = counts(deployment);
        return endpoints.stream().filter(endpoint -> endpoint.index() <= counts.getOrDefault(endpoint.process(), 0)).toList();
    }

    static Deployment prepared(Hooks hooks, Deployment deployment, Output out) throws InterruptedException {
        List<ProcessSpec> specs = new ArrayList<>();
        for (ProcessSpec spec : deployment.processes()) {
            specs.add(hooks.before(PreStart.class, spec, out));
        }
        return deployment.withProcesses(specs);
    }

    private static void runReleaseProcess(Scheduler scheduler, Hooks hooks, Deployment deployment, Output out)
            throws InterruptedException {
        List<String> command = deployment.release().processes().get(ProcessType.RELEASE);
        if (command == null) {
            return;
        }
        String shown = String.join(" ", command);
        out.step("Executing release task from Procfile: " + shown);
        ProcessSpec task = hooks.before(PreStart.class, DeploymentPlan.task(ProcessSpec.Kind.RELEASE, deployment.id(), deployment.app(),
                deployment.release(), ProcessType.RELEASE, command), out);
        int exit;
        try (LineStream lines = new LineStream(out::detail)) {
            exit = scheduler.run(task, Attachment.of(InputStream.nullInputStream(), lines, lines, Optional.empty()));
        }
        if (exit != 0) {
            throw new UserError("Execution of release task failed with exit code " + exit + ": " + shown);
        }
    }

    private void commit(Registry registry, Order order, Deployment deployment, Proxy.Change change, Optional<Marker> former,
            Stages stages, Output out) throws InterruptedException {
        boolean changed = order.after().revision() != order.before().revision();
        try {
            stages.begin(Stage.COMMIT);
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled before the release went live");
            }
        } catch (InterruptedException cancelled) {
            change.discard();
            throw cancelled;
        }
        String proxy = routing.proxy(registry, order.after()).plugin();
        try {
            Uninterruptible.call("commit " + order.after().name(), () -> {
                try {
                    if (changed) {
                        catalogue.prepare(order.after());
                    }
                    catalogue.live(order.after().name(), marker(order, deployment));
                } catch (IOException failed) {
                    change.discard();
                    catalogue.forget(order.after().name());
                    throw Failures.storage(failed);
                }
                faults.reach(FaultPoints.Point.JOURNALLED);
                switchOver(order, change, former, proxy);
                faults.reach(FaultPoints.Point.COMMITTED);
                finish(order, out);
                return order;
            });
        } catch (InterruptedException | RuntimeException failed) {
            throw failed;
        } catch (Exception unexpected) {
            throw Failures.defect("core", "commit", unexpected);
        }
    }

    private Marker marker(Order order, Deployment deployment) {
        Optional<RefMove> ref = order.push().map(push -> new RefMove(push.ref(), push.former(), push.commit()));
        return new Marker(order.release().number(), deployment.id(), order.after().value(CoreSettings.SCHEDULER_SELECTED).orElseThrow(),
                order.after().revision(), DeploymentPlan.scale(deployment), order.why(), ref, order.by().name(), clock.instant());
    }

    /// A proxy that cannot switch takes the release back: the journal says again what it said before.
    private void switchOver(Order order, Proxy.Change change, Optional<Marker> former, String proxy) throws Exception {
        try {
            Failures.in(proxy, "switching the route", () -> {
                change.commit();
                return change;
            });
        } catch (UserError | InterruptedException refused) {
            catalogue.takeBack(order.after().name(), former.orElse(Marker.none(order.by().name(), clock.instant())));
            catalogue.forget(order.after().name());
            catalogue.adopt(order.before());
            throw refused;
        }
    }

    /// After the commit point: what fails here is shouted, and done again by the next start of the server.
    private void finish(Order order, Output out) {
        try {
            catalogue.adopt(order.after());
            faults.reach(FaultPoints.Point.ADOPTED);
            if (order.push().isPresent()) {
                order.push().get().moveRef();
            }
            faults.reach(FaultPoints.Point.MOVED);
        } catch (IOException | RuntimeException failed) {
            LOG.error("{}: release {} is live, but what follows failed; a restart of the server repairs it", order.after().name(),
                    order.release().number(), failed);
            out.warn("Release " + order.release().number() + " is live, but the server could not finish its records: "
                    + failed.getMessage() + ". Free some space if the disk is full, then run hokku restart");
        }
    }

    /// Ends what this rollout started, and only that: a deployment that grows keeps what it had.
    private static void removeStarted(Scheduler scheduler, Order order, boolean grows, String id) {
        Map<ProcessType, Integer> kept = grows ? counts(DeploymentPlan.of(id, order.before(), order.release())) : Map.of();
        Predicate<Instance> started = instance -> instance.deploy().equals(id) && instance.index() > kept.getOrDefault(instance.process(), 0);
        try {
            Uninterruptible.call("remove " + id, () -> {
                scheduler.retire(order.after().id(), started);
                return id;
            });
        } catch (Exception failed) {
            LOG.warn("{}: containers of the refused deployment {} are left; the next start of the server removes them",
                    order.after().name(), id, failed);
        }
    }

    private void retire(Snapshots.Lease lease, Scheduler scheduler, App app, Predicate<Instance> wanted) {
        try {
            retirements.retire(lease, scheduler, app, wanted, routing.proxy(lease.registry(), app).value(),
                    () -> faults.reach(FaultPoints.Point.RETIRED));
        } catch (RuntimeException failed) {
            LOG.warn("{}: former containers could not be listed; the next start of the server removes them", app.name(), failed);
        }
    }

    /// Whether a container is one of those that a deployment wants.
    static Predicate<Instance> belongsTo(Deployment deployment) {
        Map<ProcessType, Integer> counts = counts(deployment);
        return instance -> instance.deploy().equals(deployment.id()) && instance.index() <= counts.getOrDefault(instance.process(), 0);
    }

    private static Map<ProcessType, Integer> counts(Deployment deployment) {
        return deployment.processes().stream().collect(Collectors.toMap(ProcessSpec::process, ProcessSpec::count));
    }

    /// The containers of the live deployment, without those that only finish what they serve.
    List<Instance> live(Registry registry, App app) {
        Optional<String> deployment = catalogue.journal(app.name()).current().map(Marker::deployment);
        return home(registry, app).value().instances(app.id()).stream().filter(each -> each.kind() == ProcessSpec.Kind.DEPLOY
                && deployment.filter(each.deploy()::equals).isPresent() && !retirements.isPlanned(each)).toList();
    }

    /// The scheduler that runs an app.
    Registry.Contribution<Scheduler> home(Registry registry, App app) {
        return SchedulerChoice.home(registry, app, catalogue.journal(app.name()).current());
    }
}
