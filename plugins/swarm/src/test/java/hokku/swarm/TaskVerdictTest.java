package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.SwarmNodeAvailability;
import com.github.dockerjava.api.model.Task;
import com.github.dockerjava.api.model.TaskState;
import com.github.dockerjava.api.model.TaskStatus;
import com.github.dockerjava.api.model.TaskStatusContainerStatus;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TaskVerdictTest {
    private static final Node NODE = new Node("n2", "node2", "10.0.0.2", true, SwarmNodeAvailability.ACTIVE, false, false, Map.of());

    @Test
    void aTaskOnItsWayIsWaitedFor() {
        assertThat(verdict(TaskState.NEW, "")).isEqualTo(new TaskVerdict.Coming());
        assertThat(verdict(TaskState.PENDING, "no suitable node")).isEqualTo(new TaskVerdict.Homeless("no suitable node"));
        assertThat(verdict(TaskState.PREPARING, "")).isEqualTo(new TaskVerdict.Coming());
        assertThat(verdict(TaskState.RUNNING, "")).isEqualTo(new TaskVerdict.Running());
    }

    @Test
    void whatEndedHasItsCode() {
        assertThat(verdict(TaskState.COMPLETE, "")).isEqualTo(new TaskVerdict.Ended(0));
        assertThat(verdict(TaskState.FAILED, "task: non-zero exit (7)")).isEqualTo(new TaskVerdict.Ended(7));
    }

    @Test
    void aProcessThatNeverRanHasNone() {
        assertThat(verdict(TaskState.FAILED, "starting container failed: no such file")).isEqualTo(
                new TaskVerdict.Failed("could not be started on node2: starting container failed: no such file"));
        assertThat(verdict(TaskState.REJECTED, "No such image: x")).isEqualTo(new TaskVerdict.Failed(
                "could not be started, because node2 cannot get the image: No such image: x. See registry:report hello;"
                        + " where the registry is Hokku's own, run on the node what registry:trust-command prints"));
        assertThat(verdict(TaskState.REJECTED, "invalid mount")).isEqualTo(new TaskVerdict.Failed("was refused by node2: invalid mount"));
    }

    @Test
    void whatWasCutOffHasNone() {
        assertThat(verdict(TaskState.SHUTDOWN, "")).isInstanceOf(TaskVerdict.Failed.class);
        assertThat(verdict(TaskState.REMOVE, "")).isInstanceOf(TaskVerdict.Failed.class);
        assertThat(verdict(TaskState.ORPHANED, "")).isEqualTo(new TaskVerdict.Lost("node2"));
    }

    @Test
    void aNodeThatDoesNotReportMayBeLost() {
        assertThat(TaskVerdict.of(spec(), task(TaskState.RUNNING, ""), Optional.of(NODE.lost()))).isEqualTo(new TaskVerdict.Lost("node2"));
        assertThat(TaskVerdict.of(spec(), task(TaskState.RUNNING, ""), Optional.empty())).isEqualTo(new TaskVerdict.Lost("n2"));
        assertThat(TaskVerdict.of(spec(), task(TaskState.COMPLETE, ""), Optional.of(NODE.lost()))).isEqualTo(new TaskVerdict.Ended(0));
    }

    private static TaskVerdict verdict(TaskState state, String error) {
        return TaskVerdict.of(spec(), task(state, error), Optional.of(NODE));
    }

    private static ProcessSpec spec() {
        return ProcessSpec.of(ProcessSpec.Kind.RELEASE, AppName.of("hello"), AppId.random(), "d1", 3, ProcessType.of("release"), "image");
    }

    private static Task task(TaskState state, String error) {
        return new Task().withId("t1").withNodeId("n2").withStatus(new TaskStatus().withState(state).withErr(error)
                .withContainerStatus(new TaskStatusContainerStatus().withExitCode(7L)));
    }
}
