package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import hokku.testkit.SwarmNode;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Machines of a swarm are lost, or taken out of use, while their apps serve.
///
/// The swarm is their own: of a machine that was lost and is back, managers may get no logs for minutes.
@Timeout(300)
class SwarmNodesIT {
    private static final int RATE = 50;
    private static final Duration PATIENCE = SwarmServer.PATIENCE;
    /// How soon people are told that a machine is lost.
    private static final Duration TOLD = Duration.ofSeconds(15);
    /// How long nginx tries to reach a container, before it tries another one.
    private static final Duration CONNECT = Duration.ofSeconds(4);
    private static SwarmLab lab;
    private static SwarmServer swarm;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        lab = SwarmLab.start(SharedSwarmLab.OPTIONS);
        swarm = SwarmServer.start(lab);
    }

    @AfterAll
    static void end() throws IOException {
        try {
            swarm.close();
        } finally {
            lab.close();
        }
    }

    @Test
    void requestsGoOnWhenAMachineIsLostAndItIsUsedAgainWhenItIsBack() throws Exception {
        swarm.deployed("steady", 6, "first");
        SwarmNode lost = lab.node(3);
        assertThat(swarm.running("steady")).containsExactly("node1", "node1", "node2", "node2", "node3", "node3");
        try (Requests requests = Requests.start(swarm.server().web(), swarm.server().domain("steady"), RATE)) {
            await().atMost(PATIENCE).until(() -> requests.count() > RATE);

            long begun = System.nanoTime();
            lost.kill();
            long killed = System.nanoTime();

            await("nothing is said to run on the lost machine").atMost(TOLD)
                    .untilAsserted(() -> assertThat(swarm.report("steady")).noneMatch(each -> each.state().equals("running") && each.node().equals("node3")));
            long told = System.nanoTime();
            await("the tasks are on other machines").atMost(PATIENCE).untilAsserted(() -> {
                assertThat(swarm.report("steady")).filteredOn(each -> each.state().equals("running")).extracting(SwarmServer.Status::dyno)
                        .containsExactlyInAnyOrder("web.1", "web.2", "web.3", "web.4", "web.5", "web.6");
                assertThat(swarm.answering("steady")).containsExactlyInAnyOrder("node1", "node2");
            });
            long moved = System.nanoTime();

            lost.start();
            swarm.server().dokku("ps:restart", "steady");
            assertThat(swarm.running("steady")).contains("node3");
            assertThat(swarm.answering("steady")).containsExactlyInAnyOrder("node1", "node2", "node3");
            long back = System.nanoTime();

            Requests.Outcome outcome = requests.end();
            Requests.Outcome meanwhile = outcome.between(begun, told);
            System.out.printf("a machine is lost at %d requests/s, it took %d ms: %s%n", RATE, millis(begun, killed), outcome);
            System.out.printf("it was told after %d ms; until then: %s, %d of them longer than a second%n", millis(killed, told), meanwhile,
                    meanwhile.longer(Duration.ofSeconds(1)));
            System.out.printf("all tasks were elsewhere after %d ms; from then on: %s%n", millis(killed, moved), outcome.between(moved, back));
            // What was on its way to the machine when that was lost cannot be saved, or repeated.
            assertThat(outcome.failed()).allMatch(each -> each.begun() - killed < 0 && each.ended() - begun > 0);
            assertThat(outcome.longest()).isLessThan(CONNECT.multipliedBy(2));
            assertThat(outcome.between(moved, back).longest()).isLessThan(CONNECT);
        }
    }

    @Test
    void aMachineIsTakenOutOfUseWithoutALostRequest() throws Exception {
        swarm.deployed("drained", 6, "first");
        try (Requests requests = Requests.start(swarm.server().web(), swarm.server().domain("drained"), RATE)) {
            await().atMost(PATIENCE).until(() -> requests.count() > RATE);

            swarm.server().dokku("swarm:node-drain", "node2");

            assertThat(swarm.running("drained")).hasSize(6).doesNotContain("node2");
            assertThat(swarm.answering("drained")).containsExactlyInAnyOrder("node1", "node3");
            assertThat(swarm.report("drained")).hasSize(6).allMatch(each -> each.state().equals("running") && !each.node().equals("node2"));

            swarm.server().dokku("swarm:node-activate", "node2");
            swarm.server().dokku("ps:restart", "drained");

            assertThat(swarm.answering("drained")).containsExactlyInAnyOrder("node1", "node2", "node3");
            Requests.Outcome outcome = requests.end();
            System.out.println("a machine is drained and used again at " + RATE + " requests/s: " + outcome);
            assertThat(outcome.failed()).isEmpty();
        }
    }

    private static long millis(long from, long to) {
        return Duration.ofNanos(to - from).toMillis();
    }
}
