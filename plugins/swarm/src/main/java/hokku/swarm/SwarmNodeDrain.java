package hokku.swarm;

import com.github.dockerjava.api.model.SwarmNodeAvailability;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Moves everything away from a machine, for instance before it is restarted or taken out of the swarm.
@Command(name = "swarm:node-drain", description = "Move all tasks away from a node, without downtime, and keep it empty",
        customSynopsis = "dokku swarm:node-drain [--timeout <seconds>] [--force] <node>",
        footer = "With --force the swarm ends all tasks of the node at once, and starts them elsewhere.")
final class SwarmNodeDrain extends OneNodeCommand {
    @Option(names = "--timeout", paramLabel = "<seconds>", defaultValue = "300",
            description = "How long to wait for what still runs there, such as one-off tasks (default: ${DEFAULT-VALUE})")
    private int timeout;

    SwarmNodeDrain(NodeParts parts) {
        super(parts);
    }

    @Override
    public void run(Session session) throws InterruptedException {
        if (timeout < 0) {
            throw UserError.usage("The timeout must not be negative: " + timeout);
        }
        Node node = Node.of(parts().nodes().find(name()));
        if (node.availability() == SwarmNodeAvailability.DRAIN) {
            session.out().step("Node " + node.name() + " is drained already");
        } else if (session.force()) {
            parts().nodes().setAvailability(node.id(), SwarmNodeAvailability.DRAIN);
            session.out().step("Node " + node.name() + " is drained; the swarm starts its tasks elsewhere");
        } else {
            new Drain(new Real(parts(), node), parts().apps(), session.out(), Duration.ofSeconds(timeout)).empty(node);
        }
    }

    private record Real(NodeParts parts, Node node) implements Drain.Swarm {
        @Override
        public List<Replica> replicas() {
            return parts.cluster().replicas();
        }

        @Override
        public Collection<Node> nodes() {
            return parts.cluster().nodes().values();
        }

        @Override
        public void set(SwarmNodeAvailability availability) {
            parts.nodes().setAvailability(node.id(), availability);
        }
    }
}
