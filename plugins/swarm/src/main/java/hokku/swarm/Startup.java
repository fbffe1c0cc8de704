package hokku.swarm;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.Uninterruptible;
import hokku.api.UserError;
import hokku.api.spi.Scheduler;
import hokku.containers.FailureOutput;
import hokku.swarm.registry.Published;
import hokku.swarm.registry.Publisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One start of a deployment: all of it comes up, or all is as it was before.
///
/// The number of tasks of a service that serves is never changed, as the swarm would choose which of them end: more containers are a service
/// more, fewer ones a smaller service in the place of a larger one.
final class Startup {
    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

    /// How long the managers may take to agree on a leader.
    private static final Duration ELECTION = Duration.ofSeconds(30);

    private final SwarmParts parts;
    private final Deployment deployment;
    private final Scheduler.Passage passage;
    private final Output out;

    /// What the app had when this began.
    private final List<Deployed> before;
    /// What starts that were cut off left behind then: never live, it may hold the room of what is.
    private final List<Deployed> cutOff;

    /// Services that this made. Only the calling thread touches them, and the undoing one after that.
    private final Set<String> made = new LinkedHashSet<>();
    /// Services that were there and have to come up again.
    private final Set<String> revived = new LinkedHashSet<>();
    /// Services of former deployments that this stopped.
    private final List<Deployed> stopped = new ArrayList<>();
    private Optional<Room> room = Optional.empty();

    /// @param passage leads requests while this goes on
    Startup(SwarmParts parts, Deployment deployment, Scheduler.Passage passage, Output out) {
        this.parts = parts;
        this.deployment = deployment;
        this.passage = passage;
        this.out = out;
        Map<Boolean, List<Deployed>> there = parts.cluster().services(deployment.app().id()).stream()
                .filter(service -> service.kind() == ProcessSpec.Kind.DEPLOY).collect(Collectors.partitioningBy(Deployed::proven));
        this.before = there.get(true);
        this.cutOff = there.get(false);
    }

