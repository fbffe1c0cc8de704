package hokku.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Attachment;
import hokku.api.Check;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.api.spi.Scheduler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every scheduler does. A subclass says which one, and how its containers serve.
@Timeout(120)
public abstract class SchedulerContract {
    protected static final int PORT = 5000;
    protected static final ProcessType WORKER = ProcessType.of("worker");

    protected final App app = App.create(AppName.of("hello"), AppId.random(), Instant.now(), Global.EMPTY);
    protected final RecordingOutput out = new RecordingOutput();
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();

    protected abstract Scheduler scheduler();

    /// An image with `sh`, `cat`, `echo` and `sleep`.
    protected abstract String image();

    /// A command that prints `ready`, listens on [#PORT] and ends on SIGTERM.
    protected abstract List<String> serving();

    /// Whether a container is on the machine whose containers can be entered; of three, one is.
    protected boolean isHere(Instance instance) {
        return true;
    }

    @AfterEach
    void nothingStays() throws InterruptedException {
        scheduler().destroy(app);
        assertThat(scheduler().instances(app.id())).isEmpty();
    }

    @Test
    void eachContainerOfAStartedProcessIsAnEndpoint() throws Exception {
        List<Endpoint> endpoints = scheduler().start(deployment("d1", web("d1").withCount(2)), out);
        assertThat(endpoints).extracting(Endpoint::process).containsOnly(ProcessType.WEB);
        assertThat(endpoints).extracting(Endpoint::index).containsExactlyInAnyOrder(1, 2);
        assertThat(endpoints).extracting(Endpoint::containerPort).containsOnly(PORT);
        assertThat(endpoints).extracting(endpoint -> endpoint.host() + ":" + endpoint.port()).doesNotHaveDuplicates();
    }

    @Test
    void whatRunsIsListedWithWhereItBelongs() throws Exception {
        List<Endpoint> endpoints = scheduler().start(deployment("d1", web("d1"), worker("d1").withCount(2)), out);
        List<Instance> instances = scheduler().instances(app.id());
        assertThat(instances).extracting(Instance::dyno).containsExactly("web.1", "worker.1", "worker.2");
        assertThat(instances).allSatisfy(instance -> {
            assertThat(instance.app()).isEqualTo(app.id());
            assertThat(instance.kind()).isEqualTo(ProcessSpec.Kind.DEPLOY);
            assertThat(instance.deploy()).isEqualTo("d1");
            assertThat(instance.release()).isEqualTo(3);
            assertThat(instance.state()).isEqualTo(Instance.State.RUNNING);
            assertThat(instance.started()).isPresent();
        });
        assertThat(instances.getFirst().endpoints()).isEqualTo(endpoints);
        assertThat(scheduler().instances()).extracting(Instance::container).containsAll(containers());
    }

    @Test
    void startingAgainStartsOnlyWhatIsMissing() throws Exception {
        List<Endpoint> first = scheduler().start(deployment("d1", web("d1")), out);
        List<String> before = containers();
        List<Endpoint> again = scheduler().start(deployment("d1", web("d1").withCount(2)), out);
        assertThat(again).containsAll(first).hasSize(2);
        assertThat(containers()).containsAll(before).hasSize(2);
    }

    @Test
    void whatAlreadyRanOfADeploymentSurvivesAFailureToAddToIt() throws Exception {
        scheduler().start(deployment("d1", web("d1")), out);
        List<String> before = containers();
        assertThatThrownBy(() -> scheduler().start(deployment("d1", web("d1"), exiting("d1")), out))
                .isInstanceOf(UserError.class);
        assertThat(containers()).isEqualTo(before);
    }

    @Test
    void aNewDeploymentRunsBesideTheFormerOneUntilThatIsRetired() throws Exception {
        scheduler().start(deployment("d1", web("d1")), out);
        List<Endpoint> second = scheduler().start(deployment("d2", web("d2")), out);
        assertThat(scheduler().instances(app.id())).extracting(Instance::deploy).containsExactlyInAnyOrder("d1", "d2");
        scheduler().retire(app.id(), instance -> !instance.deploy().equals("d2"));
        assertThat(scheduler().instances(app.id())).extracting(Instance::deploy).containsExactly("d2");
        assertThat(scheduler().instances(app.id()).getFirst().endpoints()).isEqualTo(second);
    }

    @Test
    void onlyWhatIsMeantIsRetired() throws Exception {
        scheduler().start(deployment("d1", web("d1").withCount(3)), out);
        scheduler().retire(app.id(), instance -> instance.index() > 1);
        assertThat(scheduler().instances(app.id())).extracting(Instance::dyno).containsExactly("web.1");
    }

