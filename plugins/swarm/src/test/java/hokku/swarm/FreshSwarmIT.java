package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.Finding;
import hokku.api.UserError;
import hokku.testkit.FakeApps;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import hokku.testkit.SwarmLab;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From an engine in no swarm to a swarm of two.
@Timeout(300)
class FreshSwarmIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private final RecordingContributions commands = new RecordingContributions();

    private RecordingSession run(String name, String... words) throws Exception {
        RecordingSession session = new RecordingSession();
        commands.run(session, name, words);
        return session;
    }

    @Test
    void anEngineBecomesASwarmThatAnotherOneJoins() throws Exception {
        try (SwarmLab lab = SwarmLab.start(2); LabApp app = new LabApp(lab)) {
            lab.node(2).docker("swarm", "leave");
            lab.manager().docker("swarm", "leave", "--force");
            SwarmEngine engine = app.manager();
            Cluster cluster = new Cluster(engine, node -> true);
            new NodeParts(engine, cluster, new Nodes(engine), new Reachability(node -> true), new FakeApps()).contribute(commands);

            assertThat(run("swarm:report").printed()).containsPattern("Swarm: +none");
            assertThat(cluster.view()).isEqualTo(Cluster.View.EMPTY);
            assertThat(commands.examinations().getFirst().examine()).extracting(Finding::state).containsExactly(Finding.State.WELL);
            assertThatThrownBy(() -> run("swarm:nodes")).isInstanceOf(UserError.class).hasMessageContaining("swarm:init");
            assertThatThrownBy(() -> run("swarm:init", "--advertise-addr", "no such; address")).isInstanceOf(UserError.class).hasMessageContaining("Not an address");
            assertThatThrownBy(() -> run("swarm:init", "--advertise-addr", "nowhere0")).isInstanceOf(UserError.class).hasMessageContaining("cannot be made");
            assertThat(engine.isMember()).isFalse();

            assertThat(run("swarm:init", "--advertise-addr", lab.manager().address()).marked()).first().asString().contains("first manager of a swarm, at "
                    + lab.manager().address());
            assertThat(lab.manager().docker("info", "--format", "{{.Swarm.Cluster.Spec.Dispatcher.HeartbeatPeriod}}").strip()).isEqualTo("3s");
            assertThat(run("swarm:init").marked()).singleElement().asString().contains("already");

            String[] join = run("swarm:join-command").printed().strip().split(" ");
            lab.node(2).docker(java.util.Arrays.copyOfRange(join, 1, join.length));
            await().atMost(SOON).untilAsserted(() -> assertThat(run("swarm:nodes").printed().lines().filter(line -> line.contains("ready"))).hasSize(2));
            lab.node(2).docker("swarm", "leave");
            await().atMost(SOON).untilAsserted(() -> assertThat(run("swarm:report").marked()).anyMatch(line -> line.contains("Node node2") && line.contains("is down")));
        }
    }
}
