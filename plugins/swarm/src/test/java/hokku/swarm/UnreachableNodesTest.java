package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.TaskState;
import hokku.api.AppId;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What becomes of tasks on nodes that do not answer.
class UnreachableNodesTest {
    private static final Node ONE = Samples.node("one");
    private static final Node TWO = Samples.node("two");
    private final AppId app = AppId.random();

    @Test
    void tasksOnANodeThatDoesNotAnswerAreMissing() {
        Deployed web = Samples.web(app, 2);
        List<Replica> replicas = Cluster.probed(List.of(Samples.running(web, 1, ONE), Samples.running(web, 2, TWO)), node -> !node.equals(TWO));
        assertThat(replicas).extracting(Replica::instanceState).containsExactly(Instance.State.RUNNING, Instance.State.MISSING);
        assertThat(endpoints(replicas)).containsExactly(Endpoint.of(ProcessType.WEB, 1, 5000, ONE.address(), 30001));
    }

    @Test
    void allThatAnswersOfAProcessIsNeverTakenAway() {
        Deployed web = Samples.web(app, 2);
        List<Replica> replicas = Cluster.probed(List.of(Samples.running(web, 1, TWO), Samples.running(web, 2, TWO)), node -> false);
        assertThat(replicas).extracting(Replica::instanceState).containsOnly(Instance.State.RUNNING);
        assertThat(endpoints(replicas)).hasSize(2);
    }

    @Test
    void aTaskThatDoesNotServeYetIsNoReasonToGiveUpTheLastOne() {
        Deployed web = Samples.web(app, 2);
        List<Replica> replicas = Cluster.probed(List.of(Samples.running(web, 1, TWO), Samples.replica(web, 2, "new", TaskState.PREPARING, ONE)),
                node -> !node.equals(TWO));
        assertThat(endpoints(replicas)).containsExactly(Endpoint.of(ProcessType.WEB, 1, 5000, TWO.address(), 30001));
    }

    @Test
    void whatIsNotRoutedIsMissingWhereverItWas() {
        Deployed worker = Samples.service(app, ProcessSpec.Kind.DEPLOY, ProcessType.of("worker"), List.of(), 1);
        assertThat(Cluster.probed(List.of(Samples.running(worker, 1, TWO)), node -> false)).extracting(Replica::instanceState)
                .containsExactly(Instance.State.MISSING);
    }

    @Test
    void aNodeThatTheManagersMissStaysLost() {
        Deployed web = Samples.web(app, 1);
        assertThat(Cluster.probed(List.of(Samples.running(web, 1, TWO.lost())), node -> true)).extracting(Replica::instanceState)
                .containsExactly(Instance.State.MISSING);
    }

    private static List<Endpoint> endpoints(List<Replica> replicas) {
        return replicas.stream().flatMap(replica -> replica.instance().endpoints().stream()).toList();
    }
}