    @Test
    void aDeploymentThatFailsLeavesNothingAndTheFormerOneRuns() throws Exception {
        scheduler().start(deployment("d1", web("d1")), out);
        List<String> before = containers();
        assertThatThrownBy(() -> scheduler().start(deployment("d2", web("d2"), exiting("d2")), out))
                .isInstanceOf(UserError.class).hasMessageContaining("worker.1").hasMessageContaining("exit code 3");
        assertThat(containers()).isEqualTo(before);
        assertThat(scheduler().instances(app.id())).extracting(Instance::state).containsOnly(Instance.State.RUNNING);
    }

    @Test
    void withoutZeroDowntimeTheFormerContainersAreStoppedFirstAndItIsSaid() throws Exception {
        scheduler().start(deployment("d1", web("d1")), out);
        scheduler().start(deployment("d2", stoppingFirst(web("d2"))), out);
        assertThat(out.text()).contains("Zero downtime is disabled, stopping currently running containers (web)");
        assertThat(running()).containsExactly("d2");
    }

    @Test
    void withoutZeroDowntimeAFailureBringsTheFormerContainersBack() throws Exception {
        scheduler().start(deployment("d1", web("d1"), worker("d1")), out);
        assertThatThrownBy(() -> scheduler().start(deployment("d2", stoppingFirst(web("d2")), exiting("d2")), out))
                .isInstanceOf(UserError.class);
        assertThat(running()).containsExactly("d1", "d1");
        assertThat(containers()).hasSize(2);
    }

    @Test
    void whatIsDestroyedIsGone() throws Exception {
        scheduler().start(deployment("d1", web("d1"), worker("d1")), out);
        scheduler().destroy(app);
        assertThat(scheduler().instances(app.id())).isEmpty();
        scheduler().destroy(app);
    }

    @Test
    void whatItNeverHadItEndsWithoutAWord() throws Exception {
        scheduler().retire(app.id(), instance -> true);
        scheduler().detach(app, "nothing");
        scheduler().destroy(app);
        assertThat(scheduler().instances(app.id())).isEmpty();
    }

