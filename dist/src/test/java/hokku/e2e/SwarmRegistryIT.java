package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.testkit.SwarmLab;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The registry that the server has of its own, among engines that are as strict as engines are.
@Timeout(300)
class SwarmRegistryIT {
    private static final SwarmLab.Options OPTIONS = SwarmLab.Options.nodes(3).images("busybox:latest");

    @Test
    void anAppRunsOnMachinesThatTrustTheServersOwnRegistryByTheLineThatItPrints() throws Exception {
        try (SwarmLab lab = SwarmLab.start(OPTIONS)) {
            lab.manager().load("registry:2");
            SwarmServer swarm = SwarmServer.startWithOwnRegistry(lab);
            TestServer server = swarm.server();
            try {
                server.dokku("apps:create", "hello");
                server.dokku("scheduler:set", "hello", "selected", "swarm");
                server.dokku("ps:scale", "hello", "web=3");
                WorkTree tree = server.repository("hello");
                tree.commit(SwarmApp.source("first"));

                Running.Result refused = tree.push();

                assertThat(refused.exit()).as(refused.text()).isNotZero();
                assertThat(refused.err()).containsPattern("hello could not start web\\.[123] on node[23]: ").contains("registry:trust-command");
                String line = server.dokku("registry:trust-command");
                for (int node : List.of(2, 3)) {
                    // As root of that machine, whose engine has settings of its own.
                    lab.node(node).docker("run", "--rm", "--network", "none", "--volume", "/etc/docker:/etc/docker", "busybox:latest", "sh", "-c", line);
                }
                Running.Result pushed = tree.push();
                assertThat(pushed.exit()).as(pushed.text()).isZero();
                assertThat(swarm.answering("hello")).containsExactlyInAnyOrder("node1", "node2", "node3");
                SwarmServer.push(tree, SwarmApp.source("second"));
                assertThat(swarm.pages("hello")).extracting(SwarmApp.Page::release).containsOnly("second");

                server.destroyApps();
                server.stop();
                // It serves nodes also while the server is away.
                await().atMost(SwarmServer.PATIENCE).untilAsserted(() -> assertThat(server.engine().owned(server.instance()))
                        .isNotEmpty().allMatch(each -> each.contains("-registry")));
            } finally {
                server.abandon();
            }
        }
    }
}
