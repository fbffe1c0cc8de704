package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Attachment;
import hokku.api.Deployment;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.core.docker.DockerEngine;
import hokku.swarm.registry.Published;
import hokku.testkit.RecordingOutput;
import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// Tasks and commands on a swarm of three nodes.
@Timeout(180)
@ExtendWith(SharedSwarmLab.class)
class OneOffsIT {
    private static final String IMAGE = "busybox:latest";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SwarmLab lab;
    private final DockerEngine engine;
    private final Cluster cluster;
    private final SwarmScheduler scheduler;
    private final OneOffs oneOffs;
    private final Secrets secrets;
    private App app = App.create(AppName.of("hello"), AppId.random(), Instant.now(), Global.EMPTY);
    private String reference = IMAGE;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    OneOffsIT(SwarmLab lab) {
        this.lab = lab;
        this.engine = new DockerEngine(lab.manager().socket(), "test-" + UUID.randomUUID());
        SwarmEngine swarm = new SwarmEngine(() -> engine);
        Reachability reachability = Reachability.byGossip();
        this.cluster = new Cluster(swarm, reachability);
        SwarmParts parts = new SwarmParts(swarm, cluster, new Services(swarm, cluster), new SwarmNetworks(swarm),
                (of, release, image, told) -> new Published(reference, Optional.empty()), TaskLogs.of(swarm, cluster));
        this.oneOffs = new OneOffs(parts, name -> app);
        this.secrets = new Secrets(swarm);
        this.scheduler = new SwarmScheduler(parts, oneOffs, new Watches(swarm, cluster, reachability));
    }

    @AfterEach
    void nothingStays() throws Exception {
        lab.mend();
        scheduler.destroy(app);
        assertThat(scheduler.instances()).isEmpty();
        assertThat(lab.manager().docker("secret", "ls", "--quiet", "--filter", "label=" + Engine.INSTANCE_LABEL + "=" + engine.instance())).isEmpty();
        engine.close();
    }

    @Test
    void aCommandRunsOnTheManagerWithItsInputAndVariables() throws Exception {
        assertThat(run(task("sh", "-c", "cat; echo $DYNO $GREETING; hostname -i >&2; exit 4").withEnv(Env.EMPTY.with("GREETING", "hi")), "in\n")).isEqualTo(4);
        assertThat(out()).matches("in\nrun\\.[0-9]{4} hi\n");
        assertThat(err()).matches("10\\.[0-9.]+\n");
    }

    @Test
    void aCommandIsInTheFurtherNetworksOfItsApp() throws Exception {
        String further = "further-" + app.id();
        lab.manager().docker("network", "create", "--driver", "overlay", "--attachable", further);
        try {
            setting(SwarmSettings.NETWORKS, further);
            assertThat(run(task("sh", "-c", "ls -d /sys/class/net/eth* | wc -l"), "")).isZero();
            // One for each network, and one to the outside.
            assertThat(out().strip()).isEqualTo("3");
        } finally {
            lab.manager().docker("network", "rm", further);
        }
    }

    @Test
    void aNetworkOfTheSameNameThatIsNotOursStays() throws Exception {
        String network = SwarmNetworks.name(app.id());
        lab.manager().docker("network", "create", "--driver", "overlay", network);
        try {
            scheduler.destroy(app);
            assertThat(lab.manager().docker("network", "ls", "--format", "{{.Name}}").lines()).contains(network);
        } finally {
            lab.manager().docker("network", "rm", network);
        }
    }