    @Test
    void aWatcherIsToldOfAChange() throws Exception {
        List<AppId> told = new CopyOnWriteArrayList<>();
        try (AutoCloseable watch = scheduler().watch(told::add)) {
            assertThat(watch).isNotNull();
            scheduler().start(deployment("d1", web("d1")), out);
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(told).contains(app.id()));
        }
    }

    @Test
    void theLastLinesOfALogArePassedOn() throws Exception {
        scheduler().start(deployment("d1", web("d1")), out);
        List<String> lines = new CopyOnWriteArrayList<>();
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            lines.clear();
            scheduler().logs(scheduler().instances(app.id()), 10, false,
                    (from, at, error, text) -> lines.add(from.dyno() + " " + error + " " + text));
            assertThat(lines).containsExactly("web.1 false ready");
        });
    }

    @Test
    void aLogIsFollowedUntilTheInterrupt() throws Exception {
        scheduler().start(deployment("d1", web("d1")), out);
        List<String> lines = new CopyOnWriteArrayList<>();
        List<Instance> instances = scheduler().instances(app.id());
        Interrupted follower = new Interrupted(
                () -> scheduler().logs(instances, 10, true, (from, at, error, text) -> lines.add(text)));
        await().atMost(Duration.ofSeconds(20)).until(() -> lines.contains("ready"));
        assertThat(follower.interrupt()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aOneOffTaskGetsItsInputToTheEnd() throws Exception {
        assertThat(scheduler().run(task("cat"), attachment("one\ntwo"))).isZero();
        assertThat(stdout.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo");
        assertThat(scheduler().instances(app.id())).isEmpty();
    }

    @Test
    void aOneOffTaskTellsItsExitCode() throws Exception {
        assertThat(scheduler().run(task("sh", "-c", "exit 7"), attachment(""))).isEqualTo(7);
        assertThat(scheduler().instances(app.id())).isEmpty();
    }

    @Test
    void aCancelledTaskIsGone() throws Exception {
        Interrupted running = new Interrupted(() -> scheduler().run(task("sleep", "600"), attachment("")));
        await().atMost(Duration.ofSeconds(20)).until(() -> !running().isEmpty());
        assertThat(running.interrupt()).isInstanceOf(InterruptedException.class);
        assertThat(scheduler().instances(app.id())).isEmpty();
    }

    @Test
    void retiringLeavesTasksAlone() throws Exception {
        Interrupted running = new Interrupted(() -> scheduler().run(task("sleep", "600"), attachment("")));
        await().atMost(Duration.ofSeconds(20)).until(() -> !running().isEmpty());
        scheduler().retire(app.id(), instance -> true);
        assertThat(running()).hasSize(1);
        running.interrupt();
    }

    @Test
    void aRunningContainerCanBeEntered() throws Exception {
        scheduler().start(deployment("d1", web("d1").withCount(3)), out);
        Instance instance = scheduler().instances(app.id()).stream().filter(this::isHere).findFirst().orElseThrow();
        assertThat(scheduler().enter(instance, List.of("echo", "hello", "there"), attachment(""))).isZero();
        assertThat(stdout.toString(StandardCharsets.UTF_8)).isEqualTo("hello there\n");
        assertThat(scheduler().enter(instance, List.of("sh", "-c", "exit 5"), attachment(""))).isEqualTo(5);
    }

    protected final Deployment deployment(String id, ProcessSpec... processes) {
        Release release = new Release(app.name(), 3, image(), "hello:3", "test", Env.EMPTY, new TreeMap<>(), List.of(PORT), true,
                "",
                Map.of(), Map.of(), "test", Instant.now());
        return Deployment.of(id, app, release, List.of(processes));
    }

    protected final ProcessSpec process(String deploy, ProcessType process) {
        return ProcessSpec.of(ProcessSpec.Kind.DEPLOY, app.name(), app.id(), deploy, 3, process, image())
                .withStopTimeout(Duration.ofSeconds(5)).withRestartPolicy("on-failure:10");
    }

    /// A web process that has to listen within some seconds.
    protected final ProcessSpec web(String deploy) {
        return process(deploy, ProcessType.WEB).withCommand(serving()).withPorts(List.of(PORT))
                .withEnv(Env.EMPTY.with("PORT", String.valueOf(PORT)))
                .withChecks(List.of(listening()), true, Duration.ofSeconds(20));
    }

    protected static ProcessSpec stoppingFirst(ProcessSpec spec) {
        return spec.withChecks(spec.checks(), false, spec.startTimeout());
    }

    private ProcessSpec worker(String deploy) {
        return process(deploy, WORKER).withCommand(serving());
    }

    /// A worker that ends at once.
    private ProcessSpec exiting(String deploy) {
        return process(deploy, WORKER).withCommand(List.of("sh", "-c", "exit 3"))
                .withChecks(List.of(uptime(Duration.ofSeconds(5))), true, Duration.ofSeconds(20));
    }

    protected final ProcessSpec task(String... command) {
        return ProcessSpec.of(ProcessSpec.Kind.RUN, app.name(), app.id(), "d1", 3, ProcessType.of("run"), image())
                .withCommand(List.of(command)).withStopTimeout(Duration.ofSeconds(1));
    }

    protected static Check listening() {
        return new Check("port listening check", new Check.Listening(OptionalInt.empty()), 1000, Duration.ofSeconds(2),
                Duration.ofMillis(50), Duration.ZERO, false);
    }

    protected static Check uptime(Duration duration) {
        return new Check("default", new Check.Uptime(duration), 1, Duration.ofSeconds(60), Duration.ZERO, Duration.ZERO, false);
    }

    protected final Attachment attachment(String input) {
        return Attachment.of(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), stdout, stdout, Optional.empty());
    }

    private List<String> containers() {
        return scheduler().instances(app.id()).stream().map(Instance::container).toList();
    }

    /// The deployments of what runs.
    protected final List<String> running() {
        return scheduler().instances(app.id()).stream().filter(instance -> instance.state() == Instance.State.RUNNING)
                .map(Instance::deploy).toList();
    }

    /// Work on a thread that the test interrupts.
    protected static final class Interrupted {
        private final AtomicReference<Throwable> thrown = new AtomicReference<>();
        private final Thread thread;

        public Interrupted(Work work) {
            thread = Thread.ofVirtual().start(() -> {
                try {
                    work.run();
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
        }

        /// @return what the work threw; a failure when it ended without
        public Throwable interrupt() throws InterruptedException {
            thread.interrupt();
            thread.join();
            return Optional.ofNullable(thrown.get()).orElseGet(() -> new AssertionError("it ended as if nothing had happened"));
        }
    }

    /// What a thread does.
    @FunctionalInterface
    protected interface Work {
        void run() throws Exception;
    }
}
