package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Containers that run one command and are gone.
@Timeout(120)
class TasksIT extends SchedulerFixture {
    @Test
    void aTaskRunsWithItsVariablesAndANumberOfItsOwn() throws Exception {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        int code = real.scheduler().run(task("sh", "-c", "cat; echo $DYNO; exit 2"),
                attachment(new ByteArrayInputStream("in\n".getBytes(StandardCharsets.UTF_8)), stdout));
        assertThat(code).isEqualTo(2);
        assertThat(stdout.toString(StandardCharsets.UTF_8)).matches("in\nrun\\.[0-9]{4}\n");
        assertThat(instances()).isEmpty();
    }

    @Test
    void aTaskThatCannotStartLeavesNothing() {
        ProcessSpec task = task("no-such-program").withInit(false);
        Attachment nothing = attachment(InputStream.nullInputStream(), OutputStream.nullOutputStream());
        assertThatThrownBy(() -> real.scheduler().run(task, nothing)).isInstanceOf(UserError.class)
                .hasMessageContaining("no-such-program");
        assertThat(instances()).isEmpty();
        assertThatThrownBy(() -> real.scheduler().run(task.withNetworks(List.of("no-such-network")), nothing))
                .isInstanceOf(UserError.class).hasMessageContaining("no-such-network");
        assertThat(instances()).isEmpty();
    }

    @Test
    void tasksOfAServerThatDiedAreRemoved() {
        String orphan = real.engine().client().createContainerCmd(RealEngine.IMAGE).withCmd("sleep", "600").withLabels(Map.of(
                Engine.INSTANCE_LABEL, real.engine().instance(), "hokku.id", app.id().value(), "hokku.app", "hello",
                "hokku.process", "run", "hokku.index", "1", "hokku.release", "1", "hokku.deploy", "d1", "hokku.kind", "run",
                "hokku.server", "1-1"))
                .exec().getId();
        real.containers().start(orphan);
        String own = real.containers().create(task(), 1234, real.networks().ensure(app.id(), app.name()), true, true, false);
        new Leftovers(real.containers()).run();
        assertThat(instances()).extracting(Instance::container).containsExactly(own);
    }

    @Test
    void tasksOfASwarmOnTheSameEngineAreAnotherSchedulersOwn() throws Exception {
        String task = real.engine().client().createContainerCmd(RealEngine.IMAGE).withCmd("sleep", "600").withLabels(Map.of(
                Engine.INSTANCE_LABEL, real.engine().instance(), "hokku.id", app.id().value(), "hokku.app", "hello",
                "hokku.process", "web", "hokku.index", "1", "hokku.release", "1", "hokku.deploy", "d1", "hokku.kind", "deploy",
                "com.docker.swarm.task.id", "x"))
                .exec().getId();
        try {
            assertThat(instances()).isEmpty();
            real.scheduler().retire(app.id(), instance -> true);
            assertThat(real.engine().client().inspectContainerCmd(task).exec().getId()).isEqualTo(task);
        } finally {
            real.engine().client().removeContainerCmd(task).withForce(true).exec();
        }
    }

    private ProcessSpec task(String... command) {
        return ProcessSpec.of(ProcessSpec.Kind.RUN, app.name(), app.id(), "d1", 3, ProcessType.of("run"), RealEngine.IMAGE)
                .withCommand(List.of(command));
    }

    private static Attachment attachment(InputStream in, OutputStream out) {
        return Attachment.of(in, out, out, Optional.empty());
    }
}
