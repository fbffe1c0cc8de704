package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// All tests get the same lab, whole, whatever one of them did to it.
@ExtendWith(SharedSwarmLab.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SharedSwarmLabIT {
    private static final Set<String> SEEN = new HashSet<>();

    private final SwarmLab lab;

    SharedSwarmLabIT(SwarmLab lab) {
        this.lab = lab;
    }

    @Test
    @Order(1)
    void oneTestLeavesItInPieces() throws IOException {
        SEEN.add(lab.id());
        lab.node(2).kill();
        lab.node(3).cutNetwork();
        lab.node(3).awaitDown();
    }

    @Test
    @Order(2)
    void theNextFindsItWhole() throws IOException {
        assertThat(SEEN).containsExactly(lab.id());
        assertThat(lab.manager().docker("node", "ls", "--format", "{{.Status}}").lines()).containsExactly("Ready", "Ready", "Ready");
        assertThat(lab.node(2).docker("images", "--quiet", "busybox:latest").lines()).hasSize(1);
    }
}
