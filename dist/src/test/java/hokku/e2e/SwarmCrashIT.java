package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The server is killed in the middle of deploys to a swarm, which goes on meanwhile. Afterwards the swarm has exactly what the journal says.
@Timeout(300)
@ExtendWith(SharedSwarmLab.class)
class SwarmCrashIT {
    private static final String APP = "crash";
    private static final int RATE = 20;
    /// Before these the swarm has not heard of the release.
    private static final List<String> POINTS = CrashIT.POINTS.subList(CrashIT.POINTS.indexOf("RECORDED"), CrashIT.POINTS.size());

    private final SwarmLab lab;
    private final List<String> table = new ArrayList<>();

    SwarmCrashIT(SwarmLab lab) {
        this.lab = lab;
    }

    @Test
    void whateverTheStageTheSwarmHasTheJournalledReleaseAfterAKill() throws Exception {
        try (SwarmServer swarm = SwarmServer.start(lab)) {
            TestServer server = swarm.server();
            WorkTree tree = swarm.deployed(APP, 3, "first");
            String live = "first";
            for (String point : POINTS) {
                server.kill();
                server.launch(point);
                String commit = tree.commit(SwarmApp.source(point));
                try (Requests requests = Requests.start(server.web(), server.domain(APP), RATE)) {
                    Running.Result pushed = tree.push();
                    server.awaitEnd();
                    assertThat(pushed.exit() == 0).as("accepted at %s: %s", point, pushed.text()).isEqualTo(point.equals("RETIRED"));
                    server.launch("");
                    server.awaitSettled();
                    boolean committed = CrashIT.POINTS.indexOf(point) >= CrashIT.COMMIT_POINT;
                    String expected = committed ? point : live;
                    assertThat(swarm.pages(APP)).as("after %s", point).extracting(SwarmApp.Page::release).containsOnly(expected);
                    assertThat(tree.remote("master").equals(commit)).as("the branch holds the pushed commit after %s", point).isEqualTo(committed);
                    String state = assertWhole(swarm);
                    Requests.Outcome outcome = requests.end();
                    assertThat(outcome.failed()).as("after %s", point).isEmpty();
                    assertThat(outcome.made()).extracting(each -> SwarmApp.Page.of(each.answer()).release()).isNotEmpty().isSubsetOf(live, point);
                    table.add("%-14s %-16s %s; %s".formatted(point, expected, state, outcome));
                    live = expected;
                }
            }
            SwarmServer.push(tree, SwarmApp.source("last"));
            assertThat(swarm.pages(APP)).extracting(SwarmApp.Page::release).containsOnly("last");
            assertWhole(swarm);
        } finally {
            System.out.printf("%-14s %-16s %s%n", "killed at", "answered", "state");
            table.forEach(System.out::println);
        }
    }

    /// Only what the journal says is live is there, on each machine once.
    private static String assertWhole(SwarmServer swarm) throws Exception {
        String deployment = CrashIT.lastLive(swarm.server(), APP);
        await("only the live deployment is there").atMost(SwarmServer.PATIENCE).untilAsserted(() -> {
            assertThat(swarm.services(APP)).containsExactly(deployment);
            assertThat(swarm.running(APP)).containsExactly("node1", "node2", "node3");
            assertThat(swarm.containers(APP)).hasSize(3);
        });
        return "1 service, of " + deployment;
    }
}