    List<Endpoint> run() throws Exception {
        boolean complete = false;
        try {
            removeCutOff();
            makeRoom();
            startAll();
            List<Endpoint> endpoints = awaitAll();
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled");
            }
            complete = true;
            return endpoints;
        } catch (StartFailure failed) {
            if (failed.replica().container().isPresent()) {
                FailureOutput.show(parts.logs(), deployment.app().name(), failed.replica().name() + " " + failed.where(), failed.replica().instance(), out);
            }
            throw new UserError(UserError.FAILED, deployment.app().name() + " could not start " + failed.where() + ": " + failed.getMessage());
        } catch (DockerException failed) {
            throw SwarmEngine.translated(deployment.app().name() + " could not be started", failed);
        } finally {
            if (!complete) {
                unbroken("undo " + deployment.id(), () -> {
                    undo();
                    return deployment;
                });
            }
        }
    }

    private void removeCutOff() throws InterruptedException {
        parts.services().remove(cutOff.stream().map(Deployed::id).toList());
        Set<String> running = parts.services().leftAtEnd(cutOff);
        if (!running.isEmpty()) {
            LOG.warn("{}: tasks of a start that was cut off do not end: {}", deployment.app().name(), running);
        }
    }

    private void makeRoom() throws Exception {
        Set<ProcessType> stopping = deployment.processes().stream().filter(spec -> !spec.zeroDowntime() && spec.count() > 0)
                .map(ProcessSpec::process).collect(Collectors.toSet());
        List<Deployed> former = before.stream().filter(service -> stopping.contains(service.process())
                && !service.deploy().equals(deployment.id()) && service.replicas() > 0).toList();
        if (former.isEmpty()) {
            return;
        }
        out.detail("Zero downtime is disabled, stopping currently running containers ("
                + former.stream().map(service -> service.process().value()).distinct().collect(Collectors.joining(", ")) + ")");
        for (Deployed service : former) {
            unbroken("stop " + service.name(), () -> {
                stopped.add(service);
                parts.services().scale(service.id(), 0);
                return service;
            });
        }
        parts.services().awaitEnd(former);
    }

    private void startAll() throws Exception {
        String network = parts.networks().ensure(deployment.app().id(), deployment.app().name());
        Optional<Published> image = Optional.empty();
        for (ProcessSpec spec : deployment.processes().stream().sorted(Comparator.comparing(ProcessSpec::process)).toList()) {
            out.step("Deploying " + spec.process() + " (count=" + spec.count() + ")");
            List<Deployed> kept = kept(spec);
            int covered = kept.stream().mapToInt(Deployed::count).sum();
            kept.forEach(this::revive);
            if (covered < spec.count()) {
                if (image.isEmpty()) {
                    image = Optional.of(parts.publisher().publish(deployment.app(), deployment.release().number(), spec.image(), out));
                }
                create(spec, covered + 1, spec.count() - covered, network, image.get());
            }
        }
    }

    /// The services that already are what they should be: those whose tasks are all wanted, without a gap from the first one on.
    private List<Deployed> kept(ProcessSpec spec) {
        List<Deployed> there = before.stream().filter(service -> service.deploy().equals(deployment.id())
                && service.process().equals(spec.process())).toList();
        List<Deployed> kept = new ArrayList<>();
        int next = 1;
        // Of those that begin at the same index, the newest one took the place of the others.
        for (Deployed service : there.stream()
                .sorted(Comparator.comparing(Deployed::first).thenComparing(Deployed::created, Comparator.reverseOrder())).toList()) {
            if (service.first() == next && service.end() - 1 <= spec.count()) {
                kept.add(service);
                next = service.end();
            }
        }
        return kept;
    }

    /// The swarm itself looks after places whose tasks end, until it gives them up.
    private void revive(Deployed service) {
        if (service.replicas() != service.count()) {
            parts.services().scale(service.id(), service.count());
            revived.add(service.id());
        } else if (parts.cluster().replicas(service.app(), service.deploy()).stream()
                .anyMatch(replica -> replica.service().id().equals(service.id()) && !replica.isWanted())) {
            parts.services().label(service.id(), "hokku.revived", String.valueOf(System.currentTimeMillis()));
            revived.add(service.id());
        }
    }

    private void create(ProcessSpec spec, int first, int count, String network, Published image) throws Exception {
        ServiceForm form = new ServiceForm(deployment.app(), image.reference(), network, parts.engine().instance());
        if (Thread.interrupted()) {
            throw new InterruptedException("cancelled");
        }
        SecretFiles files = SecretFiles.of(deployment.app(), spec);
        unbroken("create " + spec.process(), () -> made.add(parts.services().create(form.service(files.spec(), first, count), image.auth(), files)));
    }

    private List<Endpoint> awaitAll() throws Exception {
        Set<String> awaited = new HashSet<>(made);
        awaited.addAll(revived);
        if (!awaited.isEmpty()) {
            Room making = new Room(parts, deployment.app(), former(), passage, out);
            room = Optional.of(making);
            try (Convergence convergence = new Convergence(parts.cluster(), deployment, revived, making, out)) {
                convergence.await(awaited);
            }
            for (String service : made) {
                unbroken("prove " + service, () -> {
                    parts.services().label(service, Labels.PROVEN, "true");
                    return service;
                });
            }
        }
        return parts.cluster().replicas(deployment.app().id(), deployment.id()).stream()
                .filter(replica -> replica.service().kind() == ProcessSpec.Kind.DEPLOY)
                .flatMap(replica -> replica.instance().endpoints().stream()).toList();
    }

    /// What runs of other deployments.
    private List<Deployed> former() {
        return before.stream().filter(service -> !service.deploy().equals(deployment.id()) && service.replicas() > 0
                && !stopped.contains(service)).toList();
    }

    private void undo() {
        removeMade();
        room.ifPresent(Room::restore);
        for (Deployed service : stopped) {
            bringBack(service);
        }
        awaitBack(stopped.stream().map(Deployed::id).toList());
    }

    /// What fails because of an election must not leave workers of a refused release beside those of the live one.
    private void removeMade() {
        Patience patience = new Patience(ELECTION);
        Pause pause = new Pause();
        try {
            while (true) {
                try {
                    parts.services().remove(made);
                    return;
                } catch (RuntimeException failed) {
                    if (patience.isOver()) {
                        LOG.error("What was started of {} cannot be removed; the next start of {} does", deployment, deployment.app().name(), failed);
                        return;
                    }
                    LOG.warn("What was started of {} cannot be removed yet: {}", deployment, failed.getMessage());
                }
                Thread.sleep(pause.next());
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void bringBack(Deployed service) {
        try {
            parts.services().scale(service.id(), service.replicas());
        } catch (NotFoundException gone) {
            LOG.debug("{} was retired meanwhile", service.name(), gone);
        } catch (RuntimeException failed) {
            LOG.error("A service that was stopped cannot be started again", failed);
            out.warn("The former " + service.process() + " was stopped and cannot be started again: " + failed.getMessage()
                    + ". Try: ps:restart " + deployment.app().name());
        }
    }

    /// What was stopped serves again before anybody is told that it does.
    private void awaitBack(Collection<String> services) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        try {
            while (!services.isEmpty() && System.nanoTime() < deadline && parts.cluster().replicas(deployment.app().id()).stream()
                    .anyMatch(replica -> services.contains(replica.service().id())
                            && replica.instanceState() != Instance.State.RUNNING)) {
                Thread.sleep(100);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            LOG.warn("Nobody knows whether the former containers of {} run again", deployment.app().name(), failed);
        }
    }

    private static <T> T unbroken(String name, Callable<T> work) throws Exception {
        return Uninterruptible.call(name, work);
    }
}
