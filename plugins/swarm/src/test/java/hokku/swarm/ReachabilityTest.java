package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class ReachabilityTest {
    private static final Node ONE = Samples.node("one");
    private static final Node TWO = Samples.node("two");
    private static final Node THREE = Samples.node("three");
    private static final List<Node> ALL = List.of(ONE, TWO, THREE);

    private final Set<Node> silent = ConcurrentHashMap.newKeySet();
    private final Reachability reachability = new Reachability(node -> !silent.contains(node));

    @Test
    void aNodeThatWasNeverAskedIsReachable() {
        assertThat(reachability.test(ONE)).isTrue();
    }

    @Test
    void aNodeIsLostWithTheSecondSilenceAndBackWithTheFirstAnswer() throws Exception {
        silent.add(TWO);
        assertThat(reachability.round(ALL)).isFalse();
        assertThat(reachability.test(TWO)).isTrue();
        assertThat(reachability.round(ALL)).isTrue();
        assertThat(reachability.test(TWO)).isFalse();
        assertThat(reachability.test(ONE)).isTrue();
        assertThat(reachability.round(ALL)).isFalse();
        silent.clear();
        assertThat(reachability.round(ALL)).isTrue();
        assertThat(reachability.test(TWO)).isTrue();
    }

    @Test
    void silencesThatDoNotFollowEachOtherAreForgiven() throws Exception {
        for (int round = 0; round < 6; round++) {
            silent.clear();
            if (round % 2 == 0) {
                silent.add(TWO);
            }
            assertThat(reachability.round(ALL)).isFalse();
        }
        assertThat(reachability.test(TWO)).isTrue();
    }

    @Test
    void whoeverIsCutOffLearnsNothing() throws Exception {
        silent.addAll(ALL);
        for (int round = 0; round < 5; round++) {
            assertThat(reachability.round(ALL)).isFalse();
        }
        assertThat(ALL).allMatch(reachability);
        silent.remove(ONE);
        // What was silent while this machine was cut off does not count.
        assertThat(reachability.round(ALL)).isFalse();
        assertThat(reachability.round(ALL)).isTrue();
        assertThat(ALL).filteredOn(reachability).containsExactly(ONE);
    }

    @Test
    void whatWasLostBeforeEverybodyWasSilentStaysLost() throws Exception {
        silent.add(TWO);
        reachability.round(ALL);
        reachability.round(ALL);
        silent.addAll(ALL);
        assertThat(reachability.round(ALL)).isFalse();
        assertThat(reachability.test(TWO)).isFalse();
        assertThat(reachability.test(ONE)).isTrue();
    }

    @Test
    void theOnlyOtherNodeIsNeverLost() throws Exception {
        silent.add(TWO);
        for (int round = 0; round < 5; round++) {
            assertThat(reachability.round(List.of(TWO))).isFalse();
        }
        assertThat(reachability.test(TWO)).isTrue();
    }

    @Test
    void whoIsNotAskedAnyMoreIsForgotten() throws Exception {
        silent.add(TWO);
        reachability.round(ALL);
        reachability.round(ALL);
        assertThat(reachability.round(List.of(ONE, THREE))).isTrue();
        assertThat(reachability.test(TWO)).isTrue();
        reachability.round(ALL);
        assertThat(reachability.test(TWO)).isTrue();
        reachability.round(ALL);
        reachability.forget();
        assertThat(ALL).allMatch(reachability);
    }

    @Test
    void whoRefusesIsThere() throws Exception {
        // Nothing listens at these: the first one is this machine, which refuses; nobody connects to the second.
        Node here = at("here", "127.0.0.1");
        Node nowhere = at("nowhere", "255.255.255.255");
        Reachability real = Reachability.byGossip();
        real.round(List.of(here, nowhere));
        real.round(List.of(here, nowhere));
        assertThat(real.test(here)).isTrue();
        assertThat(real.test(nowhere)).isFalse();
    }

    private static Node at(String name, String address) {
        Node node = Samples.node(name);
        return new Node(node.id(), name, address, true, node.availability(), false, false, node.labels());
    }
}
