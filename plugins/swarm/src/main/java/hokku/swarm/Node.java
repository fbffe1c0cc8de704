package hokku.swarm;

import com.github.dockerjava.api.model.SwarmNode;
import com.github.dockerjava.api.model.SwarmNodeAvailability;
import com.github.dockerjava.api.model.SwarmNodeManagerStatus;
import com.github.dockerjava.api.model.SwarmNodeState;
import java.util.Map;
import java.util.Optional;

/// A machine of the swarm.
///
/// @param address where the ports of its tasks are reached
/// @param ready whether its engine reports to the managers
record Node(String id, String name, String address, boolean ready, SwarmNodeAvailability availability, boolean manager, boolean leader,
        Map<String, String> labels) {
    static Node of(SwarmNode node) {
        Optional<SwarmNodeManagerStatus> manager = Optional.ofNullable(node.getManagerStatus());
        String address = Optional.ofNullable(node.getStatus().getAddress()).orElse("");
        if (address.isEmpty() || address.equals("0.0.0.0") || address.equals("127.0.0.1")) {
            // A manager that was told no address says the one that it is reached at as a manager.
            address = manager.map(SwarmNodeManagerStatus::getAddr).map(own -> own.substring(0, own.lastIndexOf(':'))).orElse(address);
        }
        return new Node(node.getId(), node.getDescription().getHostname(), address, node.getStatus().getState() == SwarmNodeState.READY,
                node.getSpec().getAvailability(), manager.isPresent(), manager.filter(SwarmNodeManagerStatus::isLeader).isPresent(),
                Optional.ofNullable(node.getSpec().getLabels()).orElse(Map.of()));
    }

    /// The same machine, when nobody can reach it.
    Node lost() {
        return new Node(id, name, address, false, availability, manager, leader, labels);
    }
}