    @Test
    void aCommandReachesTheServicesOfItsApp() throws Exception {
        start(serving());
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(run(task("wget", "-q", "-O", "-", "http://web:5000/hosts"), "")).isZero());
        assertThat(out()).contains("localhost");
    }

    @Test
    void aCommandIsListedByItsContainerAndCanBeEnteredAndRead() throws Exception {
        FutureTask<Integer> running = inBackground(task("sh", "-c", "echo begun; sleep 600"));
        Instance instance = awaitRunning(ProcessSpec.Kind.RUN);
        assertThat(instance.dyno()).matches("run\\.[0-9]{4}");
        assertThat(instance.node()).isEqualTo("node1");
        assertThat(instance.deploy()).isEqualTo("d1");
        assertThat(lab.manager().docker("ps", "--no-trunc", "--quiet")).contains(instance.container());
        assertThat(oneOffs.enter(instance, List.of("sh", "-c", "echo inside; exit 3"), attachment(""))).isEqualTo(3);
        assertThat(out()).contains("inside\n");
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<String> lines = new java.util.concurrent.CopyOnWriteArrayList<>();
            scheduler.logs(List.of(instance), 10, false, (from, at, error, text) -> lines.add(text));
            assertThat(lines).containsExactly("begun");
        });
        scheduler.destroy(app);
        assertThat(running.get()).isEqualTo(137);
    }

    @Test
    void anImageThatTheManagerHasByAnotherNameIsUsed() throws Exception {
        ProcessSpec task = task("echo", "here").withImage("sha256:" + "0".repeat(64));
        assertThat(run(task, "")).isZero();
        assertThat(out()).isEqualTo("here\n");
        reference = lab.gateway() + ":1/none@sha256:" + "0".repeat(64);
        assertThatThrownBy(() -> run(task, "")).isInstanceOf(UserError.class)
                .hasMessageContaining("The manager cannot get the image of release 3 of hello").hasMessageContaining("registry:report hello");
    }

    @Test
    void aReleaseTaskRunsOnAnyNodeAndNoLineIsLost() throws Exception {
        setting(SwarmSettings.CONSTRAINTS, "node.hostname==node2");
        int code = run(release("sh", "-c", "hostname >&2; i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo line $i; done; echo last >&2; exit 7")
                .withEnv(Env.EMPTY.with("TEMPLATE", "{{.Task.ID}}")), "");
        assertThat(code).isEqualTo(7);
        assertThat(out().lines().toList()).hasSize(20_000).startsWith("line 1").endsWith("line 20000").doesNotHaveDuplicates();
        assertThat(err()).endsWith("last\n").hasLineCount(2);
    }

    @Test
    void outputArrivesWhileATaskRuns() throws Exception {
        FutureTask<Integer> running = inBackground(release("sh", "-c", "echo begun; while [ ! -e /tmp/go ]; do sleep 0.1; done; echo done"));
        await().atMost(PATIENCE).until(() -> out().equals("begun\n"));
        Instance instance = awaitRunning(ProcessSpec.Kind.RELEASE);
        assertThat(instance.dyno()).matches("release\\.[0-9]{4}");
        String container = cluster.replicas(app.id()).getFirst().container().orElseThrow().getContainerID();
        for (int node = 1; node <= 3; node++) {
            if (lab.node(node).name().equals(instance.node())) {
                lab.node(node).docker("exec", container, "touch", "/tmp/go");
            }
        }
        assertThat(running.get()).isZero();
        assertThat(out()).isEqualTo("begun\ndone\n");
        assertThat(scheduler.instances(app.id())).isEmpty();
    }

    @Test
    void aLongLineAndOneWithoutItsEndArriveWhole() throws Exception {
        assertThat(run(release("sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x; echo; printf 2"), "")).isZero();
        assertThat(out()).isEqualTo("x".repeat(100_000) + "\n2");
    }

    @Test
    void aCancelledTaskIsGone() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                run(release("sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done"), "");
                thrown.complete(new AssertionError("it ended"));
            } catch (Throwable failed) {
                thrown.complete(failed);
            }
        });
        awaitRunning(ProcessSpec.Kind.RELEASE);
        thread.interrupt();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(scheduler.instances(app.id())).isEmpty();
    }

    @Test
    void failuresToStartAreSaid() throws Exception {
        assertThatThrownBy(() -> run(release("no-such-program").withInit(false), "")).isInstanceOf(UserError.class)
                .hasMessageContaining("release of hello could not be started").hasMessageContaining("no-such-program");
        reference = lab.gateway() + ":1/none@sha256:" + "0".repeat(64);
        assertThatThrownBy(() -> run(release("true"), "")).isInstanceOf(UserError.class)
                .hasMessageContaining("cannot get the image").hasMessageContaining("registry:report hello");
        setting(SwarmSettings.CONSTRAINTS, "node.labels.disk==none");
        assertThatThrownBy(() -> run(release("true"), "")).isInstanceOf(UserError.class)
                .hasMessageContaining("no suitable node").hasMessageContaining("scheduler-swarm:report hello");
        assertThat(scheduler.instances(app.id())).isEmpty();
    }

    @Test
    void aTaskWhoseServiceIsRemovedEnds() throws Exception {
        FutureTask<Integer> running = inBackground(release("sleep", "600"));
        awaitRunning(ProcessSpec.Kind.RELEASE);
        scheduler.destroy(app);
        assertThatThrownBy(running::get).hasRootCauseInstanceOf(UserError.class).hasMessageContaining("was removed before it was done");
    }

    @Test
    void aTaskWhoseNodeIsLostTellsThatNobodyKnowsItsEnd() throws Exception {
        setting(SwarmSettings.CONSTRAINTS, "node.hostname==node3");
        FutureTask<Integer> running = inBackground(release("sh", "-c", "echo begun; sleep 600"));
        await().atMost(PATIENCE).until(() -> out().equals("begun\n"));
        lab.node(3).kill();
        assertThatThrownBy(running::get).isInstanceOf(ExecutionException.class).hasRootCauseInstanceOf(UserError.class)
                .hasMessageContaining("was on node3, and that node was lost: nobody knows how it ended");
        assertThat(scheduler.instances(app.id())).isEmpty();
    }

    @Test
    void aCommandThatMayNotRunOnTheManagerRunsWithoutInputAndSaysWhy() throws Exception {
        setting(SwarmSettings.CONSTRAINTS, "node.role==worker");
        assertThat(run(task("sh", "-c", "cat; sleep 1; echo through"), "lost")).isZero();
        assertThat(out()).isEqualTo("through\n");
        assertThat(err()).contains("Its input is not passed on").contains("node.role==worker");
    }

    @Test
    void aCommandOfADrainedManagerRunsElsewhere() throws Exception {
        lab.manager().docker("node", "update", "--availability", "drain", "node1");
        try {
            assertThat(run(task("hostname"), "")).isZero();
            // The managers may have lost the way to the logs of a node that another test killed: then that is said.
            assertThat(out() + err()).containsPattern("^[0-9a-f]{12}\\n|The last lines of the output may be missing: .*is not available");
            assertThat(lab.manager().docker("ps", "--all", "--quiet", "--filter", "label=" + Labels.APP)).isEmpty();
        } finally {
            lab.manager().docker("node", "update", "--availability", "active", "node1");
        }
    }

    @Test
    void aTerminalThatATaskCannotHaveIsSaidAndCtrlCEndsIt() throws Exception {
        setting(SwarmSettings.RUN_NODE, "any");
        ByteArrayInputStream keys = new ByteArrayInputStream(new byte[] {3});
        Attachment terminal = Attachment.of(keys, out, err, Optional.of(new Window()));
        assertThatThrownBy(() -> scheduler.run(task("sleep", "600"), terminal)).isInstanceOf(InterruptedException.class);
        assertThat(err()).contains("without a terminal").contains("scheduler-swarm:set hello run-node manager").endsWith("\r\n");
        Attachment quiet = Attachment.of(new ByteArrayInputStream(new byte[0]), out, err, Optional.of(new Window()));
        assertThat(scheduler.run(task("echo", "done"), quiet)).isZero();
        assertThat(out()).isEqualTo("done\r\n");
    }

    @Test
    void whatRunsOnTheManagerIsEnteredAndElsewhereItIsSaidHow() throws Exception {
        setting(SwarmSettings.CONSTRAINTS, "node.hostname==node1");
        start(serving());
        Instance here = scheduler.instances(app.id()).getFirst();
        assertThat(scheduler.enter(here, List.of("sh", "-c", "echo hello; exit 5"), attachment(""))).isEqualTo(5);
        assertThat(out()).isEqualTo("hello\n");
        scheduler.destroy(app);
        setting(SwarmSettings.CONSTRAINTS, "node.hostname==node2");
        start(serving());
        Instance there = scheduler.instances(app.id()).getFirst();
        String container = lab.node(2).docker("ps", "--no-trunc", "--quiet").strip();
        assertThatThrownBy(() -> scheduler.enter(there, List.of("echo", "two words"), attachment(""))).isInstanceOf(UserError.class)
                .hasMessageContaining("web.1 runs on node2").hasMessageEndingWith("ssh node2, then: docker exec -i " + container + " echo 'two words'");
    }

    @Test
    void secretFilesHoldValuesOutsideOfTheEnvironment() throws Exception {
        setting(SwarmSettings.SECRET_FILES, "PASSWORD EMPTY ABSENT");
        Env env = Env.EMPTY.with("PASSWORD", "p{{4}}\nß").with("EMPTY", "").with("PLAIN", "shown");
        String[] show = {"sh", "-c", "cat $PASSWORD_FILE; echo; ls -l $PASSWORD_FILE; echo ${PASSWORD-unset} ${EMPTY-unset} $PLAIN $EMPTY_FILE; env"};
        start(serving().withEnv(env));
        Instance web = scheduler.instances(app.id()).getFirst();
        List<String> shown = List.of(lab.manager().docker("service", "inspect", web.container().substring(0, web.container().lastIndexOf('.'))),
                lab.manager().docker("secret", "ls"));
        assertThat(shown).allSatisfy(text -> assertThat(text).doesNotContain("p{{4}}").doesNotContain("p{{\\\"{{"));
        assertThat(run(release(show).withEnv(env), "")).isZero();
        assertThat(out()).startsWith("p{{4}}\nß\n-r--r--r--").contains("unset shown\n").contains("PASSWORD_FILE=/run/secrets/PASSWORD\n");
        out.reset();
        assertThat(run(task(show).withEnv(env), "")).isZero();
        assertThat(out()).startsWith("p{{4}}\nß\n-r--r--r--").contains("unset shown\n").contains("PASSWORD_FILE=/run/secrets/PASSWORD\n");
    }

    @Test
    void secretsThatNoServiceUsesAreRemoved() throws Exception {
        setting(SwarmSettings.SECRET_FILES, "PASSWORD");
        ProcessSpec spec = serving().withEnv(Env.EMPTY.with("PASSWORD", "secret"));
        start(spec);
        SecretFiles files = SecretFiles.of(app, spec);
        secrets.attach(new ServiceForm(app, IMAGE, "none", engine.instance()).service(files.spec(), 1, 1), files);
        assertThat(ownSecrets()).hasSize(2);
        secrets.removeUnused(Duration.ofHours(1));
        assertThat(ownSecrets()).hasSize(2);
        secrets.removeUnused(Duration.ZERO);
        assertThat(ownSecrets()).hasSize(1);
    }

    @Test
    void whatAServerThatDiedLeftIsRemovedAndWhatRunsStays() throws Exception {
        String[] labels = {"hokku.id=" + app.id(), "hokku.app=hello", "hokku.process=run", "hokku.release=3", "hokku.deploy=d1", "hokku.server=1-1",
            Engine.INSTANCE_LABEL + "=" + engine.instance()};
        docker(List.of("run", "--detach"), labels, List.of("--label", "hokku.swarm.kind=run", "--label", "hokku.index=4000", IMAGE, "sleep", "600"));
        docker(List.of("service", "create", "--detach", "--endpoint-mode", "dnsrr"), labels, List.of("--label", "hokku.kind=release", "--label",
                "hokku.first=4001", "--label", "hokku.count=1", IMAGE, "sleep", "600"));
        FutureTask<Integer> local = inBackground(task("sleep", "600"));
        FutureTask<Integer> remote = inBackground(release("sleep", "600"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(scheduler.instances(app.id())).hasSize(4));
        List<String> before = scheduler.instances(app.id()).stream().map(Instance::container).toList();
        new Leftovers(new SwarmEngine(() -> engine), oneOffs, secrets).run();
        assertThat(scheduler.instances(app.id())).hasSize(2).noneMatch(instance -> instance.index() / 10 == 400)
                .extracting(Instance::container).isSubsetOf(before);
        local.cancel(true);
        remote.cancel(true);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(scheduler.instances(app.id())).isEmpty());
    }

    private void docker(List<String> command, String[] labels, List<String> rest) throws IOException {
        List<String> words = new java.util.ArrayList<>(command);
        for (String label : labels) {
            words.addAll(List.of("--label", label));
        }
        words.addAll(rest);
        lab.manager().docker(words.toArray(String[]::new));
    }

    private List<String> ownSecrets() throws IOException {
        return lab.manager().docker("secret", "ls", "--quiet", "--filter", "label=" + Labels.ID + "=" + app.id()).lines().toList();
    }

    private void setting(Setting<?> setting, String text) {
        app = app.withSetting(setting, text);
    }

    private void start(ProcessSpec spec) throws Exception {
        Release release = new Release(app.name(), 3, IMAGE, "hello:3", "test", Env.EMPTY, new TreeMap<>(), List.of(5000), true, "", Map.of(), Map.of(),
                "test", Instant.now());
        scheduler.start(Deployment.of("d1", app, release, List.of(spec)), new RecordingOutput());
    }

    private Instance awaitRunning(ProcessSpec.Kind kind) {
        return await().atMost(PATIENCE).until(() -> scheduler.instances(app.id()).stream()
                .filter(instance -> instance.kind() == kind && instance.state() == Instance.State.RUNNING).findFirst(), Optional::isPresent).orElseThrow();
    }

    private FutureTask<Integer> inBackground(ProcessSpec task) {
        Callable<Integer> work = () -> run(task, "");
        FutureTask<Integer> running = new FutureTask<>(work);
        Thread.ofVirtual().start(running);
        return running;
    }

    private int run(ProcessSpec task, String input) throws InterruptedException {
        return scheduler.run(task, attachment(input));
    }

    private Attachment attachment(String input) {
        return Attachment.of(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out, err, Optional.empty());
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private ProcessSpec task(String... command) {
        return spec(ProcessSpec.Kind.RUN, "run", command);
    }

    private ProcessSpec release(String... command) {
        return spec(ProcessSpec.Kind.RELEASE, "release", command);
    }

    private ProcessSpec serving() {
        return spec(ProcessSpec.Kind.DEPLOY, "web", "sh", "-c", "trap 'exit 0' TERM; httpd -f -p 5000 -h /etc & wait");
    }

    private ProcessSpec spec(ProcessSpec.Kind kind, String process, String... command) {
        return ProcessSpec.of(kind, app.name(), app.id(), "d1", 3, ProcessType.of(process), IMAGE).withCommand(List.of(command))
                .withStopTimeout(Duration.ofSeconds(2));
    }

    /// A terminal that stays as it is.
    private record Window() implements hokku.api.spi.Terminal {
        @Override
        public String type() {
            return "xterm";
        }

        @Override
        public int columns() {
            return 80;
        }

        @Override
        public int rows() {
            return 24;
        }

        @Override
        public void onResize(Runnable listener) {
            // Its size does not change.
        }
    }
}
