package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.SwarmNodeAvailability;
import com.github.dockerjava.api.model.Task;
import com.github.dockerjava.api.model.TaskState;
import com.github.dockerjava.api.model.TaskStatus;
import hokku.api.AppId;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Node NODE = new Node("n1", "node1", "10.0.0.1", true, SwarmNodeAvailability.ACTIVE, true, true, Map.of());

    private final List<Task> tasks = new ArrayList<>();
    private int age;

    private Deployed service(String name, int first, int count, int replicas, boolean proven) {
        return new Deployed("id-" + name, name, START.plusSeconds(age++), AppId.of("0123456789abcdef"), ProcessSpec.Kind.DEPLOY, ProcessType.WEB, "d1", 3,
                List.of(5000), first, count, replicas, proven, Duration.ofSeconds(30), Optional.empty());
    }

    private Task task(Deployed service, int slot, TaskState state, TaskState desired) {
        String at = START.plusSeconds(age++).toString();
        Task task = new Task().withId("task" + age).withServiceId(service.id()).withSlot(slot).withNodeId("n1").withCreatedAt(at).withDesiredState(desired)
                .withStatus(new TaskStatus().withState(state).withTimestamp(at));
        tasks.add(task);
        return task;
    }

    private void running(Deployed service) {
        for (int slot = 1; slot <= service.replicas(); slot++) {
            task(service, slot, TaskState.RUNNING, TaskState.RUNNING);
        }
    }

    private List<String> names(Deployed... services) {
        return replicas(services).stream().map(replica -> replica.dyno() + " " + replica.name() + " " + replica.instanceState()).toList();
    }

    private List<Replica> replicas(Deployed... services) {
        return Cluster.replicas(List.of(services), tasks, Map.of("n1", NODE));
    }

    @Test
    void furtherServicesOfAProcessCountOn() {
        Deployed two = service("a", 1, 2, 2, true);
        Deployed more = service("b", 3, 1, 1, true);
        running(two);
        running(more);
        assertThat(names(two, more)).containsExactly("web.1 a.1 running", "web.2 a.2 running", "web.3 b.1 running");
    }

    @Test
    void whatTookThePlaceOfALargerServiceHasItsIndexes() {
        Deployed two = service("a", 1, 2, 2, true);
        Deployed three = service("b", 3, 3, 3, true);
        Deployed smaller = service("c", 3, 1, 1, true);
        running(two);
        running(three);
        running(smaller);
        assertThat(names(two, three, smaller)).containsExactly("web.1 a.1 running", "web.2 a.2 running", "web.3 c.1 running", "web.4 b.1 running",
                "web.5 b.2 running", "web.6 b.3 running");
    }

    @Test
    void whatHasStillToBeProvenComesLast() {
        Deployed three = service("a", 1, 3, 3, true);
        Deployed smaller = service("b", 1, 2, 2, false);
        running(three);
        running(smaller);
        assertThat(names(three, smaller)).containsExactly("web.1 a.1 running", "web.2 a.2 running", "web.3 a.3 running", "web.4 b.1 running",
                "web.5 b.2 running");
        assertThat(names(smaller)).containsExactly("web.1 b.1 running", "web.2 b.2 running");
    }

    @Test
    void theTaskThatIsWantedHoldsItsPlace() {
        Deployed one = service("a", 1, 1, 1, true);
        Task failed = task(one, 1, TaskState.FAILED, TaskState.SHUTDOWN);
        Task next = task(one, 1, TaskState.STARTING, TaskState.RUNNING);
        task(one, 1, TaskState.SHUTDOWN, TaskState.SHUTDOWN);
        Replica replica = replicas(one).getFirst();
        assertThat(replica.task()).contains(next);
        assertThat(replica.ended()).contains(failed);
        assertThat(replica.instanceState()).isEqualTo(Instance.State.RESTARTING);
    }

    @Test
    void aPlaceThatWasGivenUpSaysHowItEnded() {
        Deployed one = service("a", 1, 1, 1, true);
        task(one, 1, TaskState.FAILED, TaskState.SHUTDOWN);
        Task last = task(one, 1, TaskState.COMPLETE, TaskState.SHUTDOWN);
        assertThat(replicas(one).getFirst().task()).contains(last);
        assertThat(names(one)).containsExactly("web.1 a.1 exited");
    }

    @Test
    void aStoppedServiceHasAsManyPlacesAsBefore() {
        Deployed stopped = service("a", 1, 2, 0, true);
        task(stopped, 2, TaskState.SHUTDOWN, TaskState.SHUTDOWN);
        assertThat(names(stopped)).containsExactly("web.1 a.1 exited", "web.2 a.2 exited");
    }

    @Test
    void aPlaceWithoutATaskIsOnlyMade() {
        assertThat(names(service("a", 1, 2, 2, false))).containsExactly("web.1 a.1 created", "web.2 a.2 created");
    }

    @Test
    void placesOfAFormerNumberAreHistory() {
        Deployed one = service("a", 1, 1, 1, true);
        task(one, 1, TaskState.SHUTDOWN, TaskState.SHUTDOWN);
        Task staying = task(one, 2, TaskState.RUNNING, TaskState.RUNNING);
        task(one, 3, TaskState.SHUTDOWN, TaskState.SHUTDOWN);
        assertThat(replicas(one)).extracting(Replica::task).containsExactly(Optional.of(staying));
        assertThat(names(one)).containsExactly("web.1 a.2 running");
    }

    @Test
    void aTaskOnALostNodeIsMissing() {
        Deployed one = service("a", 1, 1, 1, true);
        running(one);
        List<Replica> replicas = Cluster.replicas(List.of(one), tasks, Map.of("n1", NODE.lost()));
        assertThat(replicas.getFirst().instanceState()).isEqualTo(Instance.State.MISSING);
        assertThat(replicas.getFirst().instance().endpoints()).isEmpty();
    }

    @Test
    void aTaskThatNoNodeTakesIsMissing() {
        Deployed one = service("a", 1, 1, 1, true);
        task(one, 1, TaskState.PENDING, TaskState.RUNNING).getStatus().withErr("no suitable node (insufficient resources on 3 nodes)");
        assertThat(replicas(one).getFirst().isStuck()).isTrue();
        assertThat(names(one)).containsExactly("web.1 a.1 missing");
    }
}
