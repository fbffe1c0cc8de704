package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.api.AppId;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import hokku.testkit.SwarmNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What is told of a swarm whose nodes and tasks come and go.
@ExtendWith(SharedSwarmLab.class)
@Timeout(300)
class WatchesIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final SwarmLab lab;
    private final LabApp app;
    private final Reachability reachability = Reachability.byGossip();
    private final Cluster cluster;
    private final Watches watches;
    private final List<AppId> told = new CopyOnWriteArrayList<>();

    WatchesIT(SwarmLab lab) {
        this.lab = lab;
        this.app = new LabApp(lab);
        this.cluster = new Cluster(app.manager(), reachability);
        this.watches = new Watches(app.manager(), cluster, reachability);
    }

    @AfterEach
    void end() throws IOException {
        lab.mend();
        app.close();
    }

    private void serve(int count, String... further) throws IOException {
        app.serve("web", count, further);
        await().atMost(SOON).until(() -> endpoints().size() == count);
    }

    private List<Endpoint> endpoints() {
        return cluster.replicas(app.id()).stream().flatMap(replica -> replica.instance().endpoints().stream()).toList();
    }

    private void awaitTold() {
        await().atMost(SOON).until(() -> told.contains(app.id()));
    }

    @Test
    void aTaskOnAnotherNodeThatEndsIsTold() throws Exception {
        serve(1, "--constraint", "node.hostname==node2");
        try (AutoCloseable watch = watches.open(told::add)) {
            assertThat(watch).isNotNull();
            awaitTold();
            told.clear();
            String container = lab.node(2).docker("ps", "--quiet", "--filter", "label=com.docker.swarm.service.name=" + app.service("web")).strip();
            lab.node(2).docker("kill", container);
            awaitTold();
            await().atMost(SOON).until(() -> endpoints().size() == 1);
        }
    }

    @Test
    void aNodeThatIsLostLeavesBeforeTheManagersMissIt() throws Exception {
        serve(3, "--placement-pref", "spread=node.id");
        SwarmNode lost = lab.node(3);
        assertThat(endpoints()).extracting(Endpoint::host).contains(lost.address());
        try (AutoCloseable watch = watches.open(told::add)) {
            assertThat(watch).isNotNull();
            awaitTold();
            told.clear();
            lost.cutNetwork();
            await().pollInterval(Duration.ofMillis(50)).atMost(SOON).until(() -> told.contains(app.id()));
            assertThat(endpoints()).extracting(Endpoint::host).isNotEmpty().doesNotContain(lost.address());
            assertThat(cluster.replicas(app.id())).extracting(Replica::instanceState).contains(Instance.State.MISSING);
            lost.awaitDown();
            // The swarm fills the place elsewhere.
            await().atMost(SOON).until(() -> endpoints().size() == 3);
            assertThat(endpoints()).extracting(Endpoint::host).doesNotContain(lost.address());
        }
    }

    @Test
    void anAppWhoseOnlyNodeDoesNotAnswerKeepsItsRoute() throws Exception {
        serve(1, "--constraint", "node.hostname==node3");
        try (AutoCloseable watch = watches.open(told::add)) {
            assertThat(watch).isNotNull();
            awaitTold();
            lab.node(3).cutNetwork();
            await().atMost(SOON).until(() -> cluster.nodes().values().stream().anyMatch(node -> node.name().equals("node3") && !node.ready()));
            assertThat(lab.manager().docker("node", "ls", "--format", "{{.Hostname}} {{.Status}}")).contains("node3 Ready");
            assertThat(endpoints()).hasSize(1);
        }
    }
}
