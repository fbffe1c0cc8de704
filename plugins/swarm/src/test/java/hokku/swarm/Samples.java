package hokku.swarm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.dockerjava.api.model.Reachability;
import com.github.dockerjava.api.model.SwarmNode;
import com.github.dockerjava.api.model.SwarmNodeAvailability;
import com.github.dockerjava.api.model.SwarmNodeDescription;
import com.github.dockerjava.api.model.SwarmNodeEngineDescription;
import com.github.dockerjava.api.model.SwarmNodeManagerStatus;
import com.github.dockerjava.api.model.SwarmNodeSpec;
import com.github.dockerjava.api.model.SwarmNodeState;
import com.github.dockerjava.api.model.SwarmNodeStatus;
import com.github.dockerjava.api.model.Task;
import com.github.dockerjava.api.model.TaskState;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import hokku.api.AppId;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Nodes, services and tasks, as the managers tell of them.
final class Samples {
    private Samples() {}

    static Node node(String name) {
        return new Node("id-of-" + name, name, "192.0.2." + (1 + Math.floorMod(name.hashCode(), 250)), true, SwarmNodeAvailability.ACTIVE, false, false, Map.of());
    }

    /// @param role `leader`, `manager`, `worker`, or what ails a node: `absent` for a manager, `down` or `paused` for others
    static SwarmNode listed(String id, String name, String address, String role) {
        SwarmNode node = new SwarmNode().withId(id)
                .withDescription(new SwarmNodeDescription().withHostname(name).withEngine(new SwarmNodeEngineDescription().withEngineVersion("20.10.24")))
                .withStatus(new SwarmNodeStatus().withAddress(address).withState(role.equals("down") ? SwarmNodeState.DOWN : SwarmNodeState.READY))
                .withSpec(new SwarmNodeSpec().withAvailability(role.equals("paused") ? SwarmNodeAvailability.PAUSE : SwarmNodeAvailability.ACTIVE));
        return List.of("leader", "manager", "absent").contains(role) ? node.withManagerStatus(new SwarmNodeManagerStatus().withAddr(address + ":2377")
                .withLeader(role.equals("leader")).withReachability(role.equals("absent") ? Reachability.UNREACHABLE : Reachability.REACHABLE)) : node;
    }

    /// A `web` process that is routed.
    static Deployed web(AppId app, int count) {
        return service(app, ProcessSpec.Kind.DEPLOY, ProcessType.WEB, List.of(5000), count);
    }

    static Deployed service(AppId app, ProcessSpec.Kind kind, ProcessType process, List<Integer> ports, int count) {
        return new Deployed("service-" + app + process, "hello-" + process + "-3", Instant.EPOCH, app, kind, process, "d1", 3, ports, 1, count, count,
                true, Duration.ofSeconds(5), Optional.empty());
    }

    /// Read as from an engine: the client library has no type for the ports of a task.
    static Replica replica(Deployed service, int slot, String task, TaskState state, Node node) {
        String text = """
                {"ID": "%s", "ServiceID": "%s", "Slot": %d, "NodeID": "%s", "DesiredState": "running", "CreatedAt": "2026-01-02T03:04:05Z", "Status":
                {"State": "%s", "Timestamp": "2026-01-02T03:04:05Z", "PortStatus": {"Ports": [{"TargetPort": 5000, "PublishedPort": %d}]}}}
                """.formatted(task, service.id(), slot, node.id(), state.getValue(), 30000 + slot);
        try {
            Task read = DefaultDockerClientConfig.createDefaultConfigBuilder().build().getObjectMapper().readValue(text, Task.class);
            return new Replica(service, slot, service.first() + slot - 1, Optional.of(read), Optional.empty(), Optional.of(node));
        } catch (JsonProcessingException defect) {
            throw new UncheckedIOException(defect);
        }
    }

    static Replica running(Deployed service, int slot, Node node) {
        return replica(service, slot, "task" + slot, TaskState.RUNNING, node);
    }
}
