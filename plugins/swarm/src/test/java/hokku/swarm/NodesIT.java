package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.App;
import hokku.api.Check;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Env;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.testkit.FakeApps;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingOutput;
import hokku.testkit.RecordingSession;
import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import hokku.testkit.SwarmNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The commands about machines, on a real swarm with a real app.
@ExtendWith(SharedSwarmLab.class)
@Timeout(300)
class NodesIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final SwarmLab lab;
    private final FakeApps apps = new FakeApps();
    private final RecordingContributions commands = new RecordingContributions();
    /// Where a proxy would send requests.
    private final AtomicReference<List<Endpoint>> route = new AtomicReference<>(List.of());
    private final AtomicInteger deploys = new AtomicInteger();
    private RealSwarm real;

    NodesIT(SwarmLab lab) {
        this.lab = lab;
    }

    @BeforeEach
    void open() throws IOException {
        real = new RealSwarm(lab);
        SwarmEngine engine = real.parts().engine();
        new NodeParts(engine, real.parts().cluster(), new Nodes(engine), new Reachability(node -> true), new DelegatingApps(apps, this::rollOut))
                .contribute(commands);
        apps.add("hello");
    }

    @AfterEach
    void close() throws Exception {
        for (SwarmNode node : lab.nodes()) {
            lab.manager().docker("node", "update", "--availability", "active", node.name());
        }
        real.scheduler().destroy(apps.get("hello"));
        real.close();
    }

    private RecordingSession run(String name, String... words) throws Exception {
        return run(new RecordingSession(), name, words);
    }

    private RecordingSession run(RecordingSession session, String name, String... words) throws Exception {
        commands.run(session, name, words);
        return session;
    }

    /// As the core does it: new containers, then the route, then the former ones go.
    private void rollOut(App app, Output out) throws Exception {
        String deploy = "d" + deploys.incrementAndGet();
        int release = deploys.get();
        ProcessSpec web = ProcessSpec.of(ProcessSpec.Kind.DEPLOY, app.name(), app.id(), deploy, release, ProcessType.WEB, RealSwarm.IMAGE)
                .withCommand(RealSwarm.SERVING).withPorts(List.of(5000)).withCount(2).withStopTimeout(Duration.ofSeconds(1))
                .withChecks(List.of(new Check("port listening check", new Check.Listening(OptionalInt.empty()), 1000, Duration.ofSeconds(2),
                        Duration.ofMillis(50), Duration.ZERO, false)), true, Duration.ofSeconds(20));
        Release live = new Release(app.name(), release, RealSwarm.IMAGE, "hello:1", "test", Env.EMPTY, new TreeMap<>(), List.of(5000), true, "", Map.of(),
                Map.of(), "test", Instant.now());
        route.set(real.scheduler().start(Deployment.of(deploy, app, live, List.of(web)), out));
        real.scheduler().retire(app.id(), instance -> !instance.deploy().equals(deploy));
    }

    private List<String> hosts() {
        return route.get().stream().map(Endpoint::host).toList();
    }

    private String availability(String node) throws IOException {
        return lab.manager().docker("node", "inspect", "--format", "{{.Spec.Availability}}", node).strip();
    }

    @Test
    void nodesAreListedLabelledAndReported() throws Exception {
        rollOut(apps.get("hello"), new RecordingOutput());
        String table = run("swarm:nodes").printed();
        assertThat(table.lines()).hasSize(4).first().asString().startsWith("NAME");
        assertThat(table.lines().toList().get(1)).startsWith("node1").contains(lab.manager().address(), "ready", "active", "leader");
        assertThat(run("swarm:nodes", "--format", "json").printed()).contains("\"name\":\"node2\"", "\"role\":\"worker\"");

        assertThat(run("swarm:node-label", "node2", "disk=ssd", "zone=a").marked()).containsExactly("-----> Labels of node node2: disk=ssd zone=a");
        assertThat(run("swarm:node-label", "node2", "disk-", "zone-").marked()).containsExactly("-----> Labels of node node2: none");

        assertThat(run("swarm:report").printed()).containsPattern("Swarm: +active").containsPattern("Nodes ready: +3").containsPattern("Tasks running: +2");
        assertThat(run("swarm:report", "--format", "json").printed()).contains("\"managers-that-may-fail\":0", "\"trouble\":[\"No manager may fail");
        assertThat(commands.examinations()).singleElement().satisfies(examination -> assertThat(examination.examine()).isNotEmpty());
    }

    @Test
    void whatIsNoNodeIsRefused() {
        assertThatThrownBy(() -> run("swarm:node-drain", "node9")).isInstanceOf(UserError.class).hasMessageContaining("node1, node2, node3");
        assertThatThrownBy(() -> run("swarm:node-label", "node1")).isInstanceOf(UserError.class).hasMessageContaining("No label");
    }

    @Test
    void aSecondSwarmIsNotMade() throws Exception {
        String before = lab.manager().docker("info", "--format", "{{.Swarm.Cluster.ID}}");
        assertThat(run("swarm:init").marked()).singleElement().asString().contains("in a swarm already, as a manager at " + lab.manager().address());
        assertThat(lab.manager().docker("info", "--format", "{{.Swarm.Cluster.ID}}")).isEqualTo(before);
    }

    @Test
    void theLineThatOthersJoinWithIsPrinted() throws Exception {
        assertThat(run("swarm:join-command").printed().strip()).isEqualTo("docker swarm join --token "
                + lab.manager().docker("swarm", "join-token", "--quiet", "worker").strip() + " " + lab.manager().address() + ":2377");
        assertThat(run("swarm:join-command", "--manager").printed()).contains(lab.manager().docker("swarm", "join-token", "--quiet", "manager").strip());
    }

    @Test
    void aDrainFailsNoRequest() throws Exception {
        rollOut(apps.get("hello"), new RecordingOutput());
        SwarmNode node = lab.nodes().stream().filter(one -> hosts().contains(one.address())).findFirst().orElseThrow();
        try (Requests requests = new Requests()) {
            RecordingSession session = run("swarm:node-drain", node.name());
            assertThat(session.marked()).contains("-----> Moving hello away from " + node.name(), "-----> Node " + node.name() + " is drained");
            requests.demandAllAnswered();
        }
        assertThat(availability(node.name())).isEqualTo("drain");
        assertThat(hosts()).hasSize(2).doesNotContain(node.address());
        assertThat(run("swarm:node-drain", node.name()).marked()).singleElement().asString().contains("drained already");
        run("swarm:node-activate", "--rebalance", node.name());
        assertThat(availability(node.name())).isEqualTo("active");
        assertThat(deploys).hasValue(3);
    }

    @Test
    void anAppThatMayRunNowhereElseKeepsItsNodeUntilForced() throws Exception {
        apps.put(apps.get("hello").withSetting(SwarmSettings.CONSTRAINTS, "node.hostname==node2"));
        rollOut(apps.get("hello"), new RecordingOutput());
        assertThatThrownBy(() -> run("swarm:node-drain", "node2")).isInstanceOf(UserError.class).hasMessageContaining("hello")
                .hasMessageContaining("no suitable node").hasMessageContaining("--force");
        assertThat(availability("node2")).isEqualTo("pause");
        assertThat(route.get()).hasSize(2).allSatisfy(endpoint -> assertThat(answers(endpoint)).isTrue());
        run(new RecordingSession().forced(), "swarm:node-drain", "node2");
        assertThat(availability("node2")).isEqualTo("drain");
        await().atMost(SOON).until(() -> real.parts().cluster().replicas().stream().allMatch(replica -> replica.instance().endpoints().isEmpty()));
    }

    private static boolean answers(Endpoint endpoint) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(5000);
            socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), 5000);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1).startsWith("HTTP/1.");
        }
    }

    /// One request after the other, to all places of the route in turn.
    private final class Requests implements AutoCloseable {
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicReference<String> failure = new AtomicReference<>("");
        private final Thread thread = Thread.ofVirtual().start(this::send);

        private void send() {
            for (int number = 0; !Thread.currentThread().isInterrupted(); number++) {
                List<Endpoint> now = route.get();
                Endpoint endpoint = now.get(number % now.size());
                try {
                    if (answers(endpoint)) {
                        answered.incrementAndGet();
                    } else {
                        failure.set(endpoint + " gave no answer");
                    }
                } catch (IOException failed) {
                    // Who was chosen just before the route changed may be gone: a proxy waits for its requests.
                    if (!Thread.currentThread().isInterrupted() && route.get() == now) {
                        failure.set(endpoint + ": " + failed);
                    }
                }
            }
        }

        void demandAllAnswered() {
            assertThat(failure).hasValue("");
            int before = answered.get();
            await().atMost(SOON).until(() -> answered.get() > before + 10);
            assertThat(failure).hasValue("");
        }

        @Override
        public void close() {
            thread.interrupt();
            await().atMost(SOON).until(() -> !thread.isAlive());
        }
    }
}
