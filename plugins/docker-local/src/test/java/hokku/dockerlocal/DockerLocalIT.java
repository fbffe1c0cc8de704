package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Network;
import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Attachment;
import hokku.api.Check;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.testkit.RecordingOutput;
import java.io.ByteArrayInputStream;
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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DockerLocalIT {
    private static final ProcessType WORKER = ProcessType.of("worker");
    private static final Check LISTENING = new Check("port listening check", new Check.Listening(OptionalInt.empty()), 1000,
            Duration.ofSeconds(2), Duration.ofMillis(50), Duration.ZERO, false);

    private static RealEngine real;

    private final App app = App.create(AppName.of("hello"), AppId.random(), Instant.now(), Global.EMPTY);
    private final RecordingOutput out = new RecordingOutput();

    @BeforeAll
    static void open() {
        real = new RealEngine();
    }

    @AfterAll
    static void close() throws IOException {
        real.close();
    }

    @AfterEach
    void nothingStays() throws InterruptedException {
        real.scheduler().destroy(app);
        assertThat(instances()).isEmpty();
    }

    @Test
    void anImageThatExitsAtOnceIsToldWithItsOutput() {
        ProcessSpec spec = process("d1", ProcessType.WEB, "sh", "-c", "echo no database; exit 3").withPorts(List.of(5000))
                .withChecks(List.of(LISTENING, uptime(1)), true, Duration.ofSeconds(30));
        assertThatThrownBy(() -> start("d1", spec)).isInstanceOf(UserError.class)
                .hasMessageContaining("hello could not start web.1: it ended with exit code 3");
        assertThat(out.lines()).anyMatch(line -> line.matches("=====> Start of hello container output \\([0-9a-f]{12} web.1\\)"))
                .contains("       no database")
                .anyMatch(line -> line.matches("=====> End of hello container output \\([0-9a-f]{12} web.1\\)"));
        assertThat(instances()).isEmpty();
    }

    @Test
    void anImageThatNeverListensIsToldWhatToDo() {
        ProcessSpec spec = process("d1", ProcessType.WEB, "sleep", "600").withPorts(List.of(5000))
                .withChecks(List.of(LISTENING), true, Duration.ofSeconds(2));
        assertThatThrownBy(() -> start("d1", spec)).isInstanceOf(UserError.class)
                .hasMessageContaining("nothing listens on port 5000 within ").hasMessageContaining("0.0.0.0")
                .hasMessageContaining("PORT");
        assertThat(instances()).isEmpty();
    }

    @Test
    void anImageThatListensElsewhereIsToldWhere() {
        ProcessSpec other = process("d1", ProcessType.WEB, "httpd", "-f", "-p", "3000").withPorts(List.of(5000))
                .withChecks(List.of(LISTENING), true, Duration.ofSeconds(2));
        assertThatThrownBy(() -> start("d1", other)).hasMessageContaining("It listens on 3000 instead.");
        ProcessSpec loopback = process("d2", ProcessType.WEB, "httpd", "-f", "-p", "127.0.0.1:5000").withPorts(List.of(5000))
                .withChecks(List.of(LISTENING), true, Duration.ofSeconds(2));
        assertThatThrownBy(() -> start("d2", loopback)).hasMessageContaining("127.0.0.1 only");
        assertThat(instances()).isEmpty();
    }

    @Test
    void aCrashLoopIsAFailureAtItsFirstCrash() {
        ProcessSpec spec = process("d1", WORKER, "sh", "-c", "sleep 0.5; exit 1").withRestartPolicy("always")
                .withChecks(List.of(uptime(3)), true, Duration.ofSeconds(60));
        long before = System.nanoTime();
        assertThatThrownBy(() -> start("d1", spec)).hasMessageContaining("exit code 1");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        assertThat(instances()).isEmpty();
    }

    @Test
    void aCommandThatIsNotInTheImageIsNamed() {
        assertThatThrownBy(() -> start("d1", process("d1", WORKER, "no-such-program").withInit(false)))
                .isInstanceOf(UserError.class).hasMessageContaining("no-such-program").hasMessageContaining("not found");
        assertThatThrownBy(() -> start("d1", process("d1", WORKER, "no-such-program")
                .withChecks(List.of(uptime(5)), true, Duration.ofSeconds(20))))
                .isInstanceOf(UserError.class).hasMessageContaining("exit code 127").hasMessageContaining("not found");
        assertThat(instances()).isEmpty();
    }

    @Test
    void anImageThatIsGoneIsToldWhatToDo() {
        assertThatThrownBy(() -> start("d1", process("d1", WORKER, "true").withImage("sha256:" + "0".repeat(64))))
                .isInstanceOf(UserError.class).hasMessageContaining("ps:rebuild hello");
    }

    @Test
    void memoryThatRunsOutIsNamed() {
        ProcessSpec spec = process("d1", WORKER, "sh", "-c", "x=x; while true; do x=$x$x; done")
                .withLimits(OptionalLong.of(16 * 1024 * 1024), Optional.of(0.5))
                .withChecks(List.of(uptime(30)), true, Duration.ofSeconds(60));
        assertThatThrownBy(() -> start("d1", spec)).hasMessageContaining("memory").hasMessageContaining("16 MB");
    }

    @Test
    void aFailedCheckIsNamedWithItsReason() {
        ProcessSpec spec = web("d1")
                .withChecks(List.of(LISTENING, new Check("login page", new Check.Http("/nowhere", "", Map.of(),
                OptionalInt.empty()), 2, Duration.ofSeconds(2), Duration.ofMillis(100), Duration.ZERO, false)), true,
                Duration.ofSeconds(30));
        assertThatThrownBy(() -> start("d1", spec)).hasMessageContaining("login page").hasMessageContaining("status 404");
        ProcessSpec command = web("d1")
                .withChecks(List.of(exec("sh", "-c", "echo not migrated; exit 4")), true, Duration.ofSeconds(30));
        assertThatThrownBy(() -> start("d1", command)).hasMessageContaining("exit code 4: not migrated");
        assertThat(instances()).isEmpty();
    }

    @Test
    void aCheckThatOnlyWarnsDoesNotRefuse() throws Exception {
        Check warning = new Check("nice to have", new Check.Exec(List.of("false")), 1, Duration.ofSeconds(5), Duration.ZERO,
                Duration.ZERO, true);
        start("d1", web("d1").withChecks(List.of(LISTENING, warning), true, Duration.ofSeconds(30)));
        assertThat(out.text()).contains(" !     Healthcheck nice to have failed (web.1)")
                .contains("All checks successful (web.1)");
    }

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
    void aVariableThatNoProcessCanHaveIsToldSo() {
        assertThatThrownBy(() -> start("d1", web("d1").withEnv(Env.EMPTY.with("BIG", "x".repeat(140_000)))))
                .isInstanceOf(UserError.class).hasMessageContaining("128 KiB");
    }

    @Test
    void anAddressThatChangedIsTold() throws Exception {
        List<Endpoint> before = start("d1", web("d1"));
        Instance instance = instances().getFirst();
        List<AppId> told = new CopyOnWriteArrayList<>();
        try (AutoCloseable watch = real.scheduler().watch(told::add)) {
            assertThat(watch).isNotNull();
            // Every app is told at the start of a watch.
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            told.clear();
            real.engine().client().stopContainerCmd(instance.container()).withTimeout(1).exec();
            // Somebody else takes its address meanwhile.
            start("d2", process("d2", WORKER, "sleep", "600"));
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            told.clear();
            real.engine().client().startContainerCmd(instance.container()).exec();
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            List<Endpoint> after = instances().stream().flatMap(any -> any.endpoints().stream()).toList();
            assertThat(after).hasSize(1);
            assertThat(after.getFirst().host()).isNotEqualTo(before.getFirst().host());
        }
    }

    @Test
    void anEngineThatWasAwayIsWatchedAgainAndEveryAppIsTold(@TempDir Path folder) throws Exception {
        List<AppId> told = new CopyOnWriteArrayList<>();
        try (EngineRelay relay = new EngineRelay(folder.resolve("docker.sock")); RealEngine away = new RealEngine(relay.host());
                AutoCloseable watch = away.scheduler().watch(told::add)) {
            assertThat(watch).isNotNull();
            away.scheduler().start(Deployment.of("d1", app, release(), List.of(web("d1"))), out);
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            relay.stop();
            assertThatThrownBy(() -> away.scheduler().instances()).isInstanceOfSatisfying(UserError.class,
                    e -> assertThat(e.exitCode()).isEqualTo(UserError.UNAVAILABLE));
            assertThatThrownBy(() -> away.scheduler().start(Deployment.of("d2", app, release(), List.of(web("d2"))), out))
                    .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.exitCode()).isEqualTo(UserError.UNAVAILABLE));
            told.clear();
            relay.start();
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            told.clear();
            Instance instance = away.scheduler().instances(app.id()).getFirst();
            away.engine().client().restartContainerCmd(instance.container()).withTimeout(1).exec();
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            away.scheduler().destroy(app);
        }
    }

    @Test
    void anEngineThatGoesAwayInTheMiddleOfAStartIsSaidSo(@TempDir Path folder) throws Exception {
        try (EngineRelay relay = new EngineRelay(folder.resolve("docker.sock")); RealEngine away = new RealEngine(relay.host())) {
            ProcessSpec never = process("d1", ProcessType.WEB, "sleep", "600").withPorts(List.of(5000))
                    .withChecks(List.of(LISTENING), true, Duration.ofSeconds(3));
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread deploy = Thread.ofVirtual().start(() -> {
                try {
                    away.scheduler().start(Deployment.of("d1", app, release(), List.of(never)), out);
                } catch (Exception e) {
                    thrown.set(e);
                }
            });
            await().atMost(Duration.ofSeconds(20)).until(() -> out.text().contains("Attempting pre-flight checks"));
            relay.stop();
            deploy.join();
            assertThat(thrown.get()).isInstanceOf(UserError.class);
            relay.start();
            // Nobody could remove it, and the engine does not start it again by itself: the next start of it is made anew.
            assertThat(away.scheduler().instances(app.id())).hasSize(1);
            assertThat(away.scheduler().start(Deployment.of("d1", app, release(), List.of(web("d1"))), out)).hasSize(1);
            away.scheduler().destroy(app);
        }
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
    void networksThatAreMadeAtTheSameTimeDoNotOverlap() {
        List<AppId> ids = IntStream.range(0, 4).mapToObj(any -> AppId.random()).toList();
        try {
            CompletableFuture.allOf(ids.stream().map(id -> CompletableFuture.runAsync(() -> {
                // Two servers at once: the engine decides then.
                AppNetworks own = new AppNetworks(real.engine(), () -> Subnet.of("10.214.0.0/16"));
                own.ensure(id, app.name());
                own.ensure(id, app.name());
            })).toArray(CompletableFuture[]::new)).join();
            List<String> subnets = ids.stream()
                    .map(id -> real.engine().client().inspectNetworkCmd().withNetworkId("hokku-" + id).exec())
                    .map(network -> network.getIpam().getConfig().getFirst().getSubnet()).toList();
            assertThat(subnets).hasSize(4).doesNotHaveDuplicates()
                    .allMatch(subnet -> subnet.startsWith("10.214.") && subnet.endsWith("/26"));
        } finally {
            ids.forEach(real.networks()::remove);
        }
    }

    @Test
    void addressesThatTheHostReachesOtherwiseAreLeftAlone(@TempDir Path folder) throws Exception {
        // 10.215.0.0/26 and 10.215.0.64/26, as the kernel writes them.
        Path routes = Files.writeString(folder.resolve("route"), """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
                tun0\t0000D70A\t00000000\t0001\t0\t0\t0\t80FFFFFF\t0\t0\t0
                """);
        AppNetworks networks = new AppNetworks(real.engine(), () -> Subnet.of("10.215.0.0/24"), routes);
        networks.ensure(app.id(), app.name());
        Network network = real.engine().client().inspectNetworkCmd().withNetworkId("hokku-" + app.id()).exec();
        assertThat(network.getIpam().getConfig().getFirst().getSubnet()).isEqualTo("10.215.0.128/26");
        AppNetworks full = new AppNetworks(real.engine(), () -> Subnet.of("10.215.0.0/25"), routes);
        assertThatThrownBy(() -> full.ensure(AppId.random(), app.name())).isInstanceOf(UserError.class)
                .hasMessageContaining("network:set --global pool");
    }

    @Test
    void aTaskRunsWithItsVariablesAndANumberOfItsOwn() throws Exception {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ProcessSpec task = ProcessSpec.of(ProcessSpec.Kind.RUN, app.name(), app.id(), "d1", 3, ProcessType.of("run"),
                RealEngine.IMAGE)
                .withCommand(List.of("sh", "-c", "cat; echo $DYNO; exit 2"));
        int code = real.scheduler()
                .run(task, Attachment.of(new ByteArrayInputStream("in\n".getBytes(StandardCharsets.UTF_8)), stdout,
                stdout, Optional.empty()));
        assertThat(code).isEqualTo(2);
        assertThat(stdout.toString(StandardCharsets.UTF_8)).matches("in\nrun\\.[0-9]{4}\n");
        assertThat(instances()).isEmpty();
    }

    @Test
    void aTaskThatCannotStartLeavesNothing() {
        ProcessSpec task = ProcessSpec.of(ProcessSpec.Kind.RUN, app.name(), app.id(), "d1", 3, ProcessType.of("run"),
                RealEngine.IMAGE)
                .withCommand(List.of("no-such-program")).withInit(false);
        assertThatThrownBy(() -> real.scheduler()
                .run(task, Attachment.of(InputStream.nullInputStream(), new ByteArrayOutputStream(),
                new ByteArrayOutputStream(), Optional.empty()))).isInstanceOf(UserError.class)
                .hasMessageContaining("no-such-program");
        assertThat(instances()).isEmpty();
        assertThatThrownBy(() -> real.scheduler().run(task.withNetworks(List.of("no-such-network")), Attachment.of(
                InputStream.nullInputStream(), new ByteArrayOutputStream(), new ByteArrayOutputStream(), Optional.empty())))
                .isInstanceOf(UserError.class).hasMessageContaining("no-such-network");
        assertThat(instances()).isEmpty();
    }

    @Test
    void tasksOfAServerThatDiedAreRemoved() {
        String orphan = real.engine().client().createContainerCmd(RealEngine.IMAGE).withCmd("sleep", "600").withLabels(Map.of(
                Engine.INSTANCE_LABEL, real.engine().instance(), "hokku.id", app.id().value(), "hokku.app", "hello",
                "hokku.process",
                "run", "hokku.index", "1", "hokku.release", "1", "hokku.deploy", "d1", "hokku.kind", "run", "hokku.server",
                "1-1"))
                .exec().getId();
        real.containers().start(orphan);
        String own = real.containers()
                .create(ProcessSpec.of(ProcessSpec.Kind.RUN, app.name(), app.id(), "d1", 3, ProcessType.of("run"),
                RealEngine.IMAGE), 1234, real.networks().ensure(app.id(), app.name()), true, true, false);
        new Leftovers(real.containers()).run();
        assertThat(instances()).extracting(Instance::container).containsExactly(own);
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

    private List<Endpoint> start(String id, ProcessSpec... processes) throws Exception {
        return real.scheduler().start(Deployment.of(id, app, release(), List.of(processes)), out);
    }

    private Release release() {
        return new Release(app.name(), 3, RealEngine.IMAGE, "hello:3", "test", Env.EMPTY, new TreeMap<>(), List.of(5000), true,
                "",
                Map.of(), Map.of(), "test", Instant.now());
    }

    private ProcessSpec process(String deploy, ProcessType process, String... command) {
        return ProcessSpec.of(ProcessSpec.Kind.DEPLOY, app.name(), app.id(), deploy, 3, process, RealEngine.IMAGE)
                .withCommand(List.of(command)).withStopTimeout(Duration.ofSeconds(1));
    }

    private ProcessSpec web(String deploy) {
        return process(deploy, ProcessType.WEB, RealEngine.SERVING.toArray(String[]::new)).withPorts(List.of(5000))
                .withEnv(Env.EMPTY.with("PORT", "5000")).withRestartPolicy("unless-stopped")
                .withChecks(List.of(LISTENING), true, Duration.ofSeconds(30));
    }

    private static Check uptime(int seconds) {
        return new Check("default", new Check.Uptime(Duration.ofSeconds(seconds)), 1, Duration.ofSeconds(60), Duration.ZERO,
                Duration.ZERO,
                false);
    }

    private static Check exec(String... words) {
        return new Check("migrations", new Check.Exec(List.of(words)), 2, Duration.ofSeconds(10), Duration.ofMillis(100),
                Duration.ZERO,
                false);
    }

    private List<Instance> instances() {
        return real.scheduler().instances(app.id());
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
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
