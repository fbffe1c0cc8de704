package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.AppId;
import hokku.api.UserError;
import hokku.testkit.SwarmLab;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A swarm that loses the majority of its managers: what runs goes on, nothing can be changed.
@Timeout(300)
class LostLeaderIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void aSwarmWithoutALeaderLeavesEverythingAsItIs() throws Exception {
        List<AppId> told = new CopyOnWriteArrayList<>();
        try (SwarmLab lab = SwarmLab.start(SwarmLab.Options.nodes(2).images("busybox:latest")); LabApp app = new LabApp(lab)) {
            Reachability reachability = Reachability.byGossip();
            Cluster cluster = new Cluster(app.manager(), reachability);
            app.serve("web", 2, "--constraint", "node.hostname==node1");
            await().atMost(SOON).until(() -> running(cluster) == 2);
            lab.manager().docker("node", "promote", "node2");
            await().atMost(SOON).until(() -> lab.manager().docker("node", "ls", "--format", "{{.Hostname}} {{.ManagerStatus}}").contains("node2 Reachable"));
            try (AutoCloseable watch = new Watches(app.manager(), cluster, reachability).open(told::add)) {
                assertThat(watch).isNotNull();
                await().atMost(SOON).until(() -> told.contains(app.id()));
                lab.node(2).cutNetwork();
                await().atMost(SOON).untilAsserted(() -> assertThatThrownBy(() -> BoundedLook.of(cluster::view)).isInstanceOfSatisfying(UserError.class,
                        away -> assertThat(away.exitCode()).isEqualTo(UserError.UNAVAILABLE)));
                told.clear();
                assertThatThrownBy(new Nodes(app.manager())::list).isInstanceOfSatisfying(UserError.class,
                        away -> assertThat(away).hasMessageContaining("no leader"));
                assertThat(told).isEmpty();
                // The managers tell nothing until they have found each other.
                await().atMost(SOON).ignoreExceptions().untilAsserted(() -> lab.node(2).restoreNetwork());
                await().atMost(SOON).ignoreExceptions().until(() -> running(cluster) == 2);
                await().atMost(SOON).ignoreExceptions().untilAsserted(
                        () -> lab.manager().docker("service", "scale", "--detach", app.service("web") + "=1"));
                await().atMost(SOON).until(() -> told.contains(app.id()));
            }
        }
    }

    private static long running(Cluster cluster) {
        return cluster.replicas().stream().filter(replica -> !replica.instance().endpoints().isEmpty()).count();
    }
}
