package hokku.swarm;

import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.SwarmNodeAvailability;
import hokku.api.App;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.ProcessType;
import hokku.api.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes room for a new deployment where the swarm has none for two: former tasks end, a few at a time, and requests are led past them.
///
/// The swarm chooses which of them end, but gives those some seconds before it asks them to; by then no request is led to them any more.
/// Used by one thread.
final class Room {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final SwarmParts parts;
    private final App app;
    private final Scheduler.Passage passage;
    private final Output out;
    /// How many tasks each former service runs now; it had its count.
    private final Map<Deployed, Integer> former = new LinkedHashMap<>();
    /// Whether former tasks could not come back where they are: their node takes no new ones.
    private final boolean firm;
    private boolean used;
    /// How many new tasks had passed when former ones ended last.
    private int passed = -1;

    /// @param former services that run and are to be replaced
    Room(SwarmParts parts, App app, List<Deployed> former, Scheduler.Passage passage, Output out) {
        this.parts = parts;
        this.app = app;
        this.passage = passage;
        this.out = out;
        former.forEach(service -> this.former.put(service, service.replicas()));
        this.firm = parts.cluster().replicas(app.id()).stream().filter(this::isFormer).flatMap(replica -> replica.node().stream())
                .anyMatch(node -> node.availability() != SwarmNodeAvailability.ACTIVE);
    }

    /// Whether former tasks may end for new ones.
    boolean isLeft() {
        return !firm && former.values().stream().anyMatch(replicas -> replicas > 0);
    }

    /// Whether former tasks ended last without a new one finding a place: more of them would end for nothing, as where the node that has no
    /// room is not one of theirs.
    ///
    /// @param passing how many new tasks passed their checks by now
    boolean wasInVain(int passing) {
        return passing <= passed;
    }

    /// Ends some tasks of a former service, that of the same process if there is one. Returns when they have ended.
    ///
    /// @param fresh the new tasks that passed their checks
    void make(ProcessType process, List<Replica> fresh) throws Exception {
        Deployed service = former.entrySet().stream().filter(entry -> entry.getValue() > 0).map(Map.Entry::getKey)
                .min(Comparator.comparing((Deployed one) -> !one.process().equals(process))).orElseThrow();
        int parallel = app.value(SwarmSettings.UPDATE_PARALLELISM).orElseThrow();
        int staying = Math.max(0, former.get(service) - parallel);
        if (!used) {
            used = true;
            out.detail("The swarm has no room for both releases: former containers are replaced " + parallel + " at a time (scheduler-swarm:set "
                    + app.name() + " update-parallelism)");
        }
        out.detail("Ending " + (former.get(service) - staying) + " of " + former.get(service) + " former containers of " + service.process());
        former.put(service, staying);
        passed = fresh.size();
        parts.services().scale(service.id(), staying);
        List<Endpoint> serving = Stream.concat(staying(service), fresh.stream()).flatMap(replica -> replica.endpoints().stream()).toList();
        if (serving.isEmpty()) {
            out.warn("Nothing serves until the first new container does");
        }
        passage.lead(serving);
        awaitEnd(service, staying);
    }

    /// What goes on of the former deployment, once the swarm has chosen.
    private Stream<Replica> staying(Deployed shrinking) throws InterruptedException {
        long deadline = System.nanoTime() + GRACE.toNanos();
        while (true) {
            List<Replica> wanted = parts.cluster().replicas(app.id()).stream().filter(replica -> isFormer(replica) && replica.isWanted()).toList();
            long chosen = wanted.stream().filter(replica -> replica.service().id().equals(shrinking.id())).count();
            if (chosen <= former.get(shrinking) || System.nanoTime() > deadline) {
                return wanted.stream().filter(replica -> replica.instanceState() == Instance.State.RUNNING);
            }
            Thread.sleep(PAUSE);
        }
    }

    private boolean isFormer(Replica replica) {
        return former.keySet().stream().anyMatch(service -> service.id().equals(replica.service().id()));
    }

    private void awaitEnd(Deployed service, int staying) throws InterruptedException {
        long deadline = System.nanoTime() + service.stopTimeout().plus(GRACE).toNanos();
        while (parts.services().running(service) > staying && System.nanoTime() < deadline) {
            Thread.sleep(PAUSE);
        }
    }

    /// Has everything run again that ended, and leads requests there.
    void restore() {
        if (!used) {
            return;
        }
        try {
            former.keySet().forEach(service -> scale(service, service.replicas()));
            List<Endpoint> serving = awaitBack();
            passage.lead(serving);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (Exception failed) {
            LOG.error("{}: former containers could not be brought back as they were; the server tries again", app.name(), failed);
        }
    }

    private void scale(Deployed service, int replicas) {
        try {
            parts.services().scale(service.id(), replicas);
        } catch (NotFoundException gone) {
            LOG.debug("{} was retired meanwhile", service.name(), gone);
        }
    }

    private List<Endpoint> awaitBack() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            List<Replica> back = parts.cluster().replicas(app.id()).stream().filter(this::isFormer).toList();
            Optional<Replica> missing = back.stream().filter(replica -> replica.instanceState() != Instance.State.RUNNING).findFirst();
            if (missing.isEmpty() || System.nanoTime() > deadline) {
                List<Endpoint> serving = new ArrayList<>();
                back.stream().filter(replica -> replica.instanceState() == Instance.State.RUNNING).forEach(replica -> serving.addAll(replica.endpoints()));
                return serving;
            }
            Thread.sleep(PAUSE);
        }
    }
}
