package hokku.swarm;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.SwarmNode;
import com.github.dockerjava.api.model.SwarmNodeAvailability;
import com.github.dockerjava.api.model.SwarmNodeSpec;
import hokku.api.UserError;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// The machines of the swarm, for those who look after them.
final class Nodes {
    private static final int ATTEMPTS = 20;
    /// Shorter beginnings of ids could be names.
    private static final int SHORTEST_ID = 4;

    private final SwarmEngine engine;

    Nodes(SwarmEngine engine) {
        this.engine = engine;
    }

    /// All, sorted by name.
    ///
    /// @throws UserError when there is no swarm, or it cannot tell
    List<SwarmNode> list() {
        engine.demandManager();
        try {
            return engine.client().listSwarmNodesCmd().exec().stream()
                    .sorted(Comparator.comparing((SwarmNode node) -> Node.of(node).name()).thenComparing(SwarmNode::getId)).toList();
        } catch (DockerException failed) {
            throw SwarmEngine.translated("The swarm cannot tell its nodes", failed);
        }
    }

    /// @throws UserError when no node, or more than one, is called so
    SwarmNode find(NodeName name) {
        return find(name, list());
    }

    static SwarmNode find(NodeName name, List<SwarmNode> nodes) {
        List<SwarmNode> found = nodes.stream().filter(node -> node.getId().equals(name.value())).toList();
        if (found.isEmpty()) {
            found = nodes.stream().filter(node -> Node.of(node).name().equals(name.value())).toList();
        }
        if (found.isEmpty() && name.value().length() >= SHORTEST_ID) {
            found = nodes.stream().filter(node -> node.getId().startsWith(name.value())).toList();
        }
        if (found.isEmpty()) {
            throw new UserError("The swarm has no node " + name + ". It has: " + nodes.stream().map(node -> Node.of(node).name()).collect(Collectors.joining(", ")));
        }
        if (found.size() > 1) {
            throw new UserError("Several nodes are called " + name + ". Use one of their ids: "
                    + found.stream().map(SwarmNode::getId).collect(Collectors.joining(", ")));
        }
        return found.getFirst();
    }

    void setAvailability(String node, SwarmNodeAvailability availability) {
        update(node, spec -> spec.withAvailability(availability));
    }

    void label(String node, NodeLabels change) {
        update(node, spec -> spec.withLabels(change.applied(spec.getLabels() == null ? Map.of() : spec.getLabels())));
    }

    private void update(String id, Consumer<SwarmNodeSpec> change) {
        for (int attempt = 1;; attempt++) {
            SwarmNode node = list().stream().filter(one -> one.getId().equals(id)).findFirst()
                    .orElseThrow(() -> new UserError("The swarm has no node " + id + " any more"));
            change.accept(node.getSpec());
            try {
                engine.client().updateSwarmNodeCmd().withSwarmNodeId(id).withVersion(node.getVersion().getIndex()).withSwarmNodeSpec(node.getSpec()).exec();
                return;
            } catch (DockerException failed) {
                // The swarm itself writes to the node as well.
                if (attempt == ATTEMPTS || !SwarmEngine.message(failed).contains("update out of sequence")) {
                    throw SwarmEngine.translated("Node " + Node.of(node).name() + " cannot be changed", failed);
                }
            }
        }
    }
}
