package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// Apps on a swarm of three machines, as people use them.
@Timeout(300)
@ExtendWith(SharedSwarmLab.class)
class SwarmIT {
    private static final int RATE = 100;
    private static final Duration PATIENCE = SwarmServer.PATIENCE;
    private static SwarmLab lab;
    private static SwarmServer swarm;

    @BeforeAll
    static void start(SwarmLab shared) throws IOException, InterruptedException {
        lab = shared;
        swarm = SwarmServer.start(lab);
    }

    @AfterAll
    static void end() throws IOException {
        swarm.close();
    }

    @Test
    void anAppAnswersFromThreeMachinesAndARedeployLosesNothing() throws Exception {
        WorkTree tree = swarm.deployed("hello", 3, "first");

        Set<SwarmApp.Page> pages = swarm.pages("hello");
        assertThat(pages).extracting(SwarmApp.Page::dyno).containsExactlyInAnyOrder("web.1", "web.2", "web.3");
        assertThat(swarm.answering("hello")).containsExactlyInAnyOrder("node1", "node2", "node3");
        List<SwarmServer.Status> report = swarm.report("hello");
        assertThat(report).hasSize(3);
        for (SwarmApp.Page page : pages) {
            assertThat(report).contains(new SwarmServer.Status(page.dyno(), "running", swarm.nodeOf(page.host())));
        }

        Requests.Outcome outcome;
        try (Requests requests = Requests.start(swarm.server().web(), swarm.server().domain("hello"), RATE)) {
            await().atMost(PATIENCE).until(() -> requests.count() > RATE);
            for (String release : List.of("second", "third")) {
                SwarmServer.push(tree, SwarmApp.source(release));
                assertThat(swarm.pages("hello")).extracting(SwarmApp.Page::release).containsOnly(release);
            }
            int before = requests.count();
            await().atMost(PATIENCE).until(() -> requests.count() > before + 2 * RATE);
            outcome = requests.end();
        }
        System.out.println("two redeploys on a swarm at " + RATE + " requests/s: " + outcome);
        assertThat(outcome.failed()).isEmpty();
        assertThat(swarm.answering("hello")).containsExactlyInAnyOrder("node1", "node2", "node3");
    }

    @Test
    void aReleaseThatFailsOnOneMachineIsRefusedAndTheFormerOneServes() throws Exception {
        WorkTree tree = swarm.deployed("picky", 3, "first");
        List<String> before = swarm.services("picky");
        Set<SwarmApp.Page> pages = swarm.pages("picky");

        try (AutoCloseable _ = swarm.makeUnfit(lab.node(3));
                Requests requests = Requests.start(swarm.server().web(), swarm.server().domain("picky"), RATE)) {
            tree.commit(SwarmApp.checked("second"));
            Running.Result refused = tree.push();

            assertThat(refused.exit()).as(refused.text()).isNotZero();
            assertThat(refused.err()).containsPattern("picky could not start web\\.[123] on node3: it did not pass the check fit machine");
            Requests.Outcome outcome = requests.end();
            assertThat(outcome.failed()).isEmpty();
            assertThat(outcome.made()).isNotEmpty().allMatch(each -> SwarmApp.Page.of(each.answer()).release().equals("first"));
        }
        assertThat(swarm.pages("picky")).isEqualTo(pages);
        assertThat(swarm.services("picky")).isEqualTo(before);
        assertThat(swarm.running("picky")).containsExactly("node1", "node2", "node3");

        // The same, where all machines are fit.
        SwarmServer.push(tree, SwarmApp.checked("third"));
        assertThat(swarm.pages("picky")).extracting(SwarmApp.Page::release).containsOnly("third");
    }

