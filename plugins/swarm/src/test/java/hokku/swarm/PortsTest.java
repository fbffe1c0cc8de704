package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.dockerjava.api.model.SwarmNodeAvailability;
import com.github.dockerjava.api.model.Task;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import hokku.api.AppId;
import hokku.api.Endpoint;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Where a task answers whose node chose different ports for IPv4 and IPv6, as it does when something else has one of them.
class PortsTest {
    private static final String TASK = """
            {"ID": "task", "Slot": 1, "DesiredState": "running", "CreatedAt": "2026-01-02T03:04:05Z", "Status":
            {"State": "running", "Timestamp": "2026-01-02T03:04:05Z", "PortStatus": {"Ports": [
            {"TargetPort": 5000, "PublishedPort": 32779}, {"TargetPort": 5000, "PublishedPort": 32778}]}}}
            """;

    @Test
    void aTaskIsAskedAtThePortThatFitsTheAddressOfItsNode() throws Exception {
        assertThat(replica("192.0.2.1").endpoints()).extracting(Endpoint::port).containsExactly(32779);
        assertThat(replica("2001:db8::1").endpoints()).extracting(Endpoint::port).containsExactly(32778);
    }

    private static Replica replica(String address) throws JsonProcessingException {
        Task task = DefaultDockerClientConfig.createDefaultConfigBuilder().build().getObjectMapper().readValue(TASK, Task.class);
        Node node = new Node("node", "node1", address, true, SwarmNodeAvailability.ACTIVE, false, false, Map.of());
        return new Replica(Samples.web(AppId.random(), 1), 1, 1, Optional.of(task), Optional.empty(), Optional.of(node));
    }
}
