package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import hokku.api.App;
import hokku.api.AppId;
import hokku.api.Attachment;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.testkit.FreePort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What runs on the engine after a start, a stop, and what came between.
@Timeout(120)
class DockerLocalIT extends SchedulerFixture {
    @Test
    void whatASpecificationAsksForIsWhatTheContainerHas(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("data"), "kept");
        start("d1", web("d1").withRestartPolicy("on-failure:7").withMounts(List.of(folder + ":/data:ro"))
                .withLimits(OptionalLong.of(64 * 1024 * 1024), Optional.of(0.5)).withLogSize("1m")
                .withStopTimeout(Duration.ofSeconds(11))
                .withLabel("custom", "yes"));
        InspectContainerResponse container = inspect(instances().getFirst());
        assertThat(container.getName()).isEqualTo("/hello.web.1.d1");
        assertThat(container.getHostConfig().getRestartPolicy().getName()).isEqualTo("on-failure");
        assertThat(container.getHostConfig().getRestartPolicy().getMaximumRetryCount()).isEqualTo(7);
        assertThat(container.getHostConfig().getMemory()).isEqualTo(64 * 1024 * 1024);
        assertThat(container.getHostConfig().getNanoCPUs()).isEqualTo(500_000_000);
        assertThat(container.getHostConfig().getInit()).isTrue();
        assertThat(container.getHostConfig().getLogConfig().getConfig()).containsEntry("max-size", "1m");
        assertThat(Arrays.asList(container.getConfig().getEnv())).contains("DYNO=web.1", "PORT=5000");
        assertThat(container.getConfig().getLabels()).containsEntry(Engine.INSTANCE_LABEL, real.engine().instance())
                .containsEntry("hokku.app", "hello").containsEntry("hokku.process", "web").containsEntry("hokku.index", "1")
                .containsEntry("hokku.release", "3").containsEntry("hokku.deploy", "d1").containsEntry("hokku.kind", "deploy")
                .containsEntry("hokku.id", app.id().value()).containsEntry("custom", "yes");
        assertThat(container.getNetworkSettings().getNetworks()).containsOnlyKeys("hokku-" + app.id());
        assertThat(enter("cat", "/data/data")).isEqualTo("kept");
        assertThatThrownBy(() -> Files.readString(folder.resolve("other"))).isInstanceOf(IOException.class);
    }

    @Test
    void variablesOf64KibibytesArriveByteForByte() throws Exception {
        String value = "ü\n\"'$x`".repeat(10_000).substring(0, 60_000);
        start("d1", web("d1").withEnv(Env.EMPTY.with("PORT", "5000").with("BIG", value)));
        assertThat(enter("sh", "-c", "printf %s \"$BIG\"")).isEqualTo(value);
        assertThat(value.getBytes(StandardCharsets.UTF_8).length).isGreaterThan(64 * 1024);
    }

    @Test
    void anInterruptedStartLeavesNothing() throws Exception {
        start("d1", web("d1"));
        ProcessSpec never = process("d2", ProcessType.WEB, "sleep", "600").withPorts(List.of(5000)).withCount(3)
                .withChecks(List.of(LISTENING), false, Duration.ofSeconds(60));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread deploy = Thread.ofVirtual().start(() -> {
            try {
                start("d2", never);
            } catch (Exception e) {
                thrown.set(e);
            }
        });
        await().atMost(Duration.ofSeconds(30))
                .until(() -> instances().stream().anyMatch(instance -> instance.deploy().equals("d2")));
        deploy.interrupt();
        deploy.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(instances()).extracting(Instance::deploy).containsExactly("d1");
        assertThat(instances()).extracting(Instance::state).containsExactly(Instance.State.RUNNING);
    }

    @Test
    void aLeftoverOfAStartThatWasCutOffIsMadeAnew() throws Exception {
        String network = real.networks().ensure(app.id(), app.name());
        String leftover = real.containers().create(web("d1"), 1, network, true, false, false);
        real.containers().start(leftover);
        List<Endpoint> endpoints = start("d1", web("d1"));
        assertThat(endpoints).hasSize(1);
        assertThat(instances()).extracting(Instance::container).hasSize(1).doesNotContain(leftover);
    }

    @Test
    void aContainerThatServedAndEndedIsStartedAgain() throws Exception {
        start("d1", web("d1"));
        Instance instance = instances().getFirst();
        real.engine().client().killContainerCmd(instance.container()).exec();
        await().until(() -> instances().getFirst().state() == Instance.State.EXITED || instances().getFirst()
                .state() == Instance.State.RUNNING);
        real.containers().stop(instance.container());
        assertThat(instances()).extracting(Instance::state).containsExactly(Instance.State.EXITED);
        assertThat(start("d1", web("d1"))).hasSize(1);
        assertThat(instances()).extracting(Instance::container).containsExactly(instance.container());
    }

    @Test
    void aContainerThatCrashesAgainAndAgainDoesNotKeepAnotherFromBeingStarted() throws Exception {
        ProcessSpec flaky = process("d1", WORKER, "sh", "-c", "sleep 1.5; exit 1").withRestartPolicy("always")
                .withChecks(List.of(uptime(1)), true, Duration.ofSeconds(20));
        start("d1", web("d1"), flaky);
        Instance web = instances().getFirst();
        await().atMost(Duration.ofSeconds(40)).until(() -> instances().getLast().state() == Instance.State.RESTARTING);
        real.containers().remove(web.container());
        assertThat(start("d1", web("d1"), flaky)).hasSize(1);
        assertThat(instances()).extracting(Instance::dyno).containsExactly("web.1", "worker.1");
    }

    @Test
    void aStopTimeoutIsHonoured() throws Exception {
        start("d1", process("d1", WORKER, "sh", "-c", "trap 'sleep 12; exit 0' TERM; while true; do sleep 0.1; done")
                .withStopTimeout(Duration.ofSeconds(1)).withInit(false));
        long before = System.nanoTime();
        real.scheduler().retire(app.id(), instance -> true);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(9));
        assertThat(instances()).isEmpty();
    }

    @Test
    void aPublishedPortIsServedByTheNewReleaseAndGivenBackAfterAFailure() throws Exception {
        int port = freePort();
        start("d1", web("d1").withPublished(List.of("127.0.0.1:" + port + ":5000")));
        assertThat(inspect(instances().getFirst()).getHostConfig().getPortBindings().getBindings()).hasSize(1);
        start("d2", web("d2").withPublished(List.of("127.0.0.1:" + port + ":5000")));
        real.scheduler().retire(app.id(), instance -> instance.deploy().equals("d1"));
        ProcessSpec broken = process("d3", ProcessType.WEB, "false").withPorts(List.of(5000))
                .withChecks(List.of(LISTENING), true, Duration.ofSeconds(20))
                .withPublished(List.of("127.0.0.1:" + port + ":5000"));
        assertThatThrownBy(() -> start("d3", broken)).isInstanceOf(UserError.class);
        assertThat(instances()).extracting(Instance::deploy).containsExactly("d2");
        assertThat(instances()).extracting(Instance::state).containsExactly(Instance.State.RUNNING);
    }

    @Test
    void twoServersCanHaveAnAppOfTheSameName() throws Exception {
        start("d1", web("d1"));
        try (RealEngine other = new RealEngine()) {
            App same = App.create(app.name(), AppId.random(), Instant.now(), Global.EMPTY);
            ProcessSpec spec = ProcessSpec.of(ProcessSpec.Kind.DEPLOY, same.name(), same.id(), "d1", 3, WORKER, RealEngine.IMAGE)
                    .withCommand(List.of("sleep", "600")).withStopTimeout(Duration.ZERO);
            ProcessSpec web = ProcessSpec.of(ProcessSpec.Kind.DEPLOY, same.name(), same.id(), "d1", 3, ProcessType.WEB,
                    RealEngine.IMAGE)
                    .withCommand(List.of("sleep", "600")).withStopTimeout(Duration.ZERO);
            other.scheduler().start(Deployment.of("d1", same, release(), List.of(web, spec)), out);
            assertThat(other.scheduler().instances()).hasSize(2);
            other.scheduler().destroy(same);
        }
        assertThat(instances()).hasSize(1);
    }

    @Test
    void logsOfSeveralContainersAreMergedByTime() throws Exception {
        start("d1", process("d1", WORKER, "sh", "-c",
                "for i in 1 2 3; do echo line $i of $DYNO; sleep 0.3; done; echo oops >&2; sleep 600")
                .withCount(2));
        List<String> lines = new CopyOnWriteArrayList<>();
        List<Instant> times = new CopyOnWriteArrayList<>();
        Thread follower = Thread.ofVirtual().start(() -> {
            try {
                real.scheduler().logs(instances(), 100, true,
                        (from, at, error, text) -> lines.add(from.dyno() + (error ? " E " : " O ") + text));
            } catch (InterruptedException e) {
                lines.add("interrupted");
            }
        });
        await().atMost(Duration.ofSeconds(20))
                .until(() -> lines.contains("worker.1 E oops") && lines.contains("worker.2 E oops"));
        follower.interrupt();
        follower.join();
        assertThat(lines).hasSize(9).doesNotHaveDuplicates().contains("worker.2 O line 2 of worker.2").last()
                .isEqualTo("interrupted");
        real.scheduler().logs(instances(), 2, false, (from, at, error, text) -> times.add(at));
        assertThat(times).hasSize(4).isSorted();
    }

    private static InspectContainerResponse inspect(Instance instance) {
        return real.engine().client().inspectContainerCmd(instance.container()).exec();
    }

    private String enter(String... command) throws InterruptedException {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        real.scheduler().enter(instances().getFirst(), List.of(command),
                Attachment.of(InputStream.nullInputStream(), stdout, stdout, Optional.empty()));
        return stdout.toString(StandardCharsets.UTF_8);
    }

    private static int freePort() throws IOException {
        return FreePort.find();
    }
}
