package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.SwarmNodeAvailability;
import com.github.dockerjava.api.model.TaskState;
import hokku.api.AppId;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.testkit.FakeApps;
import hokku.testkit.RecordingOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DrainTest {
    private static final Node ONE = Samples.node("one");
    private static final Node TWO = Samples.node("two");
    private final FakeApps apps = new FakeApps();
    private final AppId hello = apps.add("hello").id();
    private final AppId other = apps.add("other").id();
    private final RecordingOutput out = new RecordingOutput();
    private final List<Node> nodes = new ArrayList<>(List.of(ONE, TWO));
    private final List<Replica> replicas = new ArrayList<>();
    private final List<String> done = new ArrayList<>();

    /// Tasks of an app that was restarted are not on the node any more.
    private final Drain.Swarm swarm = new Drain.Swarm() {
        @Override
        public List<Replica> replicas() {
            return replicas.stream().filter(replica -> !replica.service().app().equals(hello) || !apps.calls().contains("restart hello")
                    || replica.service().kind() == ProcessSpec.Kind.RUN).toList();
        }

        @Override
        public Collection<Node> nodes() {
            return nodes;
        }

        @Override
        public void set(SwarmNodeAvailability availability) {
            done.add(availability + " after " + apps.calls());
        }
    };

    private void drain(Node node) throws InterruptedException {
        new Drain(swarm, apps, out, Duration.ofMillis(300)).empty(node);
    }

    @Test
    void appsMoveBeforeTheNodeIsDrained() throws Exception {
        replicas.add(Samples.running(Samples.web(hello, 1), 1, ONE));
        replicas.add(Samples.running(Samples.web(other, 1), 1, TWO));
        drain(ONE);
        assertThat(done).containsExactly("PAUSE after []", "DRAIN after [restart hello]");
        assertThat(out.lines()).contains("-----> Moving hello away from one", "-----> Node one is drained");
    }

    @Test
    void anEmptyNodeIsDrainedAtOnce() throws Exception {
        replicas.add(Samples.replica(Samples.web(hello, 1), 1, "ended", TaskState.FAILED, ONE));
        drain(ONE);
        assertThat(done).containsExactly("PAUSE after []", "DRAIN after []");
    }

    @Test
    void anAppThatCannotMoveKeepsTheNodeFromBeingDrained() {
        replicas.add(Samples.running(Samples.web(hello, 1), 1, ONE));
        apps.failWith(new UserError("hello could not start web.1: no node of the swarm takes it: no suitable node (scheduling constraints)"));
        assertThatThrownBy(() -> drain(ONE)).isInstanceOfSatisfying(UserError.class, failed -> assertThat(failed.exitCode()).isEqualTo(1))
                .hasMessageContaining("hello").hasMessageContaining("scheduling constraints").hasMessageContaining("--force").hasMessageContaining("swarm:node-activate one");
        assertThat(done).containsExactly("PAUSE after []");
    }

    @Test
    void aTaskThatDoesNotEndInTimeIsNamed() {
        Deployed task = Samples.service(hello, ProcessSpec.Kind.RUN, ProcessType.of("run"), List.of(), 1);
        replicas.add(Samples.running(task, 1, ONE));
        assertThatThrownBy(() -> drain(ONE)).isInstanceOf(UserError.class).hasMessageContaining("hello-run-3.1 still runs");
        assertThat(done).containsExactly("PAUSE after []");
        assertThat(apps.calls()).isEmpty();
    }

    @Test
    void withoutAnotherNodeNothingIsTouched() {
        nodes.set(1, TWO.lost());
        replicas.add(Samples.running(Samples.web(hello, 1), 1, ONE));
        assertThatThrownBy(() -> drain(ONE)).isInstanceOf(UserError.class).hasMessageContaining("no other node is ready");
        assertThat(done).isEmpty();
        assertThat(apps.calls()).isEmpty();
    }

    @Test
    void tasksOfAnAppThatIsGoneDoNotHoldItUp() throws Exception {
        replicas.add(Samples.running(Samples.web(AppId.random(), 1), 1, ONE));
        drain(ONE);
        assertThat(done).hasSize(2);
        assertThat(out.text()).contains("not there any more");
    }
}