    @Test
    void fiftyContainersComeUpAndNoneStaysWhenNoneIsWanted() throws Exception {
        swarm.deployed("crowd", 1, "first");

        long begun = System.nanoTime();
        swarm.server().dokku("ps:scale", "crowd", "web=50");
        System.out.println("from 1 to 50 containers on 3 machines: " + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms");

        List<SwarmServer.Status> report = swarm.report("crowd");
        assertThat(report).extracting(SwarmServer.Status::dyno)
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 50).mapToObj(each -> "web." + each).toList());
        assertThat(report).allMatch(status -> status.state().equals("running"));
        List<String> machines = swarm.running("crowd");
        assertThat(machines).hasSize(50);
        assertThat(report.stream().map(SwarmServer.Status::node).sorted().toList()).isEqualTo(machines);
        assertThat(machines.stream().collect(Collectors.groupingBy(each -> each, Collectors.counting())).values()).allMatch(count -> count >= 15);

        swarm.server().dokku("ps:scale", "crowd", "web=0");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(swarm.running("crowd")).isEmpty());
        assertThat(swarm.report("crowd")).isEmpty();
        assertThat(swarm.server().dokku("ps:report", "crowd", "--format", "json")).contains("\"running\" : \"false\"", "\"processes\" : \"0\"");
        assertThat(swarm.server().get("crowd").status()).isIn(404, 502);
    }

    @Test
    void logsComeFromAllMachinesAndCommandsRun() throws Exception {
        swarm.deployed("chatty", 3, "first");
        await("the lines of all containers").atMost(PATIENCE).untilAsserted(() -> assertThat(swarm.server().dokku("logs", "chatty").lines().toList())
                .anyMatch(line -> line.contains("web.1") && line.contains("started web.1"))
                .anyMatch(line -> line.contains("web.2") && line.contains("started web.2"))
                .anyMatch(line -> line.contains("web.3") && line.contains("started web.3")));

        Running.Result ran = swarm.server().ssh("run", "chatty", "sh", "-c", "'cat /page; echo to the side >&2; exit 7'");
        assertThat(ran.exit()).as(ran.text()).isEqualTo(7);
        assertThat(ran.out()).contains("first");
        assertThat(ran.err()).contains("to the side");

        List<SwarmServer.Status> report = swarm.report("chatty");
        assertThat(report).extracting(SwarmServer.Status::node).containsExactlyInAnyOrder("node1", "node2", "node3");
        for (SwarmServer.Status container : report) {
            Running.Result entered = swarm.server().ssh("enter", "chatty", container.dyno(), "hostname");
            if (container.node().equals("node1")) {
                assertThat(entered.exit()).as(entered.text()).isZero();
                assertThat(swarm.nodeOf(entered.out().strip())).isEqualTo("node1");
            } else {
                assertThat(entered.exit()).isEqualTo(1);
                assertThat(entered.err()).contains(container.dyno() + " runs on " + container.node(), "docker exec ");
            }
        }
    }

    @Test
    void anAppMovesToTheSwarmAndBackWithoutALostRequest() throws Exception {
        WorkTree tree = swarm.server().repository("mover");
        SwarmServer.push(tree, SwarmApp.source("first"));
        assertThat(swarm.services("mover")).isEmpty();
        swarm.server().dokku("ps:scale", "mover", "web=3");

        Requests.Outcome outcome;
        try (Requests requests = Requests.start(swarm.server().web(), swarm.server().domain("mover"), RATE)) {
            await().atMost(PATIENCE).until(() -> requests.count() > RATE);
            swarm.server().dokku("scheduler:set", "mover", "selected", "swarm");
            assertThat(swarm.answering("mover")).containsExactlyInAnyOrder("node1", "node2", "node3");
            await("the containers of the server's own engine are gone").atMost(PATIENCE)
                    .until(() -> swarm.server().engine().containers(swarm.server().instance()).stream().noneMatch(each -> each.startsWith("mover")));

            swarm.server().dokku("scheduler:set", "mover", "selected", "docker-local");
            assertThat(swarm.answering("mover")).containsExactly("node1");
            await("the services are gone").atMost(PATIENCE).untilAsserted(() -> assertThat(swarm.services("mover")).isEmpty());
            int before = requests.count();
            await().atMost(PATIENCE).until(() -> requests.count() > before + 2 * RATE);
            outcome = requests.end();
        }
        System.out.println("to the swarm and back at " + RATE + " requests/s: " + outcome);
        assertThat(outcome.failed()).isEmpty();
    }
}
