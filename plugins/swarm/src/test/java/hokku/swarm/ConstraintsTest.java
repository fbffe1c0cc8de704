package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.SwarmNode;
import com.github.dockerjava.api.model.SwarmNodeDescription;
import com.github.dockerjava.api.model.SwarmNodeEngineDescription;
import com.github.dockerjava.api.model.SwarmNodePlatform;
import com.github.dockerjava.api.model.SwarmNodeRole;
import com.github.dockerjava.api.model.SwarmNodeSpec;
import com.github.dockerjava.api.model.SwarmNodeStatus;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConstraintsTest {
    private final SwarmNode node = new SwarmNode().withId("abc")
            .withSpec(new SwarmNodeSpec().withRole(SwarmNodeRole.MANAGER).withLabels(Map.of("disk", "SSD")))
            .withStatus(new SwarmNodeStatus().withAddress("10.99.0.1"))
            .withDescription(new SwarmNodeDescription().withHostname("node1")
                    .withPlatform(new SwarmNodePlatform().withOs("linux").withArchitecture("x86_64"))
                    .withEngine(new SwarmNodeEngineDescription().withLabels(Map.of("rack", "7"))));

    @ParameterizedTest
    @CsvSource({"node.id==abc,true", "node.id!=abc,false", "node.hostname==NODE1,true", "node.hostname!=node2,true", "node.role==manager,true",
        "node.role==worker,false", "node.role!=worker,true", "node.labels.disk==ssd,true", "node.labels.disk!=ssd,false", "node.labels.none==x,false",
        "node.labels.none!=x,true", "engine.labels.rack==7,true", "engine.labels.rack==8,false", "node.platform.os==linux,true",
        "node.platform.arch!=x86_64,false", "node.ip==10.99.0.1,true", "node.ip==10.99.0.0/24,true", "node.ip==10.99.1.0/24,false",
        "node.ip!=10.0.0.0/8,false", "node.ip==none,false", "node.ip==10.99.0.0/99,false", "node.unknown==x,false", "node.unknown!=x,false"})
    void aNodeIsAllowedAsTheSwarmAllowsIt(String constraint, boolean allowed) {
        assertThat(Constraints.allow(constraint, node)).isEqualTo(allowed);
    }
}
