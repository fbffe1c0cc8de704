package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.SwarmNode;
import hokku.api.AppId;
import hokku.api.Finding;
import hokku.swarm.SwarmState.Machine;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is said of a swarm, well or not.
class SwarmStateTest {
    private static final Reachability ALL_ANSWER = new Reachability(node -> true);

    private static SwarmState state(List<Replica> replicas, String... roles) {
        List<SwarmNode> nodes = Arrays.stream(roles).map(role -> role.split(":"))
                .map(role -> Samples.listed("id-of-" + role[0], role[0], "192.0.2.7", role[1])).toList();
        return new SwarmState(true, true, "", nodes.stream().map(node -> Machine.of(node, ALL_ANSWER)).toList(), replicas);
    }

    private static List<String> trouble(SwarmState state) {
        return state.trouble().stream().map(finding -> finding.state() + " " + finding.text()).toList();
    }

    @Test
    void threeManagersMayLoseOne() {
        SwarmState state = state(List.of(), "one:leader", "two:manager", "three:manager", "four:worker");
        assertThat(state.mayFail()).isEqualTo(1);
        assertThat(state.trouble()).isEmpty();
        assertThat(SwarmExamination.findings(state)).extracting(Finding::state).containsExactly(Finding.State.WELL);
        assertThat(state(List.of(), "1:leader", "2:manager", "3:manager", "4:manager", "5:manager").mayFail()).isEqualTo(2);
    }

    @Test
    void oneOrTwoManagersOfSeveralNodesAreTooFew() {
        assertThat(trouble(state(List.of(), "one:leader", "two:worker"))).singleElement().asString().startsWith("warning No manager may fail: 1 of 1 answer");
        assertThat(trouble(state(List.of(), "one:leader", "two:manager"))).singleElement().asString().startsWith("warning No manager may fail: 2 of 2 answer");
        assertThat(trouble(state(List.of(), "one:leader", "two:manager", "three:absent"))).singleElement().asString()
                .startsWith("warning No manager may fail: 2 of 3 answer");
    }

    @Test
    void aSwarmOfOneIsAsGoodAsAnEngine() {
        assertThat(state(List.of(), "one:leader").trouble()).isEmpty();
    }

    @Test
    void lostNodesAreNamed() throws InterruptedException {
        assertThat(trouble(state(List.of(), "one:leader", "two:manager", "three:manager", "four:down")))
                .containsExactly("wrong Node four at 192.0.2.7 is down");
        Reachability partly = new Reachability(node -> node.name().equals("one"));
        SwarmNode one = Samples.listed("id-of-one", "one", "192.0.2.7", "leader");
        SwarmNode two = Samples.listed("id-of-two", "two", "192.0.2.8", "worker");
        partly.round(List.of(Node.of(one), Node.of(two)));
        partly.round(List.of(Node.of(one), Node.of(two)));
        SwarmState state = new SwarmState(true, true, "", List.of(Machine.of(one, partly), Machine.of(two, partly)), List.of());
        assertThat(trouble(state)).first().asString().startsWith("wrong Node two at 192.0.2.8 does not answer from here");
        assertThat(SwarmNodes.table(state)).containsExactly(
                "NAME   ADDRESS     STATUS        AVAILABILITY   ROLE     TASKS   ENGINE",
                "one    192.0.2.7   ready         active         leader   0       20.10.24",
                "two    192.0.2.8   unreachable   active         worker   0       20.10.24");
    }

    @Test
    void anUnfinishedDrainIsNotForgotten() {
        assertThat(trouble(state(List.of(), "1:leader", "2:manager", "3:manager", "four:paused"))).singleElement().asString()
                .startsWith("warning Node four takes no new tasks");
    }

    @Test
    void withoutALeaderOrAManagerMoreIsWrong() {
        SwarmState leaderless = new SwarmState(true, true, "The swarm has no leader", List.of(), List.of());
        assertThat(trouble(leaderless)).containsExactly("wrong The swarm has no leader");
        assertThat(SwarmReport.fields(leaderless, Optional.empty())).containsExactly(java.util.Map.entry("swarm", "no answer"));
        SwarmState worker = new SwarmState(true, false, "", List.of(), List.of());
        assertThat(trouble(worker)).singleElement().asString().contains("no manager of it");
        assertThat(SwarmReport.fields(worker, Optional.empty())).containsExactly(java.util.Map.entry("swarm", "no manager"));
    }

    @Test
    void anEngineInNoSwarmIsFine() {
        SwarmState none = new SwarmState(false, false, "", List.of(), List.of());
        assertThat(SwarmExamination.findings(none)).extracting(Finding::state).containsExactly(Finding.State.WELL);
        assertThat(SwarmReport.fields(none, Optional.empty())).containsExactly(java.util.Map.entry("swarm", "none"));
    }

    @Test
    void tasksAreCountedWhereTheyAre() {
        Deployed web = Samples.web(AppId.random(), 2);
        Node one = Samples.node("one");
        SwarmState state = state(List.of(Samples.running(web, 1, one), Samples.running(web, 2, one)), "one:leader", "two:manager", "three:manager");
        assertThat(state.machines()).extracting(machine -> state.tasks(machine.node())).containsExactly(2L, 0L, 0L);
        assertThat(SwarmReport.fields(state, Optional.empty())).containsEntry("services", 1L).containsEntry("tasks", 2).containsEntry("tasks-running", 2L)
                .containsEntry("managers-that-may-fail", 1L);
    }
}
