package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.model.SwarmNode;
import hokku.api.UserError;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How users name nodes and labels, and what the engine's words mean to them.
class NodesTest {
    private static final SwarmNode FIRST = Samples.listed("aaaa1111", "node1", "192.0.2.1", "leader");
    private static final SwarmNode SECOND = Samples.listed("aaaa2222", "node2", "192.0.2.2", "worker");
    private static final SwarmNode TWIN = Samples.listed("bbbb3333", "node2", "192.0.2.3", "worker");

    private static String found(String name, SwarmNode... nodes) {
        return Nodes.find(new NodeName(name), List.of(nodes)).getId();
    }

    @Test
    void aNodeIsFoundByNameIdOrTheBeginningOfItsId() {
        assertThat(found("node1", FIRST, SECOND)).isEqualTo("aaaa1111");
        assertThat(found("aaaa2222", FIRST, SECOND)).isEqualTo("aaaa2222");
        assertThat(found("aaaa22", FIRST, SECOND)).isEqualTo("aaaa2222");
    }

    @Test
    void whatIsNotThereOrNotClearIsSaid() {
        assertThatThrownBy(() -> found("node9", FIRST, SECOND)).isInstanceOf(UserError.class).hasMessageContaining("node1, node2");
        assertThatThrownBy(() -> found("aaaa", FIRST, SECOND)).isInstanceOf(UserError.class).hasMessageContaining("aaaa1111, aaaa2222");
        assertThatThrownBy(() -> found("node2", FIRST, SECOND, TWIN)).isInstanceOf(UserError.class).hasMessageContaining("aaaa2222, bbbb3333");
        // Too short to be meant as an id.
        assertThatThrownBy(() -> found("bb", FIRST, TWIN)).isInstanceOf(UserError.class).hasMessageContaining("no node bb");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-f", "a b", "../x", "node\n2"})
    void aNameIsOneWord(String name) {
        assertThatThrownBy(() -> new NodeName(name)).isInstanceOfSatisfying(UserError.class, refused -> assertThat(refused.exitCode()).isEqualTo(2));
    }

    @Test
    void labelsAreSetAndTakenAway() {
        NodeLabels change = NodeLabels.of(List.of("disk=ssd", "zone=eu-1/a", "old-"));
        assertThat(change.applied(Map.of("disk", "hdd", "old", "x", "other", "stays")))
                .isEqualTo(Map.of("disk", "ssd", "zone", "eu-1/a", "other", "stays"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"disk", "=ssd", "-", "--force", "a b=c", "disk=a\nb"})
    void whatIsNoLabelIsRefused(String word) {
        assertThatThrownBy(() -> NodeLabels.of(List.of(word))).isInstanceOfSatisfying(UserError.class, refused -> assertThat(refused.exitCode()).isEqualTo(2));
    }

    @Test
    void noLabelAtAllIsRefused() {
        assertThatThrownBy(() -> NodeLabels.of(List.of())).isInstanceOf(UserError.class);
    }

    @Test
    void othersJoinAtTheEnginesOwnAddressElseAtTheLeaders() {
        SwarmNode manager = Samples.listed("cccc4444", "node3", "192.0.2.4", "manager");
        assertThat(SwarmJoinCommand.address(List.of(FIRST, manager), "cccc4444")).isEqualTo("192.0.2.4:2377");
        assertThat(SwarmJoinCommand.address(List.of(SECOND, FIRST), "aaaa2222")).isEqualTo("192.0.2.1:2377");
        assertThatThrownBy(() -> SwarmJoinCommand.address(List.of(SECOND), "aaaa2222")).isInstanceOf(UserError.class);
    }

    @Test
    void whyThereIsNoSwarmIsExplained() {
        assertThat(SwarmInit.explained(new BadRequestException("{\"message\":\"could not choose an IP address to advertise since this system has multiple"
                + " addresses on interface eth0 (192.0.2.1 and 192.0.2.9) - specify one with --advertise-addr\"}")))
                .hasMessageContaining("swarm:init --advertise-addr").hasMessageContaining("192.0.2.9");
        assertThat(SwarmInit.explained(new InternalServerErrorException(
                "{\"message\":\"--live-restore daemon configuration is incompatible with swarm mode\"}"))).hasMessageContaining("daemon.json");
        assertThat(SwarmInit.explained(new InternalServerErrorException("{\"message\":\"something else\"}"))).hasMessageContaining("something else");
    }
}
